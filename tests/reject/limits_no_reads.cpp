// expect: quorate: limits: reads must be between 1 and 64; to leave them out there is a keyword
#include "quorate/policy/keyword.hpp"

#ifdef REJECT
using chosen = quorate::limits<quorate::limit_values{.reads = 0}>;
#else
using chosen = quorate::limits<quorate::limit_values{.reads = 1}>;
#endif
static_assert(chosen::value.nodes > 0);
