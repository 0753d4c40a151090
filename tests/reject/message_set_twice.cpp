// expect: quorate: a message_set lists the same message type twice
#include "quorate/message/set.hpp"
#include "toy.hpp"

#ifdef REJECT
using all = quorate::message_set<toy::promised, toy::promised>;
#else
using all = quorate::message_set<toy::promised, toy::refused>;
#endif
static_assert(all::size == 2);
