// Scenarios E1 to E8, E14, E17, E19: elections and votes (pre-votes have a file of their own, and so have
// partitions).
#include "support/raft_world.hpp"

#include <doctest/doctest.h>

#include <utility>

namespace quorate::test {
namespace {

using namespace raft;

TEST_CASE("E1: a vote and its term are one record") {
  world<3> w;
  w.receive(B, A, request_vote{term(1), at(1), term(0)});
  CHECK(w[B].hard_writes == 1);
  CHECK(w[B].written.hard == term_and_vote{term(1), founder_at(A)});
}

TEST_CASE("E1: no vote leaves before it is durable, and so a crash takes none back") {
  world<3> w;
  auto earlier = w.start_sync(B); // of what was written before the vote
  w.receive(B, A, request_vote{term(1), at(1), term(0)});
  w.flush(B);
  w.finish_sync(B, std::move(earlier));
  CHECK(w.count<vote_granted>(A) == 0);

  w.crash(B); // the vote is forgotten, and nobody has heard of it
  w.receive(B, C, request_vote{term(1), at(1), term(0)});
  w.sync(B);
  CHECK(w.count<vote_granted>(A) == 0);
  CHECK(w.count<vote_granted>(C) == 1);
}

TEST_CASE("E1: a voter that restarts refuses a second candidate of its term") {
  world<3> w;
  w.receive(B, A, request_vote{term(1), at(1), term(0)});
  w.sync(B);
  w.crash(B);
  w.receive(B, C, request_vote{term(1), at(1), term(0)});
  w.sync(B);
  CHECK(w.count<vote_granted>(A) == 1);
  CHECK(w.count<vote_granted>(C) == 0);
  CHECK(w.count<vote_refused>(C) == 1);
}

TEST_CASE("E1: a candidate does not lead before its own vote is durable, whatever votes it holds") {
  world<3> w;
  w.receive(A, A, pre_vote_granted{}); // of no term that is asked for: nothing
  w.expire(A, timer::election);
  w.receive(A, B, pre_vote_granted{term(1)});
  w.receive(A, B, vote_granted{term(1)});
  w.receive(A, C, vote_granted{term(1)});
  CHECK(w.state(A).is == role::candidate);
  w.sync(A);
  CHECK(w.leads(A));
}

TEST_CASE("E2: a candidate that steps down in its term keeps its vote") {
  world<3> w;
  w.expire(B, timer::election);
  w.receive(B, C, pre_vote_granted{term(1)});
  REQUIRE(w.state(B).is == role::candidate);
  w.receive(B, A, heartbeat{term(1), at(0), 0}); // A has won term 1
  REQUIRE(w.state(B).is == role::follower);
  w.receive(B, C, request_vote{term(1), at(9), term(1)});
  w.sync(B);
  CHECK(w.count<vote_granted>(C) == 0);
  CHECK(w.state(B).voted_for == founder_at(B));
}

TEST_CASE("E3: a vote that comes twice counts once") {
  world<5> w;
  w.expire(A, timer::election);
  for (auto const n : {B, C}) w.receive(A, n, pre_vote_granted{term(1)});
  w.sync(A); // its own vote
  w.receive(A, B, vote_granted{term(1)});
  w.receive(A, B, vote_granted{term(1)});
  CHECK(!w.leads(A));
  w.receive(A, C, vote_granted{term(1)});
  CHECK(w.leads(A));
}

TEST_CASE("E5: logs are compared by the last term first and by length only then") {
  for (std::uint64_t own_term = 1; own_term <= 3; ++own_term)
    for (std::uint64_t asked_term = 1; asked_term <= 3; ++asked_term)
      for (std::uint64_t asked_index = 2; asked_index <= 4; ++asked_index) {
        world<3> w;
        w.lay_down(B, {own_term, own_term}, 3); // its last entry is number 3
        w.receive(B, A, request_vote{term(4), at(asked_index), term(asked_term)});
        w.sync(B);
        bool const expected = asked_term > own_term || (asked_term == own_term && asked_index >= 3);
        CAPTURE(own_term);
        CAPTURE(asked_term);
        CAPTURE(asked_index);
        CHECK((w.count<vote_granted>(A) == 1) == expected);
      }
}

TEST_CASE("E6: a log whose entries are all compacted still has a last term") {
  world<3> w;
  w.lay_down(A, {3, 3}, 3);
  w.lay_down(B, {3, 3}, 3);
  w.compact(A, at(3));
  w.compact(B, at(3));

  w.receive(B, C, request_vote{term(4), at(9), term(2)}); // longer, but of an older term
  w.sync(B);
  CHECK(w.count<vote_granted>(C) == 0);

  w.lose_everything();
  w.expire(A, timer::election);
  CHECK(std::get<request_pre_vote>(w.take<request_pre_vote>().what).last_log_term == term(3));
  w.receive(A, B, pre_vote_granted{term(4)});
  w.sync(A);
  CHECK(std::get<request_vote>(w.take<request_vote>().what) == request_vote{term(4), at(3), term(3)});
}

TEST_CASE("E7: a sole voter leads in a new term and by a durable vote, not by being alone") {
  world<1> w;
  w.lay_down(A, {1, 1}, 1); // somebody else led term 1, and may still
  w.expire(A, timer::election);
  CHECK(!w.leads(A));
  w.sync(A);
  CHECK(w.leads(A));
  CHECK(w.state(A).current_term == term(2));
  CHECK(w[A].durable.hard == term_and_vote{term(2), founder_at(A)});
}

TEST_CASE("E8: of a higher term in an answer only the term is adopted") {
  world<3> w;
  w.expire(A, timer::election);
  w.receive(A, B, pre_vote_granted{term(1)});
  w.sync(A);
  w.receive(A, B, vote_refused{term(5)});
  CHECK(w.state(A).current_term == term(5));
  CHECK(w.state(A).is == role::follower);
  CHECK(w.state(A).voted_for == no_member);
  CHECK(w.state(A).leader == no_node);
  CHECK(w[A].written.hard == term_and_vote{term(5), no_member});

  w.receive(A, B, vote_granted{term(6)}); // nothing that was asked for
  w.receive(A, C, vote_granted{term(6)});
  CHECK(w.state(A).is == role::follower);
  CHECK(w.state(A).current_term == term(6));
  w.receive(A, C, request_vote{term(6), at(1), term(0)}); // its vote in that term is still its own to give
  w.sync(A);
  CHECK(w.count<vote_granted>(C) == 1);
}

TEST_CASE("E14: who grants a vote waits for that candidate, who refuses does not") {
  world<3> w;
  w.lay_down(B, {1}, 1);
  auto const election = static_cast<std::size_t>(timer::election);
  auto const before = w[B].armed[election];
  w.receive(B, A, request_vote{term(2), at(1), term(0)}); // a shorter log
  CHECK(w[B].armed[election] == before);
  w.receive(B, C, request_vote{term(2), at(2), term(1)});
  CHECK(w[B].armed[election] == before + 1);
}

TEST_CASE("E17: a late election timer does not make a leader campaign") {
  world<3> w;
  w.elect(A);
  w.expire(A, timer::election);
  w.settle();
  CHECK(w.leads(A));
  CHECK(w.state(A).current_term == term(1));
}

TEST_CASE("E17: pre-votes that come late start no campaign beside a leader that was found meanwhile") {
  world<3> w;
  w.elect(A);
  w.expire(B, timer::contact);
  w.expire(B, timer::election); // asks for term 2
  w.receive(B, A, heartbeat{term(1), at(2), 0});
  w.receive(B, C, pre_vote_granted{term(2)});
  CHECK(w.state(B).is == role::follower);
  CHECK(w.state(B).current_term == term(1));

  w.receive(A, B, pre_vote_granted{term(2)}); // and none on the leader itself
  w.receive(A, C, pre_vote_granted{term(2)});
  CHECK(w.leads(A));
}

// Scenario E18: the timer draws the jitter, not the core: timers.cpp.

// Scenario E19 cannot arise. There are no priorities and no vetoes: nothing but the log decides who may lead
// (up_to_date), and of any quorum that can talk at least one member has the best log.
TEST_CASE("E19: whatever the logs are, some member of every quorum can be elected by it") {
  node_index const orders[][3] = {{A, B, C}, {A, C, B}, {B, A, C}, {B, C, A}, {C, A, B}, {C, B, A}};
  for (auto const& [longest, middle, latest] : orders)
    for (auto const without : {A, B, C}) {
      world<3> w;
      w.lay_down(longest, {1, 1, 1}, 3);
      w.lay_down(middle, {1, 2}, 3);
      w.lay_down(latest, {1, 3}, 3);
      auto const quorum = node_set<64>::first(3).without(without);
      bool led = false;
      for (int round = 0; round < 2 && !led; ++round)
        quorum.for_each([&](node_index n) {
          if (led) return;
          w.expire(n, timer::election);
          w.settle(quorum);
          led = w.leads(n);
        });
      CHECK(led);
    }
}

} // namespace
} // namespace quorate::test
