// Who needs a snapshot, whether an offer is news, and whether what was fetched is still wanted.
#include "quorate/log/core.hpp"
#include "quorate/mutant/snapshots.hpp"
#include "quorate/raft/invariant.hpp"

#include "support/raft_world.hpp"

#include <doctest/doctest.h>

#include <string_view>

namespace quorate::test {
namespace {

using raft::offer_snapshot, raft::appended, raft::append_entries, raft::heartbeat_answer;

template <class... More>
using core = raft::node<limits<limit_values{.nodes = 7, .append_entries = 64}>, raft::snapshots<on>, More...>;
template <class Core = core<>>
using snapped = world<3, Core>;

template <class World>
snapshot_mark mark_of(World const& w, node_index n, log_index i) {
  return {i, w.log(n).stamp_at(i), w.log(n).config_at(i)};
}
template <class World>
void install(World& w, node_index n, snapshot_mark const& mark, term_id era) {
  w.step(n, installable{era, mark});
  w.turn(n);
}
// A leads, and has compacted entries that C has never heard of.
template <class World>
void leave_behind(World& w) {
  auto const both = node_set<64>::of(A).with(B);
  w.elect(A, both);
  w.propose(A, 4);
  w.settle(both);
  REQUIRE(w.state(A).commit == at(6));
  w.compact(A, at(5));
  w.compact(B, at(5));
  REQUIRE(w.log(C).last() == at(1));
}

TEST_CASE("who needs what is compacted is offered a snapshot, installs it, and goes on with the log") {
  snapped<> w;
  leave_behind(w);
  w.expire(A, timer::heartbeat);
  w.settle();
  CHECK(w[C].wanted == at(5));
  CHECK(w.log(C).last() == at(1));
  install(w, C, mark_of(w, A, at(5)), term(1));
  CHECK(w.log(C).compacted() == at(5));
  CHECK(w.log(C).stamp_at(at(5)) == w.log(A).stamp_at(at(5)));
  CHECK(w.state(C).commit == at(5));
  w.settle();
  CHECK(w.log(C).last() == at(6));
  w.expire(A, timer::heartbeat);
  w.settle();
  CHECK(w.state(C).commit == at(6));
  CHECK(w[C].contradictions == 0);
}

TEST_CASE("S5, S15: a peer leaves state `snapshot` with any match from the end of what is compacted on") {
  for (std::uint64_t const match : {5U, 6U}) {
    snapped<> w;
    leave_behind(w);
    w.expire(A, timer::heartbeat);
    w.settle();
    CHECK(w.state(A).peer(peer{C}).next <= w.log(A).compacted());
    w.step(A, from{peer{C}, appended{term(1), at(match), 0}});
    CHECK(w.state(A).peer(peer{C}).next == at(match + 1));
    CHECK(w.state(A).peer(peer{C}).match == at(match));
  }
  snapped<> w; // less is not enough
  leave_behind(w);
  w.expire(A, timer::heartbeat);
  w.settle();
  w.step(A, from{peer{C}, appended{term(1), at(4), 0}});
  CHECK(w.state(A).peer(peer{C}).next <= w.log(A).compacted());
}

template <class Core>
log_index wanted_after_a_loss() {
  snapped<Core> w;
  leave_behind(w);
  auto const offers = [](auto const& p) { return !std::holds_alternative<offer_snapshot>(p.what); };
  w.expire(A, timer::heartbeat);
  w.settle_where(w.all(), offers); // the first one is lost
  CHECK(w[C].wanted == log_index{});
  for (int i = 0; i < 3; ++i) {
    w.expire(A, timer::heartbeat);
    w.settle();
  }
  return w[C].wanted;
}
TEST_CASE("S24: an offer that is lost is said again; without that rule, nothing is wanted") {
  CHECK(wanted_after_a_loss<core<>>() == at(5));
  CHECK(wanted_after_a_loss<core<without<raft::rule::who_needs_one_is_offered>>>() == log_index{});
}

// A leads, and all know that six entries are committed.
template <class World>
void commit_on_all(World& w) {
  w.elect(A);
  w.propose(A, 4);
  w.settle();
  w.expire(A, timer::heartbeat);
  w.settle();
  REQUIRE(w.state(C).commit == at(6));
}

TEST_CASE("S2: what is not above the commit index changes nothing, and is acknowledged again") {
  snapped<> w;
  commit_on_all(w);
  auto const before = w.log(C);
  for (std::uint64_t const i : {2U, 6U}) {
    w.step(C, from{peer{A}, offer_snapshot{term(1), at(i), term(1)}});
    w.turn(C);
    CHECK(w.count<appended>(A) == 1);
    install(w, C, mark_of(w, A, at(i)), term(1));
    CHECK(w.count<appended>(A) == 2);
    w.lose_everything();
    CHECK(w[C].wanted == log_index{});
    CHECK(w.log(C) == before);
    CHECK(w.state(C).verified == at(6));
  }
}

TEST_CASE("S13: another entry at an index that is committed is a contradiction, and is not installed") {
  snapped<> w;
  commit_on_all(w);
  auto const before = w.log(C);
  w.step(C, from{peer{A}, offer_snapshot{term(1), at(4), term(0)}});
  CHECK(w[C].contradictions == 1);
  auto mark = mark_of(w, A, at(4));
  mark.written_at = stamp{};
  install(w, C, mark, term(1));
  CHECK(w[C].contradictions == 2);
  CHECK(w.log(C) == before);
}

TEST_CASE("S11: another entry at the mark that is not committed gives way, with all behind it, and does so once") {
  snapped<> w;
  w.lay_down(C, {1, 1, 1, 1, 1}, 2);
  w.step(C, from{peer{A}, offer_snapshot{term(2), at(4), term(2)}});
  REQUIRE(w[C].wanted == at(4));
  snapshot_mark const mark{at(4), term(2), w.log(C).config_at(at(1))};
  install(w, C, mark, term(2));
  CHECK(w.log(C).last() == at(4));
  CHECK(w.log(C).stamp_at(at(4)) == term(2));
  CHECK(w.state(C).commit == at(4));
  w.step(C, from{peer{A}, offer_snapshot{term(2), at(4), term(2)}});
  auto const writes = w[C].writes;
  install(w, C, mark, term(2));
  CHECK(w[C].writes == writes);
}

TEST_CASE("an offer of what the log holds already is acknowledged, and nothing is fetched") {
  snapped<> w;
  w.lay_down(C, {1, 1, 1}, 1);
  w.step(C, from{peer{A}, offer_snapshot{term(1), at(3), term(1)}});
  CHECK(w[C].wanted == log_index{});
  CHECK(w.state(C).commit == at(3));
  CHECK(w.state(C).verified == at(3)); // and not what stands above it
  w.step(C, from{peer{A}, offer_snapshot{term(1), at(4), term(0)}});
  CHECK(w[C].wanted == at(4)); // there stands another
}

TEST_CASE("S12: who leads, campaigns, or is in another era installs nothing") {
  snapped<> w;
  leave_behind(w);
  auto const mark = mark_of(w, A, at(5));
  install(w, C, mark, term(1)); // it has not heard of a leader
  CHECK(w.log(C).compacted() == log_index{});
  w.expire(A, timer::heartbeat);
  w.settle();
  install(w, C, mark, term(0));
  CHECK(w.log(C).compacted() == log_index{});
  auto later = mark;
  later.written_at = term(2); // nobody's
  install(w, C, later, term(1));
  CHECK(w.log(C).compacted() == log_index{});
  install(w, A, {at(9), term(1), mark.config}, term(1));
  CHECK(w.leads(A));
  CHECK(w.log(A).last() == at(6));
  w.expire(C, timer::contact);
  w.expire(C, timer::election);
  install(w, C, mark, w.state(C).current_term);
  CHECK(w.log(C).compacted() == log_index{});
}

TEST_CASE(
    "a mark that is not in the leader's log, as far as that is verified, is of a later leader: not installed") {
  snapped<> w;
  w.lay_down(C, {}, 3);
  w.step(C, from{peer{A}, append_entries{term(3), at(1), term(0), term(3), at(1), 4, entry_kind::command}});
  REQUIRE(w.state(C).verified == at(5));
  REQUIRE(w.state(C).commit == at(1));
  auto const before = w.log(C);
  install(w, C, {at(4), term(2), w.log(C).config_at(at(1))}, term(3));
  CHECK(w.log(C) == before);
  install(w, C, {at(4), term(3), w.log(C).config_at(at(1))}, term(3));
  CHECK(w.log(C).compacted() == at(4));
  CHECK(w.log(C).last() == at(5));
  CHECK(w.state(C).verified == at(5));
}

TEST_CASE("S8: a candidate that hears an offer of its term follows, and wants it") {
  snapped<core<raft::pre_vote<off>>> w;
  leave_behind(w);
  w.expire(C, timer::contact);
  w.expire(C, timer::election);
  REQUIRE(w.state(C).is == role::candidate);
  auto const now = w.state(C).current_term;
  w.step(C, from{peer{A}, offer_snapshot{now, at(5), term(1)}});
  CHECK(w.state(C).is == role::follower);
  CHECK(w.state(C).leader == peer{A});
  CHECK(w[C].wanted == at(5));
}

TEST_CASE("an offer of an earlier term raises nothing, and is answered with the present one") {
  snapped<> w;
  w.lay_down(C, {1}, 3);
  w.step(C, from{peer{A}, offer_snapshot{term(2), at(5), term(1)}});
  CHECK(w[C].wanted == log_index{});
  CHECK(w.state(C).leader == peer{});
  CHECK(w.count<raft::rejected>(A) == 1);
}

TEST_CASE("what no honest leader offers is refused by a sentence") {
  snapped<> w;
  auto const& c = w[C].core;
  auto const why = [&](offer_snapshot const& m) {
    auto const* reason = c.doubt(m, w.log(C));
    return std::string_view{reason == nullptr ? "" : reason};
  };
  CHECK(why({term(1), at(2), term(1)}).empty());
  CHECK(why({term(1), log_index{}, term(0)}) == "a snapshot of nothing");
  CHECK(why({term(1), at(2), term(2)}) == "a snapshot up to an entry of a later term than its leader's");
  CHECK(why({term(1), at(~std::uint64_t{0}), term(1)}) == "a snapshot up to an index that no log has");
}

// Off: neither a message nor a step of it.
static_assert(!raft::node<>::messages::contains<offer_snapshot> && core<>::messages::contains<offer_snapshot>);
static_assert(!quorate::detail::takes_step<raft::node<>, installable> &&
              quorate::detail::takes_step<core<>, installable>);
static_assert(sizeof(core<>) == sizeof(raft::node<limits<limit_values{.nodes = 7, .append_entries = 64}>>));

} // namespace
} // namespace quorate::test
