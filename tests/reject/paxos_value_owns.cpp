// expect: quorate: paxos: a value must be regular and trivially copyable
// A value that owns memory would bring the heap into the core; a handle, or fixed bytes, will do.
#include "quorate/paxos/node.hpp"

#include <string>
#include <string_view>

#ifdef REJECT
quorate::paxos::proposer<std::string> mine;
#else
quorate::paxos::proposer<std::string_view> mine;
#endif
