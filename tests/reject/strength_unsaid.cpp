// expect: quorate: a message type must say `static constexpr quorate::strength says =
// There is no default: whoever forgets to decide is told so.
#include "toy.hpp"

#ifdef REJECT
static_assert(quorate::strength_of<toy::undecided> == quorate::strength::binding);
#else
static_assert(quorate::strength_of<toy::promised> == quorate::strength::binding);
#endif
