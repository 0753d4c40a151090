// expect: quorate: paxos: the quorum system has more nodes than a roster may
#include "quorate/paxos/node.hpp"
#include "quorate/policy/quorum_systems.hpp"

using square = quorate::quorum<quorate::grid<3, 3>>;
using quorate::limits, quorate::limit_values;
#ifdef REJECT
using mine = quorate::paxos::full_node<int, limits<limit_values{.nodes = 8}>, square>;
#else
using mine = quorate::paxos::full_node<int, limits<limit_values{.nodes = 9}>, square>;
#endif
static_assert(mine::timers == 3);
