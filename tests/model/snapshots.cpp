// Snapshots on the shipped cores, explored to the last state within bounds: a node compacts, a follower is offered
// a snapshot, and its host says that it can be installed: late, again, in another era, after a crash. The counts
// are exact. Each rule is taken out once, and is missed.
#include "one_value.hpp"
#include "snapshot_cores.hpp"

#include <string>

namespace quorate::check {
namespace {

// --- Raft

using raft_rule = raft::rule;

// What stands above the mark goes, whatever the stamps; or stays, whatever they are.
struct dropping_disk : shape_disk {
  using shape_disk::carry_out;
  constexpr bool carry_out(installation const& w) {
    return log = log_type{w.mark.at, w.mark.written_at, w.mark.config}, true;
  }
  friend constexpr bool operator==(dropping_disk const&, dropping_disk const&) = default;
};
struct keeping_disk : shape_disk {
  using shape_disk::carry_out;
  constexpr bool carry_out(installation const& w) { return log.install(w.mark, above_mark::always), true; }
  friend constexpr bool operator==(keeping_disk const&, keeping_disk const&) = default;
};

template <class System>
std::string broken_in(System const& system) {
  world<System> w{system};
  auto const x = explore_model(w);
  return x.broken ? x.broken->what : "nothing";
}
constexpr replicated_bounds two_terms{.terms = 2, .commands = 2};
constexpr replicated_bounds slow{.terms = 1, .commands = 2, .crashes = 1, .in_flight = true, .slow = 1};

TEST_CASE("Raft: two terms, two commands, a compaction, an installation: nothing breaks") {
  CHECK(explore_snapshots(snapped_raft<small_raft<>>{two_terms, {}}).run.states == 37367);
}

TEST_CASE("Raft: the same with a restart, and with an installation told twice") {
  auto bounds = two_terms;
  CHECK(explore_snapshots(snapped_raft<small_raft<>>{bounds, {.installs = 2}}).run.states == 39203);
  bounds.crashes = 1;
  CHECK(explore_snapshots(snapped_raft<small_raft<>>{bounds, {}}).run.states == 246195);
}

TEST_CASE("Raft: an installation whose sync takes its time, and a restart") {
  CHECK(explore_snapshots(snapped_raft<small_raft<>>{slow, {}}).run.states == 171109);
}

TEST_CASE("S23: Raft without the rule that votes compare with the end of the log lacks what was committed") {
  using core = small_raft<without<raft_rule::votes_compare_ends>>;
  CHECK(broken_in(snapped_raft<core>{two_terms, {}}) == "a leader has what was committed before its term");
}

TEST_CASE("Raft: without the rule that an offer commits nothing, a log is shorter than what is committed") {
  using core = small_raft<without<raft_rule::offers_commit_nothing>>;
  CHECK(broken_in(snapped_raft<core>{two_terms, {}}) == "what is committed is in the log");
}

TEST_CASE("Raft: without the rule that installations wait for the disk, one is acknowledged too early") {
  using core = small_raft<without<raft_rule::installs_wait_for_the_disk>>;
  CHECK(broken_in(snapped_raft<core>{slow, {}}) == "no acknowledgement leaves before it is durable");
}

// An offer is acknowledged by who holds the entry, and a snapshot of an earlier era is not installed. So in these
// bounds no follower that installs has a tail that agrees: it makes no difference what a disk does with one. Each
// of the two rules is enough by itself; without one of them, the disk's rule is missed.
TEST_CASE("Raft: a snapshot of any era may be installed, for safety") {
  using core = small_raft<without<raft_rule::installs_are_of_this_era>>;
  CHECK(explore_snapshots(snapped_raft<core>{two_terms, {}}).run.states == 38546);
  CHECK(broken_in(snapped_raft<core, dropping_disk>{two_terms, {}}) ==
        "no acknowledgement leaves before it is durable");
  CHECK(explore_snapshots(snapped_raft<core, keeping_disk>{two_terms, {}}).run.states == 38546);
}

constexpr node_index A{0}, B{1}, C{2};

// In term 1 entry 2 was committed by all, and C has entry 3 beside it, which nobody else has. C's host has fetched
// a snapshot up to entry 2, and has not said so yet.
template <class Core>
struct with_a_tail : snapped_raft<Core> {
  using base = snapped_raft<Core>;
  using base::base;
  using typename base::node;
  static node first(node_index self) {
    node n;
    n.self = self;
    n.written.found(configuration{node_set<64>::first(3)});
    auto const put = [&](std::uint64_t at) {
      (void)n.written.carry_out(entry_run{log_index{at}, 1, term_id{1}, entry_kind::command});
    };
    put(2);
    if (self == C) put(3);
    n.written.hard.term = term_id{1};
    n.durable = n.written;
    n.core = Core{quorate::world::peer_on(n.written, self), n.written.hard, n.written.log};
    if (self == C) n.past.staged = {term_id{1}, log_index{2}, term_id{1}, false};
    return n;
  }
};

TEST_CASE("S22: in Raft a tail that was kept is not acknowledged with the mark") {
  constexpr replicated_bounds bounds{.terms = 2, .commands = 1, .beats = 1, .candidates = 1, .named = true};
  CHECK(broken_in(with_a_tail<small_raft<>>{bounds, {}}) == "nothing");
  using any_era = small_raft<without<raft_rule::installs_are_of_this_era>>;
  CHECK(broken_in(with_a_tail<any_era>{bounds, {}}) == "nothing");
  using core = small_raft<without<raft_rule::installs_are_of_this_era, raft_rule::tails_are_verified_anew>>;
  CHECK(broken_in(with_a_tail<core>{bounds, {}}) == "a match is true");
}

// --- Multi-Paxos

using paxos_rule = multi_paxos::rule;

TEST_CASE("Multi-Paxos: without the rule that an offer chooses nothing, a log is shorter than what is chosen") {
  using core = small_paxos<without<paxos_rule::offers_choose_nothing>>;
  CHECK(broken_in(snapped_paxos<core>{one_ballot, {}}) == "what is chosen is in the log");
}

struct dropping_slots : slot_disk {
  using slot_disk::carry_out;
  constexpr bool carry_out(installation const& w) {
    log = log_type{log.config_at(log_index{1})};
    return log.install(w.mark), true;
  }
  friend constexpr bool operator==(dropping_slots const&, dropping_slots const&) = default;
};

// A leads ballot 1, and slots 2 and 3 were chosen at it: slot 2 by A and C, slot 3 by A and B, which has an older
// vote in slot 2. A has compacted slot 2. B's host has fetched A's snapshot for the ballot that A campaigns for
// next.
constexpr stamp first_of_a = multi_paxos::make_ballot(1, member_id{1});
constexpr stamp second_of_a = multi_paxos::make_ballot(2, member_id{1});
constexpr stamp first_of_b = multi_paxos::make_ballot(1, member_id{2});
template <class Core, class Disk = slot_disk>
struct votes_above : one_value<snapped_paxos<Core, false, Disk>> {
  using base = one_value<snapped_paxos<Core, false, Disk>>;
  using base::base;
  using typename base::node;
  static void vote(node& n, std::uint64_t at, stamp ballot, stamp by) {
    n.written.offered = {log_index{at}, {}};
    (void)n.written.offered.what.push_back({by, at});
    (void)n.written.carry_out(entry_run{log_index{at}, 1, ballot, entry_kind::command});
    n.written.offered = {};
  }
  static node first(node_index self) {
    node n;
    n.self = self;
    n.written.found(configuration{node_set<64>::first(3)});
    vote(n, 2, self == B ? first_of_b : first_of_a, self == B ? first_of_b : first_of_a);
    if (self != C) vote(n, 3, first_of_a, first_of_a);
    n.written.hard.promised = self == B ? first_of_b : first_of_a;
    n.written.hard.chosen = log_index{self == B ? 1U : self == C ? 2U : 3U};
    if (self == A) n.written.log.compact(log_index{2});
    n.durable = n.written;
    n.core = typename base::core_type{quorate::world::peer_on(n.written, self), n.written.hard, n.written.log};
    if (self == B) n.past.staged = {second_of_a, log_index{2}, first_of_a, false};
    return n;
  }
  bool can(node const& n, std::size_t code) const {
    return (code != base::election || n.self != B) && base::can(n, code);
  }
};
constexpr multi_paxos_bounds two_ballots{.ballots = 2, .proposers = 3, .commands = 1, .named = true};

TEST_CASE("S20: in Multi-Paxos votes above a mark stay, or a slot has two values") {
  snapshot_bounds const installs{.compactions = 0};
  CHECK(broken_in(votes_above<small_paxos<>>{two_ballots, installs}) == "nothing");
  CHECK(broken_in(votes_above<small_paxos<>, dropping_slots>{two_ballots, installs}) ==
        "of a slot one value is chosen");
}

} // namespace
} // namespace quorate::check
