// Scenarios E4, E9 to E13: pre-votes.
#include "support/raft_world.hpp"

#include <doctest/doctest.h>

namespace quorate::test {
namespace {

using namespace raft;

TEST_CASE("E4: a pre-vote that comes during the election is no vote") {
  world<5> w;
  w.expire(A, timer::election);
  for (auto const n : {B, C}) w.receive(A, n, pre_vote_granted{term(1)});
  REQUIRE(w.state(A).is == role::candidate);
  w.sync(A);
  for (auto const n : {B, C, D, E}) w.receive(A, n, pre_vote_granted{term(1)});
  for (auto const n : {B, C, D, E}) w.receive(A, n, pre_vote_granted{term(2)});
  CHECK(!w.leads(A));
  CHECK(w.state(A).current_term == term(1));
}

TEST_CASE("E4: a vote that comes while pre-votes are asked is neither") {
  world<5> w;
  w.expire(A, timer::election);
  for (auto const n : {B, C}) w.receive(A, n, pre_vote_granted{term(1)});
  w.sync(A);
  w.expire(A, timer::election); // nobody answered: it asks for term 2
  for (auto const n : {B, C, D, E}) w.receive(A, n, vote_granted{term(1)});
  CHECK(!w.leads(A));
  CHECK(w.state(A).is == role::follower);
  CHECK(w.state(A).current_term == term(1));
}

TEST_CASE("E9: a pre-vote names the term that was asked for, so that a voter that is behind can give one") {
  world<3> w;
  w.lay_down(A, {1}, 4);
  w.lay_down(B, {1}, 1);
  w.expire(A, timer::election);
  w.settle(node_set<64>::of(A).with(B));
  CHECK(w.leads(A));
  CHECK(w.state(A).current_term == term(5));
}

TEST_CASE("E10: the best log at a low term and a higher term with a shorter log find a leader") {
  world<3> w;
  w.lay_down(A, {1, 1, 1}, 1);
  w.lay_down(B, {1}, 7);
  auto const both = node_set<64>::of(A).with(B);
  w.expire(B, timer::election); // A has a better log
  w.settle(both);
  CHECK(w.state(B).current_term == term(7));
  w.expire(A, timer::election); // B has a higher term, and says so
  w.settle(both);
  CHECK(w.state(A).current_term == term(7));
  w.expire(A, timer::election);
  w.settle(both);
  CHECK(w.leads(A));
  CHECK(w.log(A) == w.log(B));
}

TEST_CASE("E11: who asks for pre-votes has given its leader up, and helps another that asks") {
  world<3> w;
  w.elect(A);
  w.expire(B, timer::election); // its contact timer is late
  CHECK(w.state(B).leader == no_node);
  w.lose_everything();
  w.receive(B, C, request_pre_vote{term(2), at(2), term(1)});
  CHECK(w.count<pre_vote_granted>(C) == 1);
}

TEST_CASE("E11: a vote whose answer was lost is said again to the same candidate") {
  world<3> w;
  for (int copy = 0; copy < 2; ++copy) {
    w.receive(B, A, request_vote{term(1), at(1), term(0)});
    w.sync(B);
  }
  CHECK(w.count<vote_granted>(A) == 2);
  CHECK(w[B].hard_writes == 1);
  w.receive(B, A, request_pre_vote{term(1), at(1), term(0)}); // and would be given in that term
  CHECK(w.count<pre_vote_granted>(A) == 1);
  w.receive(B, C, request_pre_vote{term(1), at(1), term(0)});
  CHECK(w.count<pre_vote_granted>(C) == 0);
}

TEST_CASE("E12: a member that cannot win does not raise the term, however often it asks") {
  world<3> w;
  w.lay_down(A, {1, 1}, 2);
  w.lay_down(B, {1, 1}, 2);
  w.lay_down(C, {1}, 2);
  for (int asked = 0; asked < 5; ++asked) {
    w.expire(C, timer::election);
    w.settle();
  }
  for (auto const n : {A, B, C}) CHECK(w.state(n).current_term == term(2));
}

// The first half of scenario E13, a former leader refused by those who still take it for the leader: a voter's
// contact lasts T exactly and an election timeout T at least, so that contact has lapsed when the former leader
// asks.
TEST_CASE("E13: a former leader that asks when contact with it has lapsed is elected again") {
  world<3> w;
  w.elect(A);
  auto const two = node_set<64>::of(A).with(B);
  for (int check = 0; check < 2; ++check) w.expire(A, timer::quorum_check);
  REQUIRE(!w.leads(A));
  w.expire(B, timer::contact);
  w.expire(A, timer::election);
  w.settle(two);
  CHECK(w.leads(A));
  CHECK(w.state(A).current_term == term(2));
}

TEST_CASE("E13: granting a pre-vote is not contact with a leader, and puts off no timer") {
  world<3> w;
  auto const before = w[B];
  w.receive(B, A, request_pre_vote{term(1), at(1), term(0)});
  CHECK(w.count<pre_vote_granted>(A) == 1);
  CHECK(w[B].core == before.core);
  for (std::size_t t = 0; t < timers; ++t) CHECK(w[B].armed[t] == before.armed[t]);
  w.receive(B, C, request_pre_vote{term(1), at(1), term(0)}); // and it promises nothing
  CHECK(w.count<pre_vote_granted>(C) == 1);
}

} // namespace
} // namespace quorate::test
