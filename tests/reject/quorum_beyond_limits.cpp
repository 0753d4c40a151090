// expect: quorate: raft: the quorum system has more nodes than a configuration may
#include "quorate/policy/quorum_systems.hpp"
#include "quorate/raft/options.hpp"

using quorate::limits, quorate::limit_values;
#ifdef REJECT
using chosen = quorate::raft::options<limits<limit_values{.nodes = 8}>, quorate::quorum<quorate::grid<3, 3>>>;
#else
using chosen = quorate::raft::options<limits<limit_values{.nodes = 9}>, quorate::quorum<quorate::grid<3, 3>>>;
#endif
static_assert(chosen::reads);
