// A place that is given again: member 3 is gone, and member 4 has its place. Each of the rules that say whose a
// vote, a ballot or a match is, taken out by itself, is missed. Nobody changes a configuration yet, so the logs
// are laid by hand, or the leader is given the two configurations.
#include "explored.hpp"
#include "multi_paxos_cores.hpp"
#include "one_value.hpp"
#include "raft_cores.hpp"

#include "quorate/mutant/careless_core.hpp"
#include "quorate/mutant/multi_paxos.hpp"
#include "quorate/mutant/raft.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>

namespace quorate::check {
namespace {

constexpr node_index B{1}, C{2}, D{3}; // hosts: the members 2 to 4; A, the first, is not named here

// Three founders; two of them, without the third; and the fourth member at the third one's place.
constexpr std::array<configuration, 3> laid() {
  configuration const founders{node_set<64>::first(3)};
  auto without = founders;
  without.voters.erase(C);
  without.members[C.value] = no_member;
  auto with = without;
  with.voters.insert(C);
  with.members[C.value] = with.last_member = member_id{4};
  return {founders, without, with};
}

// --- Raft

// In each log the n-th configuration is the n-th of those.
struct moving_disk : quorate::world::shape_disk<8, raft::term_and_vote, 3> {
  using base = quorate::world::shape_disk<8, raft::term_and_vote, 3>;
  static constexpr bool places_move = true;
  using base::carry_out;
  constexpr bool carry_out(entry_run const& w) {
    return w.kind == entry_kind::configuration ? log.put(w, laid()[configurations()]) : log.put(w);
  }
  constexpr std::size_t configurations() const {
    auto const& now = log.config_at(log.last());
    if (now.voters.empty()) return 0;
    return now.members[C.value] == member_id{3} ? 1 : now.members[C.value] == no_member ? 2 : 3;
  }
  constexpr void lay(std::size_t count, term_id term) {
    for (std::size_t i = 0; i < count; ++i)
      (void)carry_out(entry_run{log.last() + 1, 1, i == 0 ? stamp{} : term, entry_kind::configuration});
  }
  friend constexpr bool operator==(moving_disk const&, moving_disk const&) = default;
};

template <class... Without>
using small_raft = careless<
    raft_core<4, raft::pre_vote<off>, raft::check_quorum<off>, raft::first_entry<off>, raft::pipelining<off>,
              raft::answer_stale<off>, raft::eager_commit<off>, raft::read_index<off>, Without...>>;

// In term 1 the third member went, which A and B have in their logs, and the fourth came, which B and D have. A
// has not heard of it, and C of neither.
template <class Core>
struct laid_by_hand : raft_system<Core, 4, moving_disk> {
  using base = raft_system<Core, 4, moving_disk>;
  using base::base;
  using typename base::node;
  node first(node_index self) const {
    static constexpr std::size_t configurations[]{2, 3, 1, 3};
    node n;
    n.self = self;
    n.written.lay(configurations[self.value], term_id{1});
    n.written.hard.term = term_id{1};
    n.durable = n.written;
    n.core = Core{quorate::world::peer_on(n.written, self), n.written.hard, n.written.log};
    return n;
  }
};

// A leads, and is given the two configurations: first that C goes, then that D comes in its place. D's log is
// empty. Each is appended once the one before it, and an entry of the leader's own term, is committed.
template <class Core>
struct given : raft_system<Core, 4, moving_disk> {
  using base = raft_system<Core, 4, moving_disk>;
  using base::base;
  using typename base::node;
  static constexpr std::size_t change = base::events;
  static constexpr std::size_t events = change + 1;
  static char const* name_of_event(std::size_t code) {
    return code == change ? "it is given the next configuration" : base::name_of_event(code);
  }
  static int cost_of(std::size_t code) { return code == change ? -1 : base::cost_of(code); }
  bool can(node const& n, std::size_t code) const {
    // A heartbeat before that is no news to anybody.
    if (code == base::beat && n.written.configurations() < laid().size()) return false;
    if (code != change) return base::can(n, code);
    auto const& log = n.written.log;
    auto const commit = n.core.commit_index();
    return n.core.leads() && n.written.configurations() < laid().size() && log.stamp_at(commit) == n.core.era() &&
           log.config_at(log.last()).number <= commit;
  }
  template <class Out>
  void step(node& n, std::size_t code, Out& out) const {
    if (code != change) return base::step(n, code, out);
    bool const second = n.written.configurations() == 2;
    replicated_turn<node, base, Out> turn{n, out};
    turn.take(configure{second ? node_set<64>::of(C) : node_set<64>{}}, true);
  }
  // Of the entries D gets no more than the first: what comes behind it is as everybody's, and makes the world
  // large.
  bool dead(node const& n, typename base::message const& m, std::uint64_t no_more_crashes) const {
    auto const* append = std::get_if<raft::append_entries>(&m.what);
    if (n.self == D && append != nullptr && append->prev_log_index > log_index{}) return true;
    return base::dead(n, m, no_more_crashes);
  }
  node first(node_index self) const {
    node n;
    n.self = self;
    n.written.lay(self == D ? 0 : 1, {});
    n.durable = n.written;
    n.core = Core{quorate::world::peer_on(n.written, self), n.written.hard, n.written.log};
    return n;
  }
};
constexpr replicated_bounds one_leader{.terms = 1, .commands = 1, .beats = 1, .candidates = 1, .named = true};

template <class System>
exploration run(System const& system) {
  world<System> w{system};
  return explore_model(w);
}

constexpr replicated_bounds two_terms{.terms = 2, .commands = 1, .crashes = 1, .keeps_dead = true, .named = true};

TEST_CASE("M14, M15: a place that was given again, and a voter that not all have heard of: nothing breaks") {
  auto const x = run(laid_by_hand<small_raft<>>{two_terms});
  if (x.broken) FAIL_CHECK(x.broken->what);
  CHECK(x.complete);
  CHECK(x.states == 78845);
}

TEST_CASE("M14: without the rule that votes name members, a vote leaves that the disk has not") {
  auto const x = run(laid_by_hand<small_raft<without<raft::rule::votes_name_members>>>{two_terms});
  REQUIRE(x.broken);
  CHECK(x.broken->what == "no vote leaves before it is durable");
}

TEST_CASE("a leader is given two configurations, and the second gives the place of who left: nothing breaks") {
  auto const x = run(given<small_raft<>>{one_leader});
  if (x.broken) FAIL_CHECK(x.broken->what);
  CHECK(x.complete);
  CHECK(x.states == 286733);
}

TEST_CASE("without the rule that a leader forgets places, it tells the new member what the old one had") {
  auto const x = run(given<small_raft<without<raft::rule::leaders_forget_places>>>{one_leader});
  REQUIRE(x.broken);
  CHECK(x.broken->what == "a match is true");
}

// --- Multi-Paxos: slot 2 gave the place of member 3 to member 4. A, B and D know that it is chosen. Member 3 had
// pipelined slot 3, which B has accepted at that ballot, and nobody else.

struct moving_slots : disk_of_slots<4, 2> { // one is kept in reserve
  static constexpr bool places_move = true;
  friend bool operator==(moving_slots const&, moving_slots const&) = default;
};
constexpr stamp of_third = multi_paxos::make_ballot(1, member_id{3});

template <class... Without>
using small_multi_paxos = careless<multi_paxos_core<4, multi_paxos::quorum_reads<off>, Without...>>;

template <class Core>
struct slots_laid_by_hand : one_value<multi_paxos_system<Core, 4, false, moving_slots>> {
  using base = one_value<multi_paxos_system<Core, 4, false, moving_slots>>;
  using base::base;
  using typename base::node;
  node first(node_index self) const {
    node n;
    n.self = self;
    auto& log = n.written.log;
    (void)log.lay(log_index{1}, stamp{}, laid()[0]);
    n.written.hard.promised = self == B || self == C ? of_third : stamp{};
    n.written.hard.chosen = log_index{1};
    if (self != C) {
      (void)log.lay(log_index{2}, stamp{}, laid()[2]);
      n.written.hard.chosen = log_index{2};
    }
    if (self == B) {
      n.written.offered = {log_index{3}, {}};
      (void)n.written.offered.what.push_back({of_third, 99});
      (void)n.written.carry_out(entry_run{log_index{3}, 1, of_third, entry_kind::command});
      n.written.offered = {};
    }
    n.durable = n.written;
    n.core = typename base::core_type{quorate::world::peer_on(n.written, self), n.written.hard, log};
    return n;
  }
  // B and D campaign, and nobody hears C.
  bool can(node const& n, std::size_t code) const {
    return (code != base::election || n.self == B || n.self == D) && base::can(n, code);
  }
  bool dead(node const& n, typename base::message const& m, std::uint64_t spent) const {
    return n.self == C || base::dead(n, m, spent);
  }
};

constexpr multi_paxos_bounds two_rounds{
    .ballots = 2, .proposers = 4, .commands = 1, .keeps_dead = true, .named = true};

TEST_CASE("M14: a ballot of who had that place before is another's: nothing breaks") {
  auto const x = run(slots_laid_by_hand<small_multi_paxos<>>{two_rounds});
  if (x.broken) FAIL_CHECK(x.broken->what);
  CHECK(x.complete);
  CHECK(x.states == 396991);
}

TEST_CASE("M14: without the rule that ballots name members, one slot has two values") {
  auto const x =
      run(slots_laid_by_hand<small_multi_paxos<without<multi_paxos::rule::ballots_name_members>>>{two_rounds});
  REQUIRE(x.broken);
  CHECK(x.broken->what == "of a slot one value is chosen");
}

} // namespace
} // namespace quorate::check
