// expect: quorate: paxos: the roles of one node need the same value and the same keywords
#include "quorate/paxos/node.hpp"

using quorate::paxos::acceptor;
using quorate::paxos::proposer;
#ifdef REJECT
using mine = quorate::paxos::node<acceptor<int>, proposer<long>>;
#else
using mine = quorate::paxos::node<acceptor<int>, proposer<int>>;
#endif
mine n;
