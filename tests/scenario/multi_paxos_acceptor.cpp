// Scenarios P1 to P18 on a log of slots: the acceptor.
//
// Where the others stand: scenarios P5, P15 paxos_storage.cpp; scenario P13 storage/file_wal_torn.cpp;
// scenarios P8, P14 multi_paxos_replica.cpp; scenario P12 (a wiped disk) transport/tcp_registry_wiped.cpp.
// Scenarios P10, P11 can't arise: nothing expires here, and what is compacted is told as such (scenario P41).
#include "support/multi_paxos_world.hpp"

#include "quorate/multi_paxos/invariant.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <utility>

namespace quorate::test {
namespace {

using namespace multi_paxos;

constexpr std::uint64_t all = world<3>::config;

constexpr accept accept_of(stamp b, std::uint64_t first, std::uint32_t count, std::uint64_t commit = 1) {
  return {b, b, at(first), at(commit), all, count, entry_kind::command};
}

TEST_CASE("P1: a promise leaves once it is durable, and outlives a crash") {
  world<3> w;
  w.receive(A, B, prepare{ballot(5, B), at(2), all});
  CHECK(w.count<promise>() == 0);
  auto sync = w.start_sync(A);
  CHECK(w.count<promise>() == 0);
  w.finish_sync(A, std::move(sync));
  CHECK(w.count<promise>(B) == 1);
  w.crash(A);
  w.receive_new(A, C, accept_of(ballot(3, C), 2, 1), 1);
  CHECK(w.log(A).last() == at(1));
  CHECK(std::get<refused>(w.take<refused>(C).what).promised == ballot(5, B));
}

TEST_CASE("P1: a promise that was not synced was never said") {
  world<3> w;
  w.receive(A, B, prepare{ballot(5, B), at(2), all});
  w.flush(A);
  w.crash(A);
  w.sync(A);
  CHECK(w.count<promise>() == 0);
  CHECK(w.state(A).promised == stamp{});
}

TEST_CASE("P1: an acknowledgement leaves once it is durable, with the ballot that it accepts at") {
  world<3> w;
  w.receive_new(A, B, accept_of(ballot(5, B), 2, 2), 1);
  w.flush(A);
  CHECK(w.count<accepted>() == 0);
  w.sync(A);
  CHECK(std::get<accepted>(w.take<accepted>(B).what) == accepted{ballot(5, B), at(2), all, 2, 1});
  w.crash(A);
  CHECK(w.state(A).promised == ballot(5, B));
  CHECK(w.log(A).last() == at(3));
}

TEST_CASE("P2: to accept is to promise") {
  world<3> w;
  w.receive_new(C, B, accept_of(ballot(2, B), 2, 1), 2); // it never heard of B's phase 1
  w.turn(C);
  w.receive_new(C, A, accept_of(ballot(1, A), 2, 1), 1);
  CHECK(w.log(C)[at(2)].voted == ballot(2, B));
  CHECK(w.log(C)[at(2)].what.number == 2);
  w.crash(C);
  w.receive_new(C, A, accept_of(ballot(1, A), 2, 1), 1);
  CHECK(w.log(C)[at(2)].what.number == 2);
}

// The inequality grid: the ballot asked is less than, equal to and greater than the one promised, for each
// message.
TEST_CASE("P3, P9: below the promise refused, at it answered again to its owner, above it promised") {
  for (std::uint64_t const asked : {4U, 5U, 6U}) {
    INFO("promised 5, asked ", asked);
    world<3> w;
    w.receive(A, B, prepare{ballot(5, B), at(2), all});
    w.turn(A);
    w.lose_everything();
    auto const hard = w[A].written.hard;

    auto p = w;
    p.receive(A, B, prepare{ballot(asked, B), at(2), all});
    p.turn(A);
    CHECK(p.count<promise>(B) == (asked >= 5 ? 1 : 0));
    CHECK(p.count<refused>(B) == (asked >= 5 ? 0 : 1));
    CHECK(p.state(A).promised == ballot(asked < 5 ? 5 : asked, B));

    auto a = w;
    a.receive_new(A, B, accept_of(ballot(asked, B), 2, 1), 1);
    a.turn(A);
    CHECK(a.count<accepted>(B) == (asked >= 5 ? 1 : 0));
    CHECK(a.count<refused>(B) == (asked >= 5 ? 0 : 1));
    CHECK(a.log(A).last() == at(asked >= 5 ? 2 : 1));

    auto h = w;
    h.receive(A, B, heartbeat{ballot(asked, B), at(1), 7, all});
    CHECK(h.count<heartbeat_answer>(B) == (asked >= 5 ? 1 : 0));
    CHECK(h.count<refused>(B) == (asked >= 5 ? 0 : 1));
    CHECK(h.state(A).leader == (asked >= 5 ? B : no_node));

    auto c = w;
    c.receive(A, B, canvass{ballot(asked, B), at(2), all});
    CHECK(c.count<canvass_granted>(B) == (asked > 5 ? 1 : 0));
    CHECK(c.count<refused>(B) == (asked > 5 ? 0 : 1));
    CHECK(c.state(A) == w.state(A)); // it promises nothing
    CHECK(c[A].written.hard == hard);

    auto f = w;
    f.receive(A, B, fetch{ballot(asked, B), at(1), 1, stamp{}, all});
    CHECK(f.count<fetched>(B) == (asked == 5 ? 1 : 0));
  }
}

TEST_CASE("P3, P16: a ballot is its owner's, and nobody else speaks for it") {
  world<3> w;
  w.receive(A, B, prepare{ballot(5, B), at(2), all});
  w.turn(A);
  w.lose_everything();
  auto const before = w.state(A);
  for (auto const b : {ballot(5, B), ballot(9, B), ballot(9, A)}) {
    w.receive(A, C, prepare{b, at(2), all});
    w.receive_new(A, C, accept_of(b, 2, 1), 1);
    w.receive(A, C, heartbeat{b, at(1), 0, all});
    CHECK(w.state(A) == before);
    CHECK(w.log(A).last() == at(1));
  }
  w.turn(A);
  CHECK(w.in_flight() == 0);
  w.receive(A, C, prepare{ballot(5, C), at(2), all}); // the same round of another: it is above
  CHECK(w.state(A).promised == ballot(5, C));
}

TEST_CASE("P4: a vote is told with the ballot that it was given at") {
  world<3> w;
  w.receive_new(A, B, accept_of(ballot(3, B), 2, 1), 1);
  w.turn(A);
  w.expire(A, timer::contact);
  w.receive(A, C, prepare{ballot(7, C), at(2), all});
  w.turn(A);
  auto const p = std::get<promise>(w.take<promise>(C).what);
  CHECK(p == promise{ballot(7, C), at(2), at(1), at(1), ballot(3, B), 1, entry_kind::command, all});
}

TEST_CASE("P4: of the votes of a quorum the highest counts, whoever promised what") {
  world<3> w;
  w.receive_new(A, C, accept_of(ballot(3, C), 2, 1), 33); // A: v@3, and then a promise of 7
  w.expire(A, timer::contact);
  w.receive(A, B, prepare{ballot(7, B), at(2), all});
  w.turn(A);
  for (auto const n : {B, C}) { // B, C: w@5
    if (n == B) w.receive_new(n, C, accept_of(ballot(5, C), 2, 1), 55);
    w.turn(n);
  }
  w.lose_everything();
  w.elect_unheard(A, node_set<64>::of(A).with(B)); // whose refusals teach it of 7
  for (int i = 0; i < 3 && !w.leads(A); ++i) w.elect_unheard(A, node_set<64>::of(A).with(B));
  REQUIRE(w.leads(A));
  CHECK(w.log(A)[at(2)].what.number == 55);
  CHECK(w.log(A)[at(2)].voted == w.state(A).promised);
}

TEST_CASE("P6: a second value at one ballot overwrites nothing") {
  world<3> w;
  w.receive_new(A, B, accept_of(ballot(5, B), 2, 2), 1);
  w.turn(A);
  auto const before = w.log(A);
  w.receive_new(A, B, accept_of(ballot(5, B), 2, 2), 11);
  CHECK(w.log(A) == before);
  w.receive_new(A, B, accept_of(ballot(5, B), 2, 3), 21); // what is new behind it is taken
  CHECK(w.log(A)[at(3)] == before[at(3)]);
  CHECK(w.log(A).last() == at(4));
}

TEST_CASE("P7: to learn what is chosen at an old ballot lowers neither a promise nor a vote") {
  world<3> w;
  w.receive_new(A, C, accept_of(ballot(4, C), 3, 1), 1); // a vote at slot 3, behind a gap
  w.expire(A, timer::contact);
  w.receive(A, B, prepare{ballot(10, B), at(2), all});
  w.turn(A);
  auto teach = accept_of(ballot(10, B), 2, 3, 4); // chosen at 2, long ago
  teach.voted = ballot(2, C);
  w.receive_new(A, B, teach, 5);
  w.turn(A);
  w.crash(A);
  CHECK(w.state(A).promised == ballot(10, B));
  CHECK(w.log(A)[at(2)].voted == ballot(2, C));
  CHECK(w.log(A)[at(3)].voted == ballot(4, C));
  w.receive(A, C, prepare{ballot(7, C), at(2), all});
  w.turn(A);
  CHECK(w.count<promise>(C) == 0);
}

TEST_CASE("P7: only what is chosen is taught at an old ballot") {
  world<3> w;
  auto teach = accept_of(ballot(10, B), 2, 3, 3); // its last slot is not
  teach.voted = ballot(2, C);
  w.receive_new(A, B, teach, 5);
  CHECK(w.log(A).last() == at(1));
  teach.voted = ballot(11, C); // and nobody votes above the ballot
  w.receive_new(A, B, teach, 5);
  CHECK(w.log(A).last() == at(1));
}

TEST_CASE("P17: a leader that restarts leads no more") {
  world<3> w;
  w.elect(A);
  auto const old = w.state(A).promised;
  w.crash(A);
  CHECK(!w.leads(A));
  CHECK(w.state(A).leader == no_node);
  w.propose(A);
  CHECK(w[A].refused == 1);
  w.elect(A);
  CHECK(w.state(A).promised > old);
}

TEST_CASE("P18: no ballot is used twice, whatever was lost") {
  world<3> w;
  w.expire(A, timer::election);
  w.receive(A, B, canvass_granted{ballot(1, A), all});
  auto const first = w.state(A).promised;
  w.flush(A);
  w.crash(A); // it was not durable: it has not left
  CHECK(w.count<prepare>() == 0);
  w.expire(A, timer::election);
  w.receive(A, B, canvass_granted{ballot(1, A), all});
  CHECK(w.state(A).promised == first);
  w.sync(A);
  CHECK(w.count<prepare>() == 2);
  w.crash(A);
  w.expire(A, timer::election);
  w.receive(A, B, canvass_granted{ballot(2, A), all});
  CHECK(w.state(A).promised == ballot(2, A));
}

} // namespace
} // namespace quorate::test
