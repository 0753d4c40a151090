// expect: quorate: paxos: none of this node's roles takes this event
// A node without a proposer is not to be given a proposal.
#include "quorate/effect/batch.hpp"
#include "quorate/paxos/node.hpp"

using namespace quorate;
#ifdef REJECT
using mine = paxos::node<paxos::learner<int>>;
#else
using mine = paxos::node<paxos::proposer<int>>;
#endif
void ask(mine& n, batch<mine>& out) { n.step(paxos::propose_value<int>{7}, out); }
