// The same as multi_paxos.cpp, with bounds that take longer.
#include "explored.hpp"
#include "multi_paxos_cores.hpp"

namespace quorate::check {
namespace {

TEST_CASE("N3P2K2R1, two slots") {
  auto const x = explore_all(plain_multi_paxos<3>{{.ballots = 2, .commands = 2, .crashes = 1}}, {.lasting = true});
  CHECK(x.run.states == 599697);
  CHECK(x.marks == everything_but_reads_and_slow_syncs);
}

TEST_CASE("N3P2K2R2, two slots") {
  CHECK(explore_all(plain_multi_paxos<3>{{.ballots = 2, .commands = 2, .crashes = 2}}).run.states == 2312231);
}

TEST_CASE("N3P2K3, two slots") {
  CHECK(explore_all(plain_multi_paxos<3>{{.ballots = 3, .commands = 2}}).run.states == 189501);
}

TEST_CASE("N3P3K2, a slot; N5P2K1, two slots") {
  CHECK(explore_all(plain_multi_paxos<3>{{.ballots = 2, .proposers = 3}}).run.states == 92135);
  CHECK(explore_all(plain_multi_paxos<5>{{.commands = 2}}).run.states == 2422381);
}

TEST_CASE("N3P2K2, two slots, with refusals") {
  CHECK(explore_all(plain_multi_paxos<3>{{.ballots = 2, .commands = 2, .refusals = true}}).run.states == 1992660);
}

TEST_CASE("N3P2K1 with refusals: to leave dead messages out loses no state of a node") {
  auto const fewest = explore_all(plain_multi_paxos<3>{{.refusals = true}});
  auto const all = explore_all(plain_multi_paxos<3>{{.refusals = true, .keeps_dead = true}});
  CHECK(all.run.states == 1032946);
  CHECK(fewest.node_states == all.node_states);
}

TEST_CASE("N3P2K1R1, two slots: two ballots' accepts in one turn, one sync covers both, and crashes") {
  auto const x = explore_all(plain_multi_paxos<3>{two_ballots_one_sync(2, 1)});
  CHECK(x.run.states == 4406252);
  CHECK((x.marks & both_ballots_acknowledged) != 0);
}

TEST_CASE("N5P2K1: the first leader counts on beside the second, and two ballots wait for one sync") {
  CHECK(explore_all(plain_multi_paxos<5>{two_ballots_one_sync(1, 0)}).run.states == 1968646);
}

TEST_CASE("N3P2K1R1 with a sync in flight") {
  CHECK(explore_all(plain_multi_paxos<3>{{.crashes = 1, .in_flight = true}}).run.states == 371715);
}

} // namespace
} // namespace quorate::check
