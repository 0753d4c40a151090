// Who needs a snapshot, whether an offer is news, and whether what was fetched is still wanted.
#include "quorate/log/core.hpp"
#include "quorate/multi_paxos/invariant.hpp"

#include "support/multi_paxos_world.hpp"

#include <doctest/doctest.h>

#include <string_view>

namespace quorate::test {
namespace {

using multi_paxos::offer_snapshot;

using core = multi_paxos::node<limits<limit_values{.nodes = 7, .append_entries = 8, .mark = 8, .reserve = 4}>,
                               multi_paxos::snapshots<on>>;
using snapped = world<3, core>;

snapshot_mark mark_of(snapped const& w, node_index n, log_index i) {
  return {i, w.log(n).stamp_at(i), w.log(n).config_at(i)};
}
void install(snapped& w, node_index n, snapshot_mark const& mark, stamp era) {
  w.step(n, installable{era, mark});
  w.turn(n);
}
void beat(snapped& w) {
  w.expire(A, timer::heartbeat);
  w.settle();
}

// A leads, and has compacted slots that C has never heard of.
void leave_behind(snapped& w) {
  auto const both = node_set<64>::of(A).with(B);
  w.elect(A, both);
  for (int i = 0; i < 4; ++i) w.propose(A);
  w.settle(both);
  REQUIRE(w.state(A).commit == at(5));
  w.compact(A, at(4));
  w.compact(B, at(4));
  REQUIRE(w.log(C).last() == at(1));
  w.expire(A, timer::heartbeat); // its answer tells of what was sent before the first heartbeat
  w.settle();
}

TEST_CASE("who needs what is compacted is offered a snapshot, installs it, and goes on with the log") {
  snapped w;
  leave_behind(w);
  beat(w);
  CHECK(w[C].wanted == at(4));
  install(w, C, mark_of(w, A, at(4)), w.state(C).promised);
  CHECK(w.log(C).compacted() == at(4));
  CHECK(w.log(C).stamp_at(at(4)) == w.log(A).stamp_at(at(4)));
  CHECK(w.state(C).commit == at(4));
  beat(w);
  beat(w);
  CHECK(w.state(C).commit == at(5));
  CHECK(w.state(A).peer(peer{C}).next == at(6)); // and the peer is in that state no more
  w.crash(C);
  CHECK(w.state(C).commit >= at(4));
}

TEST_CASE("S24: an offer that is lost is said again, once a heartbeat") {
  snapped w;
  leave_behind(w);
  std::size_t offers = 0;
  for (int i = 0; i < 4; ++i) {
    w.expire(A, timer::heartbeat);
    w.settle_where(snapped::all(), [&](auto const& p) {
      bool const is = std::holds_alternative<offer_snapshot>(p.what);
      offers += is ? 1 : 0;
      return !is;
    });
  }
  CHECK(offers == 4);
  CHECK(w[C].wanted == log_index{});
  beat(w);
  CHECK(w[C].wanted == at(4));
}

TEST_CASE("however often it answers, a peer is offered a snapshot once a heartbeat interval") {
  snapped w;
  leave_behind(w);
  beat(w);
  std::size_t offers = 0;
  auto const count = [&](auto const& p) {
    offers += std::holds_alternative<offer_snapshot>(p.what) ? 1 : 0;
    return true;
  };
  for (int i = 0; i < 8; ++i) {
    w.propose(A);
    w.settle_where(snapped::all(), count);
    w.read(A);
    w.settle_where(snapped::all(), count);
  }
  CHECK(offers == 0);
  w.expire(A, timer::heartbeat);
  w.settle_where(snapped::all(), count);
  CHECK(offers == 1);
}

TEST_CASE(
    "what a follower holds of its leader's log is chosen where the leader has compacted: nothing is fetched") {
  snapped w;
  w.elect(A);
  for (int i = 0; i < 3; ++i) w.propose(A);
  w.settle_where(snapped::all(), [](auto const& p) { // C hears no commit index above 2
    return p.to != C || !std::holds_alternative<multi_paxos::heartbeat>(p.what);
  });
  auto const promised = w.state(A).promised;
  REQUIRE(w.state(C).verified == at(4));
  REQUIRE(w.state(C).commit < at(4));
  w.step(C, from{peer{A}, offer_snapshot{promised, at(4), promised, snapped::config}});
  CHECK(w.state(C).commit == at(4));
  CHECK(w[C].wanted == log_index{});
}

TEST_CASE("S2: what is not above what is known to be chosen changes nothing; another ballot there is no matter") {
  snapped w;
  w.elect(A);
  for (int i = 0; i < 3; ++i) w.propose(A);
  w.settle();
  beat(w);
  REQUIRE(w.state(C).commit == at(4));
  auto const before = w.log(C);
  w.step(C, from{peer{A}, offer_snapshot{w.state(A).promised, at(4), stamp{}, snapped::config}});
  CHECK(w[C].wanted == log_index{});
  auto mark = mark_of(w, A, at(3));
  mark.written_at = stamp{};
  install(w, C, mark, w.state(A).promised);
  CHECK(w.log(C) == before);
}

TEST_CASE("S12: who leads, knows no leader, or is in another ballot installs nothing") {
  snapped w;
  install(w, C, {at(4), stamp{}, w.log(C).config_at(at(1))}, stamp{});
  CHECK(w.log(C).compacted() == log_index{});
  leave_behind(w);
  beat(w);
  auto const mark = mark_of(w, A, at(4));
  install(w, C, mark, stamp{});
  auto later = mark;
  later.written_at = ballot(9, B); // an acceptor has no vote above its promise
  install(w, C, later, w.state(C).promised);
  CHECK(w.log(C).compacted() == log_index{});
  install(w, A, {at(9), mark.written_at, mark.config}, w.state(A).promised);
  CHECK(w.leads(A));
  CHECK(w.log(A).last() == at(5));
}

TEST_CASE("an offer at a ballot below the promise is refused, and one of another configuration is not heard") {
  snapped w;
  leave_behind(w);
  beat(w);
  auto const promised = w.state(C).promised;
  w.lose_everything();
  w.step(C, from{peer{A}, offer_snapshot{stamp{}, at(9), stamp{}, snapped::config}});
  CHECK(w.count<multi_paxos::refused>(A) == 1);
  w.step(C, from{peer{A}, offer_snapshot{promised, at(9), promised, snapped::config + 1}});
  CHECK(w[C].wanted == at(4));
}

TEST_CASE("what no honest leader offers is refused by a sentence") {
  snapped w;
  auto const why = [&](offer_snapshot const& m) {
    auto const* reason = w[C].core.doubt(m, w.log(C));
    return std::string_view{reason == nullptr ? "" : reason};
  };
  auto const b = ballot(1, A);
  CHECK(why({b, at(2), b, 1}).empty());
  CHECK(why({b, log_index{}, b, 1}) == "a snapshot of nothing");
  CHECK(why({b, at(2), ballot(2, A), 1}) == "a snapshot up to a vote of a later ballot than its leader's");
  CHECK(why({b, at(~std::uint64_t{0}), b, 1}) == "a snapshot up to an index that no log has");
  CHECK(why({b, at(2), b, ~std::uint64_t{0}}) == "a configuration at an index that no log has");
}

// Off: neither a message nor a step of it.
static_assert(!small_core::messages::contains<offer_snapshot> && core::messages::contains<offer_snapshot>);
static_assert(!quorate::detail::takes_step<small_core, installable> &&
              quorate::detail::takes_step<core, installable>);
static_assert(sizeof(core) == sizeof(small_core));

} // namespace
} // namespace quorate::test
