// Scenarios P41, P42, P44, P58 to P61, P70: the log of Multi-Paxos, and which links it needs.
//
// Where the others stand: scenarios P43 (a displaced command) and P62 multi_paxos_replica.cpp; scenario P69
// policy/quorum_proof.cpp. Scenario P45 can't arise: phase 1 is never skipped. The rest needs reconfiguration,
// snapshots or leases.
#include "support/multi_paxos_world.hpp"

#include "quorate/multi_paxos/invariant.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>

namespace quorate::test {
namespace {

using namespace multi_paxos;

constexpr std::uint64_t all3 = world<3>::config;

template <class World>
void beats(World& w, node_index n, int count) {
  for (; count > 0; --count) {
    w.expire(n, timer::heartbeat);
    w.settle();
  }
}

// A and B have chosen slots 2 to 4, know it and have compacted them; C was away.
template <class World>
void leave_c_behind(World& w) {
  w.elect(A, node_set<64>::of(A).with(B));
  w.propose(A, 3);
  w.settle(node_set<64>::of(A).with(B));
  w.expire(A, timer::heartbeat);
  w.settle(node_set<64>::of(A).with(B));
  REQUIRE(w.state(A).commit == at(4));
  REQUIRE(w.state(B).commit == at(4));
}

TEST_CASE("P41: what was executed and forgotten is not free") {
  world<3> w;
  leave_c_behind(w);
  w.compact(A, at(4));
  w.compact(B, at(4));
  for (int i = 0; i < 3; ++i) w.elect(C); // their answer to a canvass stops it
  CHECK(w.state(C).is != role::leader);
  CHECK(w.log(C).last() == at(1));

  // And were it granted, their promise.
  w.expire(C, timer::election);
  w.receive(C, B, canvass_granted{*ballot_above(w.state(C).seen, C), all3});
  w.turn(C);
  REQUIRE(w.state(C).is == role::candidate);
  w.receive(B, C, prepare{w.state(C).promised, at(2), all3});
  w.expire(B, timer::contact);
  w.receive(B, C, prepare{w.state(C).promised, at(2), all3});
  w.turn(B);
  auto const told = w.take<promise>(C);
  CHECK(std::get<promise>(told.what).kept == at(5));
  w.hand_over(told);
  CHECK(w.state(C).is == role::candidate); // A might know
  CHECK(w.log(C).last() == at(1));
  auto forgotten = std::get<promise>(told.what);
  w.receive(C, A, forgotten);
  CHECK(w.state(C).is == role::follower);
  CHECK(w.log(C).last() == at(1));
}

// Else a leader would be found only once the one who has compacted campaigns itself, which a candidate that is
// refused again and again puts off.
TEST_CASE("P41: a quorum that has its votes is enough, whoever else has forgotten the slot") {
  world<3> w;
  leave_c_behind(w);
  w.compact(B, at(4)); // A has not
  w.expire(C, timer::election);
  for (auto const n : {A, B}) w.receive(C, n, canvass_granted{*ballot_above(w.state(C).seen, C), all3});
  w.turn(C);
  auto const b = w.state(C).promised;
  w.lose_everything();
  w.receive(C, B, promise{b, at(2), at(5), at(4), stamp{}, 0, {}, all3}); // it has forgotten those
  REQUIRE(w.state(C).is == role::candidate);
  w.receive(C, A, promise{b, at(2), at(1), at(1), w.log(A).stamp_at(at(2)), 3, entry_kind::command, all3});
  CHECK(w.state(C).is == role::candidate);
  CHECK(w.count<fetch>(A) == 1); // the values that it must propose
}

TEST_CASE("P41: who knows it still can teach it, and what lies behind is asked for anew") {
  world<5> w;
  auto const three = node_set<64>::of(A).with(B).with(C);
  w.elect(A, three);
  w.propose(A, 3);
  w.settle(three);
  w.expire(A, timer::heartbeat);
  w.settle(three);
  REQUIRE(w.state(C).commit == at(4));
  w.propose(A, 2); // slots 5 and 6 reach B alone
  w.turn(A);
  auto const unheard = w.take<accept>(B);
  w.lose_everything();
  w.hand_over(unheard);
  w.turn(B);
  w.lose_everything();
  w.compact(B, at(4));

  auto const config = world<5>::config;
  w.expire(E, timer::election);
  for (auto const n : {B, C}) w.receive(E, n, canvass_granted{ballot(1, E), config});
  w.turn(E);
  auto const b = w.state(E).promised;
  w.lose_everything();
  w.receive(E, C, promise{b, at(2), at(1), at(4), ballot(1, A), 3, entry_kind::command, config});
  w.receive(E, B, promise{b, at(2), at(5), at(4), stamp{}, 0, {}, config}); // it has forgotten those
  REQUIRE(w.state(E).is == role::candidate);
  REQUIRE(w.count<fetch>(C) == 1);
  w.lose_everything();
  offer o{at(2), {}};
  for (std::uint64_t i = 2; i <= 4; ++i) (void)o.what.push_back(w.log(A)[at(i)].what);
  w.receive(E, C, fetched{b, at(2), 3, ballot(1, A), entry_kind::command, config}, o);
  CHECK(w.state(E).commit == at(4));
  REQUIRE(w.state(E).unsettled == at(5));
  w.receive(E, C, promise{b, at(5), at(1), at(4), stamp{}, 0, {}, config});
  CHECK(!w.leads(E)); // B has not said what it voted for from 5 on
  w.turn(E);
  CHECK(w.count<prepare>(B) == 1);
  w.receive(E, B, promise{b, at(5), at(5), at(4), ballot(1, A), 2, entry_kind::command, config});
  CHECK(!w.leads(E));
  CHECK(w.count<fetch>(B) == 1);
}

TEST_CASE("P42: a gap is filled with no-ops, what was seen is proposed again, and the old leader is too late") {
  world<3> w;
  w.elect(A);
  auto const b = w.state(A).promised;
  w.propose(A, 5); // 2 to 6
  w.turn(A);
  w.lose_everything();
  for (auto const first : {2, 6}) { // of which B sees 2 and 6
    auto const slot = at(static_cast<std::uint64_t>(first));
    offer o{slot, {}};
    (void)o.what.push_back(w.log(A)[slot].what);
    w.receive(B, A, accept{b, b, slot, at(1), all3, 1, entry_kind::command}, o);
  }
  w.turn(B);
  w.lose_everything();
  w.elect(C, node_set<64>::of(B).with(C));
  REQUIRE(w.leads(C));
  CHECK(w.state(C).commit == at(6));
  for (std::uint64_t const i : {2U, 6U}) CHECK(w.log(C)[at(i)].what == w.log(A)[at(i)].what);
  for (std::uint64_t const i : {3U, 4U, 5U}) CHECK(w.log(C)[at(i)].kind == entry_kind::no_op);
  for (std::uint64_t i = 2; i <= 6; ++i) CHECK(w.log(C)[at(i)].voted == w.state(C).promised);
  offer late{at(4), {}};
  (void)late.what.push_back(w.log(A)[at(4)].what);
  w.receive(B, A, accept{b, b, at(4), at(1), all3, 1, entry_kind::command}, late);
  CHECK(w.log(B)[at(4)].kind == entry_kind::no_op);
  w.lose_everything();
  beats(w, C, 3);
  CHECK(w.log(A)[at(4)].kind == entry_kind::no_op); // and the old leader's own votes are replaced
  CHECK(w.state(A).commit == at(6));
}

TEST_CASE("P44: all that is above what is chosen is proposed again, the own votes too, before anything new") {
  world<3> w;
  w.elect(A);
  w.propose(A, 3);
  w.turn(A); // chosen by nobody
  w.lose_everything();
  w.elect_unheard(A);
  REQUIRE(w.leads(A));
  auto const b = w.state(A).promised;
  for (std::uint64_t i = 2; i <= 4; ++i) CHECK(w.log(A)[at(i)].voted == b);
  w.propose(A);
  CHECK(w[A].proposed.back().first == at(5));
  w.read(A);
  w.turn(A);
  CHECK(w[A].readable == 0);
  beats(w, A, 3);
  CHECK(w.state(A).commit == at(5));
  CHECK(w[A].readable == 1);
  CHECK(w[A].read_index >= at(4));
}

TEST_CASE("P44: a candidate takes no commands and no reads") {
  world<3> w;
  w.expire(A, timer::election);
  w.receive(A, B, canvass_granted{ballot(1, A), all3});
  REQUIRE(w.state(A).is == role::candidate);
  w.propose(A);
  w.read(A);
  CHECK(w[A].refused == 1);
  CHECK(w[A].reads_refused == 1);
}

TEST_CASE("P58: of three accepts the second is lost: the third is no prefix, and the second is sent again") {
  world<3> w;
  w.elect(A);
  for (int i = 0; i < 3; ++i) w.propose(A), w.flush(A);
  w.sync(A);
  std::size_t seen = 0;
  w.settle_where(node_set<64>::of(A).with(B), [&](packet const& p) {
    return !std::holds_alternative<accept>(p.what) || p.to != B || ++seen != 2;
  });
  CHECK(w.state(A).commit == at(2));
  CHECK(w.state(B).verified <= at(2));
  for (int i = 0; i < 3; ++i) {
    w.expire(A, timer::heartbeat);
    w.settle(node_set<64>::of(A).with(B));
  }
  CHECK(w.state(A).commit == at(4));
  CHECK(w.state(B).commit == at(4));
}

// Of each message of an election and a decision, one is lost, or comes twice.
template <class M>
void once_lost_once_twice() {
  for (bool const twice : {false, true}) {
    world<3> w;
    w.elect(B, node_set<64>::of(A).with(B));
    w.propose(B, 2);
    w.turn(B);
    auto const some = w.take<accept>(A);
    w.lose_everything();
    w.hand_over(some);
    w.turn(A);
    w.lose_everything(); // A has votes that C, who will lead, must fetch
    bool done = false;
    for (int attempt = 0; attempt < 8 && !w.leads(C); ++attempt) {
      for (auto const n : {A, C}) w.lose_contact(n);
      w.expire(C, timer::election);
      w.settle_where(node_set<64>::of(A).with(C), [&](packet const& p) {
        if (!std::holds_alternative<M>(p.what) || done) return true;
        done = true;
        if (twice) w.hand_over(p);
        return twice;
      });
    }
    REQUIRE(w.leads(C));
    w.propose(C);
    w.settle_where(node_set<64>::of(A).with(C), [&](packet const& p) {
      if (!std::holds_alternative<M>(p.what) || done) return true;
      done = true;
      if (twice) w.hand_over(p);
      return twice;
    });
    for (int i = 0; i < 4; ++i) {
      w.expire(C, timer::heartbeat);
      w.settle(node_set<64>::of(A).with(C));
    }
    CHECK(w.state(C).commit == at(4));
    CHECK(w.state(A).commit == at(4));
    CHECK(w.log(C)[at(2)].what == w.log(B)[at(2)].what);
    CHECK(w.log(A)[at(3)].what == w.log(B)[at(3)].what);
  }
}
TEST_CASE("P58: any one message may be lost, or come twice") {
  once_lost_once_twice<canvass>();
  once_lost_once_twice<canvass_granted>();
  once_lost_once_twice<prepare>();
  once_lost_once_twice<promise>();
  once_lost_once_twice<fetch>();
  once_lost_once_twice<fetched>();
  once_lost_once_twice<accept>();
  once_lost_once_twice<accepted>();
  once_lost_once_twice<heartbeat>();
  once_lost_once_twice<heartbeat_answer>();
  once_lost_once_twice<refused>();
}

// Time passes for all: heartbeats, then whoever hears of no leader times out, one after the other.
template <class World, class Passes>
void one_election_timeout(World& w, Passes&& passes) {
  auto const everybody = World::everybody().voters;
  std::size_t armed[World::nodes];
  auto const election = static_cast<std::size_t>(timer::election);
  everybody.for_each([&](node_index n) { armed[n.value] = w[n].armed[election]; });
  for (int i = 0; i < 3; ++i) {
    everybody.for_each([&](node_index n) {
      if (w.state(n).is != role::follower) w.expire(n, timer::heartbeat);
    });
    w.settle_where(everybody, passes);
  }
  everybody.for_each([&](node_index n) {
    if (w.leads(n)) w.expire(n, timer::quorum_check);
  });
  everybody.for_each([&](node_index n) {
    bool const heard = w[n].armed[election] != armed[n.value];
    if (w.leads(n) || heard) return;
    w.expire(n, timer::contact);
    w.expire(n, timer::election);
    w.settle_where(everybody, passes);
  });
}
template <class Links>
bool finds_a_leader(Links&& linked) {
  world<5> w;
  w.elect(A);
  auto const passes = [&](packet const& p) { return linked(p.from, p.to); };
  for (int i = 0; i < 6; ++i) one_election_timeout(w, passes);
  bool any = false;
  for (auto const n : {A, B, C, D, E}) {
    if (!w.leads(n)) continue;
    auto const before = w.state(n).commit;
    w.propose(n);
    w.settle_where(world<5>::everybody().voters, passes);
    any = any || w.state(n).commit > before;
  }
  return any;
}

TEST_CASE("P59: quorum loss: all reach C, and nobody else reaches anybody") {
  CHECK(finds_a_leader([](node_index from, node_index to) { return from == C || to == C; }));
}
TEST_CASE("P59: constrained: the leader is alone but for one") {
  CHECK(finds_a_leader([](node_index from, node_index to) {
    if (from == A || to == A) return from == B || to == B;
    return true;
  }));
}
TEST_CASE("P59: the leader can only send, or only receive") {
  CHECK(finds_a_leader([](node_index, node_index to) { return to != A; }));
  CHECK(finds_a_leader([](node_index from, node_index) { return from != A; }));
}
TEST_CASE("P59: a chain of three") {
  world<3> w;
  w.elect(A);
  auto const passes = [](packet const& p) { return p.from == B || p.to == B; };
  for (int i = 0; i < 6; ++i) one_election_timeout(w, passes);
  std::size_t leaders = 0;
  for (auto const n : {A, B, C}) leaders += w.leads(n) && w.state(n).commit == w.log(n).last() ? 1 : 0;
  CHECK(leaders == 1);
}

TEST_CASE("P60: reports that begin and end at different slots are compared slot by slot") {
  world<3> w;
  auto const b1 = ballot(1, B), b2 = ballot(2, C), b3 = ballot(3, B);
  auto const of = [](stamp b, std::uint64_t first, std::uint32_t n) {
    return accept{b, b, at(first), at(1), all3, n, entry_kind::command};
  };
  w.receive_new(A, B, of(b1, 2, 4), 10); // A: 2..5 at b1, then 4 at b3
  w.receive_new(C, B, of(b1, 2, 1), 10);
  w.receive_new(B, C, of(b2, 3, 2), 20); // B: 3..4 at b2
  w.receive_new(A, B, of(b3, 4, 1), 30);
  for (auto const n : {A, B, C}) w.turn(n);
  w.lose_everything();
  struct outcome {
    node_set<64> quorum{};
    std::uint64_t numbers[4]{};
  };
  for (auto const& o : {outcome{node_set<64>::of(A).with(C), {10, 11, 30, 13}},
                        outcome{node_set<64>::of(B).with(C), {10, 20, 21, 0}}}) {
    auto v = w;
    for (int i = 0; i < 4 && !v.leads(C); ++i) v.elect_unheard(C, o.quorum);
    REQUIRE(v.leads(C));
    auto const last = o.numbers[3] == 0 ? 4 : 5;
    CHECK(v.log(C).last().value == static_cast<std::uint64_t>(last));
    for (auto i = at(2); i <= v.log(C).last(); i = i + 1) CHECK(v.log(C)[i].what.number == o.numbers[i - at(2)]);
  }
}

TEST_CASE("P61: when the leader is gone, another takes over") {
  world<3> w;
  w.elect(A);
  w.elect(B, node_set<64>::of(B).with(C));
  CHECK(w.leads(B));
}

TEST_CASE("P70: accepts go to all, so one that dies is not waited for") {
  world<5> w;
  w.elect(A);
  w.lose_everything();
  w.propose(A);
  w.flush(A);
  CHECK(w.count<accept>() == 4);
}

} // namespace
} // namespace quorate::test
