// expect: quorate: limits: append_bytes must be at most 1 GiB
#include "quorate/policy/keyword.hpp"

#ifdef REJECT
using chosen = quorate::limits<quorate::limit_values{.append_bytes = 1073741825}>;
#else
using chosen = quorate::limits<quorate::limit_values{.append_bytes = 1073741824}>;
#endif
static_assert(chosen::value.nodes > 0);
