// The same as paxos.cpp, with bounds that take minutes.
#include "explored.hpp"
#include "paxos_cores.hpp"

namespace quorate::check {
namespace {

TEST_CASE("N3P2K3") { CHECK(explore_all(paxos_together<3, 2>{{.ballots = 3}}).run.states == 7690973); }

TEST_CASE("N3P2K2R2") {
  auto const x = explore_all(paxos_together<3, 2>{{.ballots = 2, .crashes = 2}});
  CHECK(x.run.states == 3653028);
  CHECK((x.marks & voter_restarted) != 0);
}

TEST_CASE("N3P3K1R1") {
  CHECK(explore_all(paxos_together<3, 3>{{.ballots = 1, .crashes = 1}}).run.states == 236722);
  CHECK(explore_all(paxos_apart<3, 3>{{.ballots = 1, .crashes = 1}}).run.states == 388352);
}

TEST_CASE("N5P2K1") {
  CHECK(explore_all(paxos_together<5, 2>{{.ballots = 1}}).run.states == 89471);
  CHECK(explore_all(paxos_apart<5, 2>{{.ballots = 1}}).run.states == 45177);
}

TEST_CASE("N3P2K2, proposers apart") {
  CHECK(explore_all(paxos_apart<3, 2>{{.ballots = 2}}).run.states == 370549);
}

TEST_CASE("N3P2K1R1, every node with all roles") {
  CHECK(explore_all(paxos_whole<3, 2>{{.ballots = 1, .crashes = 1}}).run.states == 157369);
}

TEST_CASE("N3P2K1R1 with a sync in flight") {
  CHECK(explore_all(paxos_apart<3, 2>{{.ballots = 1, .crashes = 1, .in_flight = true}}).run.states == 720835);
  CHECK(explore_all(paxos_together<3, 2>{{.ballots = 1, .crashes = 1, .in_flight = true}}).run.states == 2917573);
}

TEST_CASE("a register, three acceptors, two changes, two ballots for each, a restart") {
  CHECK(explore_all(caspaxos_together<3, 2>{{.ballots = 2, .crashes = 1}}).run.states == 228819);
  CHECK(explore_all(caspaxos_apart<3, 2>{{.ballots = 2, .crashes = 1}}).run.states == 515206);
}

TEST_CASE("a register, each of two changes or a read, two ballots for each, a restart") {
  CHECK(explore_all(caspaxos_together<3, 2>{{.ballots = 2, .crashes = 1, .reads = true}}).run.states == 2626832);
}

TEST_CASE("a register, four changes, two of each proposer, a restart") {
  CHECK(explore_all(caspaxos_together<3, 2>{{.ballots = 2, .crashes = 1, .changes = 2}}).run.states == 2243339);
}

} // namespace
} // namespace quorate::check
