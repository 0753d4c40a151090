// expect: quorate: limits: the window must let at least one append be in flight
#include "quorate/policy/keyword.hpp"

#ifdef REJECT
using chosen = quorate::limits<quorate::limit_values{.window = 0}>;
#else
using chosen = quorate::limits<quorate::limit_values{.window = 1}>;
#endif
static_assert(chosen::value.nodes > 0);
