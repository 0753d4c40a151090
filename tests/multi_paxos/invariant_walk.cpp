// Walks through what can happen to Multi-Paxos nodes: any timer, any message at any time, twice or never, syncs
// that take their time, power cuts, compaction. What must be true stands in truth/multi_paxos.hpp and
// multi_paxos/invariant.hpp.
#include "quorate/explore/multi_paxos.hpp"
#include "quorate/policy/quorum_systems.hpp"
#include "support/walks.hpp"

namespace quorate::test {
namespace {

template <std::size_t Nodes, class Core>
void multi_paxos_walks(std::uint64_t first_seed, std::uint64_t usual, std::uint64_t never = 0) {
  using system = check::multi_paxos_system<Core, Nodes, true, check::disk_of_slots<96>, truth::growing_memory>;
  check::multi_paxos_bounds const bounds{
      .ballots = 1U << 20, .proposers = Nodes, .refusals = true, .in_flight = true, .collected = 4};
  walks<system>(bounds, first_seed, usual, never);
}

using usual = multi_paxos::node<limits<limit_values{.append_entries = 8, .mark = 8, .reserve = 4}>>;
using small_steps =
    multi_paxos::node<limits<limit_values{.window = 2, .reads = 2, .append_entries = 2, .mark = 3, .reserve = 2}>>;
// Of multi_paxos_system's marks: it needs two leaders within one sync, which is rare where there are many nodes.
constexpr std::uint64_t two_ballots = 2048;
constexpr limit_values four{.append_entries = 4, .mark = 4, .reserve = 2};

TEST_CASE("a random walk of three nodes breaks nothing") { multi_paxos_walks<3, usual>(1, 1000); }
TEST_CASE("a random walk of three nodes in small steps breaks nothing") {
  multi_paxos_walks<3, small_steps>(10'001'001, 1000);
}
TEST_CASE("a random walk of five nodes breaks nothing") {
  multi_paxos_walks<5, usual>(20'000'001, 600, two_ballots);
}
TEST_CASE("a random walk of five nodes in small steps breaks nothing") {
  multi_paxos_walks<5, small_steps>(30'000'001, 600, two_ballots);
}
TEST_CASE("a random walk of five nodes, of which four elect and two commit, breaks nothing") {
  multi_paxos_walks<5, multi_paxos::node<quorum<flexible<5, 4, 2>>, limits<four>>>(40'000'001, 600, two_ballots);
}
TEST_CASE("a random walk of a grid of six nodes breaks nothing") {
  multi_paxos_walks<6, multi_paxos::node<quorum<grid<2, 3>>, limits<four>>>(50'001'001, 500, two_ballots);
}

} // namespace
} // namespace quorate::test
