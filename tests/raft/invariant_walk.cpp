// Walks through what can happen to Raft nodes: any timer, any message at any time, twice or never, syncs that take
// their time, power cuts, compaction. What must be true stands in truth/raft.hpp and raft/invariant.hpp.
#include "quorate/explore/raft.hpp"
#include "quorate/policy/quorum_systems.hpp"
#include "support/walks.hpp"

namespace quorate::test {
namespace {

template <std::size_t Nodes, class Core>
void raft_walks(std::uint64_t first_seed, std::uint64_t usual, std::uint64_t never = 0) {
  using system = check::raft_system<Core, Nodes, world::shape_disk<64>, truth::growing_memory>;
  walks<system>(check::replicated_bounds{.terms = 1U << 20, .in_flight = true, .collected = 4}, first_seed, usual,
                never);
}

using usual = raft::node<>;
using small_steps = raft::node<limits<limit_values{.window = 2, .reads = 2, .append_entries = 2}>>;
using bare = raft::node<raft::pre_vote<off>, raft::check_quorum<off>, raft::first_entry<off>,
                        raft::pipelining<off>, raft::eager_commit<off>>;
// Of raft_system's marks. The second needs two leaders within one sync, which is rare where there are many nodes.
constexpr std::uint64_t pre_votes = 16, two_terms = 128;

TEST_CASE("a random walk of three nodes breaks nothing") { raft_walks<3, usual>(1, 1500); }
TEST_CASE("a random walk of three nodes in small steps breaks nothing") {
  raft_walks<3, small_steps>(10'000'001, 1500);
}
TEST_CASE("a random walk of three nodes with everything off breaks nothing") {
  raft_walks<3, bare>(20'000'001, 1500, pre_votes);
}
TEST_CASE("a random walk of five nodes breaks nothing") {
  raft_walks<5, small_steps>(30'000'001, 1000, two_terms);
}
TEST_CASE("a random walk of five nodes with everything off breaks nothing") {
  raft_walks<5, bare>(40'000'001, 1000, pre_votes | two_terms);
}
TEST_CASE("a random walk of five nodes, of which four elect and two commit, breaks nothing") {
  raft_walks<5, raft::node<quorum<flexible<5, 4, 2>>>>(50'000'001, 1000, two_terms);
}
TEST_CASE("a random walk of a grid of six nodes breaks nothing") {
  raft_walks<6, raft::node<quorum<grid<2, 3>>>>(60'000'001, 1000, two_terms);
}

} // namespace
} // namespace quorate::test
