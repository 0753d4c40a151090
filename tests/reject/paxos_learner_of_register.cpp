// expect: quorate: paxos: a rewritable register is never decided
#include "quorate/paxos/node.hpp"

#ifdef REJECT
quorate::paxos::learner<int, quorate::paxos::rewritable<true>> mine;
#else
quorate::paxos::learner<int, quorate::paxos::rewritable<false>> mine;
#endif
