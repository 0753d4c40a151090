// What keywords cost of a core's bytes, where pointers have eight: include/quorate/README.md shows these lines.
#include "quorate/multi_paxos.hpp"
#include "quorate/raft.hpp"

namespace quorate::test {
namespace {

static_assert(sizeof(raft::node<>) == 488); // seven nodes
static_assert(sizeof(raft::node<raft::pre_vote<off>>) == 464);
static_assert(sizeof(raft::node<raft::eager_commit<off>>) == 432);
static_assert(sizeof(raft::node<raft::read_index<off>>) == 304);
static_assert(sizeof(raft::node<limits<limit_values{.nodes = 3}>>) == 328);
static_assert(sizeof(raft::node<limits<limit_values{.nodes = 64}>>) == 2784);
static_assert(sizeof(raft::node<limits<limit_values{.reads = 8}>>) == 584);
static_assert(sizeof(multi_paxos::node<>) == 968);
static_assert(sizeof(multi_paxos::node<multi_paxos::quorum_reads<off>>) == 840);

} // namespace
} // namespace quorate::test
