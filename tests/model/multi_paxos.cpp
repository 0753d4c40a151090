// Multi-Paxos' shipped core, explored to the last state within bounds: nodes N, of which P campaign, ballots of
// each K, commands C, restarts R. Each command or no-op takes a slot. The counts are exact: a change of the core
// that changes what it can do changes them.
#include "explored.hpp"
#include "multi_paxos_cores.hpp"

#include <memory>
#include <set>

namespace quorate::check {
namespace {

TEST_CASE(
    "N3P2K2, two slots: nothing breaks, all that a log of slots is for happens, and something can be chosen") {
  auto const x = explore_all(plain_multi_paxos<3>{{.ballots = 2, .commands = 2}}, {.lasting = true});
  CHECK(x.run.states == 49752);
  CHECK(x.marks ==
        (led | chose | led_later | proposed_again | gap | no_op | fetched_value | unsettled_votes | apart));
}

TEST_CASE("N3P2K2R1: no crash takes back what was said") {
  CHECK(explore_all(plain_multi_paxos<3>{{.ballots = 2, .crashes = 1}}, {.lasting = true}).run.states == 35010);
  CHECK(explore_all(plain_multi_paxos<3>{{.commands = 2, .crashes = 2}}).run.states == 35346);
}

TEST_CASE("every node may campaign") {
  CHECK(explore_all(plain_multi_paxos<3>{{.proposers = 3, .commands = 1, .crashes = 1}}).run.states == 6523);
}

TEST_CASE("refusals are heard, and end what was refused") {
  CHECK(explore_all(plain_multi_paxos<3>{{.ballots = 2, .refusals = true}}).run.states == 134823);
}

TEST_CASE("what is forgotten by some is not free for others") {
  CHECK(explore_all(plain_multi_paxos<3>{{.ballots = 2, .compactions = 2}}).run.states == 38651);
}

TEST_CASE("with a sync in flight, and a crash between any two effects") {
  auto const x = explore_all(plain_multi_paxos<2>{{.crashes = 1, .in_flight = true}});
  CHECK(x.run.states == 1931);
  CHECK((x.marks & sync_under_way) != 0);
}

// What one leader promised and the next one wrote comes after one sync (effect/outbox.hpp).
TEST_CASE("two ballots are heard of in one turn, one sync covers both: nothing breaks") {
  CHECK(explore_all(plain_multi_paxos<3>{two_ballots_one_sync(1, 0)}).run.states == 17836);
  CHECK(explore_all(plain_multi_paxos<3>{two_ballots_one_sync(1, 1)}).run.states == 88713);
}

TEST_CASE("heartbeats, of leaders and of candidates, and quorum checks") {
  CHECK(explore_all(whole_multi_paxos<3>{{.beats = 1}}).run.states == 2494054);
  CHECK(explore_all(whole_multi_paxos<3>{{.commands = 2, .checks = 1}}).run.states == 58270);
}

TEST_CASE("a read sees what was chosen before it was asked") {
  auto const x = explore_all(reading_multi_paxos<2>{{.beats = 1, .reads = 1}});
  CHECK(x.run.states == 27064);
  CHECK((x.marks & read_answered) != 0);
}

TEST_CASE("to leave dead messages out, and to take acceptors for alike, loses no state of a node") {
  multi_paxos_bounds b{.proposers = 1, .commands = 2, .crashes = 1};
  auto const fewest = explore_all(plain_multi_paxos<3>{b});
  b.keeps_dead = true;
  auto const with_dead = explore_all(plain_multi_paxos<3>{b});
  CHECK(fewest.run.states == 1032);
  CHECK(with_dead.run.states == 135370);
  CHECK(fewest.node_states == with_dead.node_states);
  auto const apart =
      explore_all(plain_multi_paxos<3>{{.proposers = 1, .commands = 2, .crashes = 1, .named = true}});
  CHECK(apart.run.states == 1996);
  CHECK(apart.node_states <= 2 * fewest.node_states);
}

TEST_CASE("to leave dead messages out loses no state of a node where two campaign") {
  auto const fewest = explore_all(plain_multi_paxos<3>{{.crashes = 1}});
  auto const all = explore_all(plain_multi_paxos<3>{{.crashes = 1, .keeps_dead = true}});
  CHECK(all.run.states == 49661);
  CHECK(fewest.node_states == all.node_states);
}

// The same nodes with all of their cores' state; `counted` gathers what of it counts elsewhere.
struct watched_multi_paxos : whole_multi_paxos<3> {
  using whole_multi_paxos<3>::multi_paxos_system;
  std::shared_ptr<std::set<fingerprint>> counted = std::make_shared<std::set<fingerprint>>();
  std::uint64_t marks(node const& n) const {
    digester h;
    digest_state<3, false>(n.core.state(), renaming::none(), h);
    digest_surroundings(n, renaming::none(), h);
    counted->insert(h.result());
    return whole_multi_paxos<3>::marks(n);
  }
};

TEST_CASE("what of a core is left out of a state can have no effect: no other state of a node is lost by it") {
  for (multi_paxos_bounds const b : {multi_paxos_bounds{.commands = 2, .crashes = 1},
                                     multi_paxos_bounds{.ballots = 2, .commands = 1, .crashes = 1}}) {
    watched_multi_paxos const all{b};
    auto const whole = explore_all(all);
    auto const plain = explore_all(plain_multi_paxos<3>{b});
    CHECK(whole.run.states > plain.run.states);
    CHECK(all.counted->size() == plain.node_states);
  }
}

} // namespace
} // namespace quorate::check
