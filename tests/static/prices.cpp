// What keywords cost of a core's bytes, where pointers have eight: include/quorate/README.md shows these lines.
#include "quorate/multi_paxos.hpp"
#include "quorate/raft.hpp"

namespace quorate::test {
namespace {

static_assert(sizeof(raft::node<>) == 480); // seven nodes
static_assert(sizeof(raft::node<raft::pre_vote<off>>) == 456);
static_assert(sizeof(raft::node<raft::eager_commit<off>>) == 424);
static_assert(sizeof(raft::node<raft::read_index<off>>) == 296);
static_assert(sizeof(raft::node<limits<limit_values{.nodes = 3}>>) == 320);
static_assert(sizeof(raft::node<limits<limit_values{.nodes = 64}>>) == 2776);
static_assert(sizeof(raft::node<limits<limit_values{.reads = 8}>>) == 576);
static_assert(sizeof(multi_paxos::node<>) == 960);
static_assert(sizeof(multi_paxos::node<multi_paxos::quorum_reads<off>>) == 832);

} // namespace
} // namespace quorate::test
