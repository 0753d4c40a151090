// expect: quorate: a message type must say `static constexpr quorate::strength says =
#include "quorate/message/set.hpp"
#include "toy.hpp"

#ifdef REJECT
using all = quorate::message_set<toy::promised, toy::undecided>;
#else
using all = quorate::message_set<toy::promised, toy::refused>;
#endif
static_assert(all::size == 2);
