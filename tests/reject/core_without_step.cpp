// expect: quorate: Core: `void step(from<M> const&, Log const&, Out&), for each M of messages` is missing
#include "toy_core.hpp"

struct mine : toy::core {
  using toy::core::core;
#ifdef REJECT
  using messages = quorate::message_set<toy::unheard>;
#else
  using messages = quorate::message_set<toy::heard>;
#endif
};
void use(quorate::memory& disk, quorate::manual_timer const& timer) { toy::take_a_turn<mine>(disk, timer); }
