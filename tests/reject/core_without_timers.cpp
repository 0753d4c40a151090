// expect: quorate: Core: `static constexpr std::size_t timers` is missing, or not 1 to 8
#include "toy_core.hpp"

struct mine : toy::core {
  using toy::core::core;
#ifdef REJECT
private:
#else
public:
#endif
  using toy::core::timers;
};
void use(quorate::memory& disk, quorate::manual_timer const& timer) { toy::take_a_turn<mine>(disk, timer); }
