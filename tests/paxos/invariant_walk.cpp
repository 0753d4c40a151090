// Walks through what can happen to Paxos nodes: any timer, any message at any time, twice or never, syncs that
// take their time, power cuts. What must be true stands in truth/paxos.hpp and paxos/invariant.hpp; at the end,
// with the faults gone, everybody learns one value.
#include "quorate/explore/paxos.hpp"
#include "quorate/policy/quorum_systems.hpp"
#include "support/walks.hpp"

namespace quorate::test {
namespace {

template <std::size_t Nodes, class Core>
void paxos_walks(std::uint64_t first_seed, std::uint64_t usual, std::uint64_t never) {
  using system = check::paxos_system<Core, Nodes, 3, false, truth::growing_memory>;
  check::paxos_bounds const bounds{.changes = 2, .reads = true, .repeats = true, .in_flight = true};
  walks<system>(bounds, first_seed, usual, never, 400);
}
constexpr std::uint64_t lessons = 32; // of paxos_system's marks: a register has none

using number = std::uint64_t;
using usual = paxos::full_node<number>;
using few = paxos::full_node<number, paxos::learning<paxos::distinguished>, paxos::thrifty<true>>;
using ahead = paxos::full_node<number, paxos::ballots_ahead<4>, paxos::thrifty<true>>;
using flex = paxos::full_node<number, quorum<flexible<4, 3, 2>>>; // phase 2 asks fewer than a majority
using square = paxos::full_node<number, quorum<grid<2, 2>>>;
using cell = paxos::register_node<number>;
using thrifty_cell = paxos::register_node<number, paxos::thrifty<true>, paxos::ballots_ahead<3>>;

TEST_CASE("a random walk of three nodes breaks nothing") { paxos_walks<3, usual>(1, 3000, 0); }
TEST_CASE("a random walk of three nodes with a distinguished learner and few messages breaks nothing") {
  paxos_walks<3, few>(10'000'001, 3000, 0);
}
TEST_CASE("a random walk of three nodes with ballots in blocks breaks nothing") {
  paxos_walks<3, ahead>(20'000'001, 2000, 0);
}
TEST_CASE("a random walk of four nodes with quorums of three and two breaks nothing") {
  paxos_walks<4, flex>(30'000'001, 2000, 0);
}
TEST_CASE("a random walk of four nodes in a grid breaks nothing") { paxos_walks<4, square>(70'000'001, 1000, 0); }
TEST_CASE("a random walk of five nodes breaks nothing") { paxos_walks<5, usual>(40'000'001, 2000, 0); }
TEST_CASE("a random walk of a register on three nodes breaks nothing") {
  paxos_walks<3, cell>(50'000'001, 3000, lessons);
}
TEST_CASE("a random walk of a register on five thrifty nodes breaks nothing") {
  paxos_walks<5, thrifty_cell>(60'000'001, 2000, lessons);
}

} // namespace
} // namespace quorate::test
