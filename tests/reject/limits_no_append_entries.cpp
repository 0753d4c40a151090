// expect: quorate: limits: append_entries must be between 1 and 1,048,576, or nothing could be sent
#include "quorate/policy/keyword.hpp"

#ifdef REJECT
using chosen = quorate::limits<quorate::limit_values{.append_entries = 0}>;
#else
using chosen = quorate::limits<quorate::limit_values{.append_entries = 1}>;
#endif
static_assert(chosen::value.nodes > 0);
