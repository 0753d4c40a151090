// expect: quorate: Core: the constructor `(peer self, hard_type const&, Log const&)` is missing
// A place alone does not say which member it is: another may have had it before.
#include "toy_core.hpp"

struct mine : toy::core {
  mine() = default;
#ifdef REJECT
  mine(quorate::node_index, toy::kept const&, auto const&) {}
#else
  mine(quorate::peer, toy::kept const&, auto const&) {}
#endif
};
void use(quorate::memory& disk, quorate::manual_timer const& timer) { toy::take_a_turn<mine>(disk, timer); }
