// expect: quorate: Core: era() is there but gives another type: it must be `stamp era() const`
#include "toy_core.hpp"

struct mine : toy::core {
  using toy::core::core;
#ifdef REJECT
  quorate::log_index era() const;
#else
  quorate::stamp era() const;
#endif
};
void use(quorate::memory& disk, quorate::manual_timer const& timer) { toy::take_a_turn<mine>(disk, timer); }
