// expect: quorate: limits: nodes must be between 1 and 64
#include "quorate/policy/keyword.hpp"

#ifdef REJECT
using chosen = quorate::limits<quorate::limit_values{.nodes = 65}>;
#else
using chosen = quorate::limits<quorate::limit_values{.nodes = 64}>;
#endif
static_assert(chosen::value.nodes > 0);
