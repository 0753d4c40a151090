// Scenarios T3 and T6, as far as they are the core's (scenarios T5 and T7: progress.cpp and timers.cpp).
#include "support/raft_world.hpp"

#include <doctest/doctest.h>

#include <cstdint>

namespace quorate::test {
namespace {

using namespace raft;

// The other half of scenario T3, that a failed write stops the node for good, is the replica's.
TEST_CASE("T3: the term and the vote are written when they change, and at no other time") {
  world<3> w;
  w.elect(A);
  REQUIRE(w.leads(A));
  for (auto const n : {A, B, C}) CHECK(w[n].hard_writes == 1);
  for (int i = 0; i < 20; ++i) {
    w.propose(A);
    w.expire(A, timer::heartbeat);
    w.settle();
    w.receive(B, A, request_vote{term(1), at(1), term(0)}); // a repeat of what it has granted
    w.receive(B, C, request_vote{term(1), at(9), term(9)}); // refused
    w.receive(B, C, request_pre_vote{term(2), at(99), term(1)});
    w.receive(A, C, vote_refused{term(1)});
    w.settle();
  }
  for (auto const n : {A, B, C}) CHECK(w[n].hard_writes == 1);
  w.receive(A, B, heartbeat_answer{term(4), {}, 0});
  w.receive(A, C, heartbeat_answer{term(4), {}, 0});
  CHECK(w[A].hard_writes == 2);
}

// Scenario T4, exactly one outcome for whoever waits, is the replica's: tests/replica/replicated_log/tokens.hpp
// and forwards.hpp. So is scenario M8, an id that comes back with an empty log: a member is known by its store as
// well, and the handshake keeps another one out: tests/transport/tcp_refusal.cpp. A core alone cannot tell: to it,
// an id is its place in the configuration.

TEST_CASE("T6: a request of an old term is answered with the current one") {
  world<3> w;
  w.lay_down(B, {1}, 5);
  w.receive(B, A, append_entries{term(4), at(2), term(1), term(0), at(0), 0, entry_kind::command});
  CHECK(std::get<rejected>(w.take<rejected>().what).term == term(5));
  w.receive(B, A, heartbeat{term(4), at(0), 0});
  CHECK(std::get<heartbeat_answer>(w.take<heartbeat_answer>().what).term == term(5));
  w.receive(B, A, request_vote{term(4), at(9), term(4)});
  CHECK(std::get<vote_refused>(w.take<vote_refused>().what).term == term(5));
  w.receive(B, A, request_pre_vote{term(4), at(9), term(4)});
  CHECK(std::get<pre_vote_refused>(w.take<pre_vote_refused>().what).term == term(5));
  CHECK(w.in_flight() == 0);
  CHECK(w[B].writes == 0);
  CHECK(w.state(B).leader == no_node);
}

TEST_CASE("T6: an answer of an old term changes nothing") {
  world<3> w;
  w.lay_down(A, {1, 1}, 5);
  w.elect_unheard(A);
  REQUIRE(w.leads(A));
  w.lose_everything();
  auto const before = w.state(A);
  for (auto const n : {B, C}) {
    w.receive(A, n, appended{term(5), at(3), 1});
    w.receive(A, n, rejected{term(5), at(3), at(1), term(0)});
    w.receive(A, n, heartbeat_answer{term(5), {}, 0});
    w.receive(A, n, vote_granted{term(5)});
    w.receive(A, n, vote_refused{term(5)});
    w.receive(A, n, pre_vote_refused{term(5)});
  }
  CHECK(w.state(A) == before);
}

TEST_CASE("T6: of two leaders that claim one term a follower follows the first") {
  world<3> w;
  w.receive(B, A, heartbeat{term(1), at(0), 0});
  w.lose_everything();
  auto const before = w.state(B);
  w.receive(B, C, heartbeat{term(1), at(1), 0});
  w.receive(B, C, append_entries{term(1), at(1), term(0), term(1), at(1), 1, entry_kind::no_op});
  CHECK(w.state(B) == before);
  CHECK(w.log(B).last() == at(1));
  CHECK(w.in_flight() == 0);
}

TEST_CASE("T6: what a node says to itself by mistake neither harms nor elects it") {
  world<3> w;
  w.elect(A);
  w.propose(A);
  w.flush(A);
  w.lose_everything();
  auto const before = w.state(A);
  w.receive(A, A, append_entries{term(1), at(2), term(1), term(1), at(3), 1, entry_kind::command});
  w.receive(A, A, heartbeat{term(1), at(3), 0});
  w.receive(A, A, rejected{term(1), at(2), at(1), term(0)});
  w.receive(A, A, heartbeat_answer{term(1), {}, 0});
  w.receive(A, A, request_pre_vote{term(2), at(9), term(1)});
  w.receive(A, A, request_vote{term(2), at(9), term(1)});
  CHECK(w.state(A) == before);
  CHECK(w.log(A).last() == at(3));
}

// Anything from anybody, of any term, in any role: nothing is asserted, and what must hold of one node alone
// holds.
TEST_CASE("T6: no message, however odd, breaks what one node promises") {
  std::uint64_t random = 7;
  auto const draw = [&](std::uint64_t below) {
    random = random * 6364136223846793005U + 1442695040888963407U;
    return (random >> 33) % below;
  };
  auto const number = [&]() -> std::uint64_t { return draw(12) == 0 ? ~std::uint64_t{0} - draw(2) : draw(6); };
  auto const index = [&] { return at(number()); };
  auto const small_term = [&] { return term(draw(6)); };
  for (int run = 0; run < 4000; ++run) {
    world<3> w;
    if (draw(2) == 0) w.elect(A);
    if (draw(3) == 0) w.compact(A, w.state(A).commit);
    for (int i = 0; i < 30; ++i) {
      w.lose_everything();
      auto const term_before = w.state(A).current_term;
      auto const vote_before = w.state(A).voted_for;
      auto const commit_before = w.state(A).commit;
      node_index const sender{static_cast<std::uint8_t>(draw(7))};
      switch (draw(12)) {
      case 0: w.receive(A, sender, request_pre_vote{small_term(), index(), small_term()}); break;
      case 1: w.receive(A, sender, pre_vote_granted{small_term()}); break;
      case 2: w.receive(A, sender, pre_vote_refused{small_term()}); break;
      case 3: w.receive(A, sender, request_vote{small_term(), index(), small_term()}); break;
      case 4: w.receive(A, sender, vote_granted{small_term()}); break;
      case 5: w.receive(A, sender, vote_refused{small_term()}); break;
      case 6:
      case 7:
        w.receive(A, sender,
                  append_entries{small_term(), index(), small_term(), small_term(), index(),
                                 static_cast<std::uint32_t>(number()), entry_kind::command});
        break;
      case 8: w.receive(A, sender, appended{small_term(), index(), static_cast<std::uint8_t>(draw(256))}); break;
      case 9: w.receive(A, sender, rejected{small_term(), index(), index(), small_term()}); break;
      case 10: w.receive(A, sender, heartbeat{small_term(), index(), number()}); break;
      case 11:
        w.receive(A, sender,
                  heartbeat_answer{small_term(), at(number()), number(), static_cast<std::uint8_t>(number())});
        break;
      }
      if (draw(3) == 0) w.expire(A, static_cast<timer>(draw(timers)));
      if (draw(3) == 0) w.turn(A);
      auto const& s = w.state(A);
      REQUIRE(s.current_term >= term_before);
      if (s.current_term == term_before && vote_before != no_member) REQUIRE(s.voted_for == vote_before);
      REQUIRE(s.commit >= commit_before);
      REQUIRE(s.commit <= w.log(A).last());
      REQUIRE(w[A].written.hard == term_and_vote{s.current_term, s.voted_for});
    }
  }
}

} // namespace
} // namespace quorate::test
