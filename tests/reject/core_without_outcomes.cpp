// expect: quorate: Core: the type `outcomes` is missing, or no outcome_list
#include "toy_core.hpp"

struct mine : toy::core {
  using toy::core::core;
#ifdef REJECT
private:
#else
public:
#endif
  using toy::core::outcomes;
};
void use(quorate::memory& disk, quorate::manual_timer const& timer) { toy::take_a_turn<mine>(disk, timer); }
