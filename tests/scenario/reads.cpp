// Scenarios R1, R2, R5, R6: reads.
#include "support/raft_world.hpp"

#include <doctest/doctest.h>

namespace quorate::test {
namespace {

using namespace raft;

// C's leader knows of entry 3, committed in term 1; whether it is, B, who leads term 2, cannot know yet.
TEST_CASE("R1: a leader that has committed nothing of its own term answers no read, whoever confirms it") {
  world<3> w;
  w.elect(A);
  w.propose(A);
  w.turn(A);
  while (w.in_flight() > 0) w.deliver(0);
  w.turn(B);
  w.turn(C);
  while (w.in_flight() > 0) w.deliver(0);
  REQUIRE(w.state(A).commit == at(3)); // the client has been answered
  w.lose_everything();
  REQUIRE(w.state(B).commit == at(2));

  w.elect_unheard(B, node_set<64>::of(B).with(C));
  w.read(B);
  w.expire(B, timer::heartbeat);
  w.flush(B);
  auto const beat = w.take<heartbeat>();
  w.lose_everything();
  w.receive(B, C, heartbeat_answer{term(2), {}, std::get<heartbeat>(beat.what).round});
  CHECK(w[B].readable == 0);
  for (int b = 0; b < 3; ++b) {
    w.expire(B, timer::heartbeat);
    w.settle(node_set<64>::of(B).with(C));
  }
  CHECK(w[B].readable == 1);
  CHECK(w[B].read_index >= at(3));
}

TEST_CASE("R2: an answer to an older round of heartbeats confirms no newer read") {
  world<3> w;
  w.elect(A);
  w.read(A);
  w.turn(A);
  auto const first = w.take<heartbeat>();
  w.lose_everything();
  auto const round = std::get<heartbeat>(first.what).round;
  w.receive(A, B, heartbeat_answer{term(1), {}, round});
  REQUIRE(w[A].readable == 1);

  w.read(A, 2);
  w.turn(A);
  auto const second = std::get<heartbeat>(w.take<heartbeat>().what).round;
  w.receive(A, B, heartbeat_answer{term(1), {}, round}); // duplicates
  w.receive(A, C, heartbeat_answer{term(1), {}, round});
  w.receive(A, C, heartbeat_answer{term(1), {}, 0});
  CHECK(w[A].readable == 1);
  w.receive(A, C, heartbeat_answer{term(1), {}, second});
  CHECK(w[A].readable == 3);
}

TEST_CASE("R2: an answer given in another term confirms nothing") {
  world<3> w;
  w.elect(A);
  w.receive(A, B, heartbeat{term(2), at(0), 0}); // deposed
  for (auto const n : {B, C}) w.expire(n, timer::contact);
  w.expire(A, timer::contact);
  w.expire(A, timer::election);
  w.settle();
  REQUIRE(w.leads(A));
  w.read(A);
  w.turn(A);
  auto const round = std::get<heartbeat>(w.take<heartbeat>().what).round;
  w.lose_everything();
  w.receive(A, B, heartbeat_answer{term(1), {}, round});
  CHECK(w[A].readable == 0);
  w.receive(A, B, heartbeat_answer{w.state(A).current_term, {}, round + 7}); // nor a round that was never begun
  CHECK(w[A].readable == 0);
}

TEST_CASE("R2: reads that come while a round is out wait for one of their own") {
  world<3> w;
  w.elect(A);
  w.read(A);
  w.turn(A);
  auto const round = std::get<heartbeat>(w.take<heartbeat>().what).round;
  w.read(A); // after those heartbeats were sent
  w.receive(A, B, heartbeat_answer{term(1), {}, round});
  CHECK(w[A].readable == 1);
}

// The other half of scenario R5, that the state machine has applied so far, is the replica's.
TEST_CASE("R5: a sole voter that restarts answers no read below what it had committed") {
  world<1> w;
  w.elect(A);
  w.propose(A, 3);
  w.turn(A);
  REQUIRE(w.state(A).commit == at(5));
  w.crash(A);
  REQUIRE(w.state(A).commit == at(0));
  w.expire(A, timer::election);
  w.sync(A);
  REQUIRE(w.leads(A));
  w.read(A);
  w.flush(A); // its first entry is not durable yet
  CHECK(w[A].readable == 0);
  w.sync(A);
  w.flush(A);
  CHECK(w[A].readable == 1);
  CHECK(w[A].read_index >= at(5));
}

TEST_CASE("R6: a read on a fresh leader waits for its first entry and is not refused") {
  world<3> w;
  w.expire(A, timer::election);
  w.receive(A, B, pre_vote_granted{term(1)});
  w.sync(A);
  w.receive(A, B, vote_granted{term(1)});
  REQUIRE(w.leads(A));
  w.read(A);
  w.settle();
  CHECK(w[A].readable == 1);
  CHECK(w[A].reads_refused == 0);
}

TEST_CASE("R6: reads that wait are refused when the leader steps down, once, and those before are not") {
  world<3> w;
  w.elect(A);
  w.read(A);
  w.settle();
  REQUIRE(w[A].readable == 1);
  w.read(A); // in a round
  w.turn(A);
  w.read(A); // in none
  w.lose_everything();
  w.receive(A, B, heartbeat{term(2), at(0), 0});
  CHECK(w[A].reads_refused == 1);
  CHECK(w[A].readable == 1);
  w.read(A); // and a follower answers none
  CHECK(w[A].reads_refused == 2);
}

TEST_CASE("R6: a leader without waiting reads that steps down refuses none") {
  world<3> w;
  w.elect(A);
  w.read(A);
  w.settle();
  w.receive(A, B, heartbeat{term(2), at(0), 0});
  REQUIRE(!w.leads(A));
  CHECK(w[A].readable == 1);
  CHECK(w[A].reads_refused == 0);
}

} // namespace
} // namespace quorate::test
