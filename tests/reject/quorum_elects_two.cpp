// expect: quorate::election_quorums_miss_each_other<quorate::members<0, 1>, quorate::members<2, 3>
// Fit for Paxos, whose ballots have owners; in Raft both would lead one term.
#include "quorate/policy/quorum_systems.hpp"
#include "quorate/raft/options.hpp"

#ifdef REJECT
using chosen = quorate::raft::options<quorate::quorum<quorate::flexible<4, 2, 3>>>;
#else
using chosen = quorate::raft::options<quorate::quorum<quorate::flexible<4, 3, 3>>>;
#endif
static_assert(chosen::reads);
