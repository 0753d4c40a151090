// expect: quorate: this type is not in the message_set; add it at the end of the list
#include "quorate/message/set.hpp"
#include "toy.hpp"

using all = quorate::message_set<toy::promised>;
#ifdef REJECT
static_assert(all::index_of<toy::refused> == 0);
#else
static_assert(all::index_of<toy::promised> == 0);
#endif
