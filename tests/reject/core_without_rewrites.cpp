// expect: quorate: Core: `static constexpr bool rewrites` is missing
#include "toy_core.hpp"

struct mine : toy::core {
  using toy::core::core;
#ifdef REJECT
private:
#else
public:
#endif
  using toy::core::rewrites;
};
void use(quorate::memory& disk, quorate::manual_timer const& timer) { toy::take_a_turn<mine>(disk, timer); }
