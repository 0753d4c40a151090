// Paxos' and CASPaxos' shipped roles, explored to the last state within bounds: acceptors N, proposers P, ballots
// of each K, restarts R. The counts are exact: a change of the core that changes what it can do changes them.
#include "explored.hpp"
#include "paxos_cores.hpp"

namespace quorate::check {
namespace {

// Both runs see the same states of a node, and without the dead there is less to see.
template <class System>
void same_nodes_without_the_dead(paxos_bounds b, std::uint64_t states, std::uint64_t with_dead) {
  auto const fewest = explore_all(System{b});
  b.keeps_dead = true;
  auto const all = explore_all(System{b});
  CHECK(fewest.run.states == states);
  CHECK(all.run.states == with_dead);
  CHECK(fewest.node_states == all.node_states);
}

TEST_CASE("N3P2K1, proposers apart: nothing breaks, and a value is adopted, chosen, or can be until ballots end") {
  auto const x = explore_all(paxos_apart<3, 2>{{.ballots = 1}}, {.lasting = true});
  CHECK(x.run.states == 1626);
  CHECK(x.marks == (overtaken | adopted | decided));
}

TEST_CASE("N3P2K1R1, proposers apart: a ballot is not used again after a crash") {
  auto const x = explore_all(paxos_apart<3, 2>{{.ballots = 1, .crashes = 1}}, {.lasting = true});
  CHECK(x.run.states == 6798);
  CHECK(x.marks == (overtaken | adopted | decided | restarted));
}

TEST_CASE("N3P2K1 and N3P2K1R1, proposers that accept") {
  CHECK(explore_all(paxos_together<3, 2>{{.ballots = 1}}, {.lasting = true}).run.states == 1116);
  auto const x = explore_all(paxos_together<3, 2>{{.ballots = 1, .crashes = 1}}, {.lasting = true});
  CHECK(x.run.states == 4970);
  CHECK((x.marks & voter_restarted) != 0);
}

TEST_CASE("N3P2K2: proposers get into each other's way, and begin anew") {
  auto const x = explore_all(paxos_together<3, 2>{{.ballots = 2}}, {.lasting = true});
  CHECK(x.run.states == 149328);
  CHECK(x.marks == (overtaken | preempted | above | adopted | decided));
}

TEST_CASE("N3P2K1, every node with all roles: what is learned was chosen") {
  auto const x = explore_all(paxos_whole<3, 2>{{.ballots = 1}}, {.lasting = true});
  CHECK(x.run.states == 16663);
  CHECK((x.marks & learned) != 0);
}

TEST_CASE("with a sync in flight, and a crash between any two effects") {
  auto const x = explore_all(paxos_apart<2, 2>{{.ballots = 1, .crashes = 1, .in_flight = true}});
  CHECK(x.run.states == 6790);
  CHECK((x.marks & sync_in_flight) != 0);
  CHECK(explore_all(paxos_together<2, 2>{{.ballots = 1, .crashes = 1, .in_flight = true}}).run.states == 11369);
  CHECK(explore_all(paxos_apart<3, 2>{{.ballots = 1, .in_flight = true}}).run.states == 93705);
}

TEST_CASE("a register: changes stand on each other, and none is made twice") {
  auto const x = explore_all(caspaxos_apart<3, 2>{{.ballots = 1, .crashes = 1}}, {.lasting = true});
  CHECK(x.run.states == 7477);
  CHECK((x.marks & (adopted | decided)) == (adopted | decided));
}

TEST_CASE("a register that is read: what was read was chosen, in a round of its own") {
  CHECK(explore_all(caspaxos_together<3, 2>{{.ballots = 1, .crashes = 1, .reads = true}}).run.states == 18893);
}

TEST_CASE("to leave dead messages out loses no state of a node") {
  same_nodes_without_the_dead<paxos_apart<3, 2>>({.ballots = 1}, 1626, 42086);
  same_nodes_without_the_dead<paxos_together<3, 2>>({.ballots = 1}, 1116, 10349);
  same_nodes_without_the_dead<paxos_together<2, 2>>({.ballots = 2, .crashes = 1}, 9822, 46925);
  same_nodes_without_the_dead<paxos_whole<2, 2>>({.ballots = 1, .crashes = 1}, 747, 1673);
  same_nodes_without_the_dead<paxos_whole<2, 2>>({.ballots = 1, .repeats = true}, 3308, 8852);
  same_nodes_without_the_dead<caspaxos_apart<2, 2>>({.ballots = 1, .crashes = 1}, 694, 2362);
}

TEST_CASE("to take acceptors for alike loses no state of a node") {
  auto const alike = explore_all(paxos_apart<3, 2>{{.ballots = 1}});
  auto const named = explore_all(paxos_apart<3, 2>{{.ballots = 1, .named = true}});
  CHECK(named.run.states == 8404);
  CHECK(named.node_states <= 6 * alike.node_states);
}

TEST_CASE("what was not answered may be asked again at any time: with proposers apart that changes nothing") {
  CHECK(explore_all(paxos_apart<3, 2>{{.ballots = 1, .repeats = true}}).run.states == 1626);
}

} // namespace
} // namespace quorate::check
