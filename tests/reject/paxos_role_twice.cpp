// expect: quorate: paxos: a node plays each role at most once
// Two proposers on one node would compete with each other (scenario P62).
#include "quorate/paxos/node.hpp"

using quorate::paxos::acceptor;
using quorate::paxos::proposer;
#ifdef REJECT
using mine = quorate::paxos::node<proposer<int>, proposer<int>>;
#else
using mine = quorate::paxos::node<acceptor<int>, proposer<int>>;
#endif
mine n;
