// Scenario P68: reads in Multi-Paxos. Scenarios P63 to P67 need leases.
#include "support/multi_paxos_world.hpp"

#include <doctest/doctest.h>

#include <cstdint>

namespace quorate::test {
namespace {

using namespace multi_paxos;

constexpr std::uint64_t all3 = world<3>::config;

TEST_CASE("P68: a read waits for all that phase 1 found, and for a round begun after it") {
  world<3> w;
  w.elect(A);
  w.propose(A, 2);
  w.turn(A);
  auto const said = w.take<accept>(B);
  w.lose_everything();
  w.hand_over(said);
  w.turn(B);
  w.deliver(0); // A has it chosen, tells its client, and nobody else
  REQUIRE(w.state(A).commit == at(3));
  w.lose_everything();
  w.elect_unheard(B, node_set<64>::of(B).with(C));
  REQUIRE(w.leads(B));
  REQUIRE(w.state(B).commit == at(1));
  w.read(B);
  w.turn(B);
  for (auto const n : {A, C}) w.receive(B, n, heartbeat_answer{w.state(B).promised, at(1), 0, all3});
  CHECK(w[B].readable == 0);
  for (int i = 0; i < 3; ++i) {
    w.expire(B, timer::heartbeat);
    w.settle();
  }
  CHECK(w[B].readable == 1);
  CHECK(w[B].read_index >= at(3));
}

TEST_CASE("P68: answers of an earlier round, twice, or of an earlier ballot confirm nothing") {
  world<5> w;
  w.elect(A);
  auto const b = w.state(A).promised;
  w.read(A);
  w.flush(A);
  CHECK(w[A].readable == 0); // nobody has answered
  REQUIRE(w.state(A).readers.last_round == 1);
  w.receive(A, B, heartbeat_answer{b, at(1), 1, w.config});
  w.receive(A, B, heartbeat_answer{b, at(1), 1, w.config});
  w.receive(A, C, heartbeat_answer{b, at(1), 0, w.config});
  w.receive(A, D, heartbeat_answer{stamp{}, at(1), 1, w.config});
  w.receive(A, E, heartbeat_answer{b, at(1), 9, w.config}); // there was no such round
  CHECK(w[A].readable == 0);
  w.receive(A, C, heartbeat_answer{b, at(1), 1, w.config});
  CHECK(w[A].readable == 1);
}

TEST_CASE("P68: a deposed leader's reads are refused, not answered") {
  world<3> w;
  w.elect(A);
  w.read(A, 2);
  w.flush(A);
  w.receive(A, B, heartbeat{ballot(9, B), at(1), 0, all3});
  CHECK(w[A].reads_refused == 1);
  CHECK(w[A].readable == 0);
}

} // namespace
} // namespace quorate::test
