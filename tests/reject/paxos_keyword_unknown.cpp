// expect: quorate: paxos: not one of its keywords
#include "quorate/paxos/node.hpp"

template <bool>
struct magic {
  using axis = struct magic_axis;
};
using quorate::paxos::thrifty;
#ifdef REJECT
using mine = quorate::paxos::full_node<int, magic<true>>;
#else
using mine = quorate::paxos::full_node<int, thrifty<true>>;
#endif
static_assert(mine::timers == 3);
