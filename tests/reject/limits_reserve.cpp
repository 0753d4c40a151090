// expect: quorate: limits: reserve must be at most 2^32 entries
#include "quorate/policy/keyword.hpp"

#ifdef REJECT
using chosen = quorate::limits<quorate::limit_values{.reserve = 4294967297}>;
#else
using chosen = quorate::limits<quorate::limit_values{.reserve = 4294967296}>;
#endif
static_assert(chosen::value.nodes > 0);
