// One test a rule of Ongaro's dissertation ("Consensus: Bridging Theory and Practice", 2014), named by its
// section: what outlives a restart, and what practice adds in chapters 4, 6, 9 and 10.
#include "support/raft_world.hpp"

#include <doctest/doctest.h>

namespace quorate::test {
namespace {

using namespace raft;

constexpr append_entries append(std::uint64_t by, std::uint64_t prev, std::uint64_t prev_term, std::uint32_t count,
                                std::uint64_t entry_term) {
  return {term(by), at(prev), term(prev_term), term(entry_term), at(0), count, entry_kind::command};
}

// --- 3.8 persisted state

TEST_CASE("3.8: the term, the vote and the log outlive a restart; the commit index is learned again") {
  world<3> w;
  w.elect(A);
  w.propose(A, 2);
  w.settle();
  w.crash(B);
  CHECK(w.state(B).current_term == term(1));
  CHECK(w.state(B).voted_for == founder_at(A));
  CHECK(w.log(B).last() == at(4));
  CHECK(w.state(B).commit == at(0));
  CHECK(w.state(B).is == role::follower);
  w.expire(A, timer::heartbeat);
  w.settle();
  CHECK(w.state(B).commit == at(4));
}

TEST_CASE("3.8: what is written answers a request only once it is durable") {
  world<3> w;
  w.receive(B, A, request_vote{term(1), at(1), term(0)});
  w.flush(B);
  CHECK(w.in_flight() == 0);
  w.sync(B);
  CHECK(w.count<vote_granted>(A) == 1);
  w.lose_everything();
  w.receive(B, A, append(1, 1, 0, 2, 1));
  w.flush(B);
  CHECK(w.in_flight() == 0);
  w.sync(B);
  CHECK(w.count<appended>(A) == 1);
}

// --- 4.2.3 disruptive servers, 6.2 and 9.6

TEST_CASE("4.2.3: who has heard of a leader within an election timeout neither votes nor adopts the term") {
  world<3, node<pre_vote<off>>> w;
  w.elect(A);
  w.receive(B, C, request_vote{term(7), at(9), term(1)});
  w.receive(A, C, request_vote{term(7), at(9), term(1)}); // nor does the leader itself
  w.settle();
  CHECK(w.count<vote_granted>() == 0);
  CHECK(w.leads(A));
  for (auto const n : {A, B}) CHECK(w.state(n).current_term == term(1));
  w.expire(B, timer::contact);
  w.receive(B, C, request_vote{term(7), at(9), term(1)});
  w.sync(B);
  CHECK(w.count<vote_granted>(C) == 1);
}

TEST_CASE("6.2: a leader that hears of no majority for an election timeout steps down, one that does goes on") {
  world<5> w;
  w.elect(A);
  for (int i = 0; i < 3; ++i) {
    w.expire(A, timer::quorum_check);
    REQUIRE(w.leads(A));
    w.receive(A, B, heartbeat_answer{term(1), {}, 0});
    w.receive(A, C, appended{term(1), at(2), 0});
  }
  w.expire(A, timer::quorum_check);
  REQUIRE(w.leads(A));
  w.receive(A, B, heartbeat_answer{term(1), {}, 0}); // two of five
  w.expire(A, timer::quorum_check);
  CHECK(!w.leads(A));
  CHECK(w.state(A).leader == no_node); // and sends clients elsewhere
  w.propose(A);
  CHECK(w[A].refused == 1);
}

TEST_CASE("6.4 step 1: a read waits until the leader has committed an entry of its term, for which it "
          "appends a no-op") {
  world<3> w;
  w.elect_unheard(A);
  CHECK(w.log(A).kind_at(w.log(A).last()) == entry_kind::no_op);
  w.read(A);
  w.flush(A);
  for (auto const n : {B, C}) w.receive(A, n, heartbeat_answer{term(1), {}, 0});
  w.flush(A);
  CHECK(w[A].readable == 0);
  CHECK(w.state(A).readers.rounds.empty());
  w.receive(A, B, appended{term(1), at(2), 1});
  REQUIRE(w.state(A).commit == at(2));
  w.flush(A);
  CHECK(w.state(A).readers.rounds.size() == 1);
}

TEST_CASE("6.4 step 2: the read index is the commit index at the time") {
  world<3> w;
  w.elect(A);
  w.propose(A);
  w.settle();
  w.read(A);
  w.turn(A);
  auto const round = std::get<heartbeat>(w.take<heartbeat>().what).round;
  w.propose(A);
  w.turn(A);
  w.receive(A, B, appended{term(1), at(4), 1}); // commits more, later
  REQUIRE(w.state(A).commit == at(4));
  w.receive(A, B, heartbeat_answer{term(1), {}, round});
  CHECK(w[A].readable == 1);
  CHECK(w[A].read_index == at(3));
}

TEST_CASE("6.4 step 3: a majority must answer a round of heartbeats sent after the read came") {
  world<5> w;
  w.elect(A);
  w.read(A);
  w.turn(A);
  for (auto const n : {B, C, D, E}) CHECK(w.count<heartbeat>(n) == 1);
  auto const round = std::get<heartbeat>(w.take<heartbeat>().what).round;
  w.receive(A, B, heartbeat_answer{term(1), {}, round - 1});
  w.receive(A, C, heartbeat_answer{term(1), {}, round});
  CHECK(w[A].readable == 0);
  w.receive(A, D, heartbeat_answer{term(1), {}, round});
  CHECK(w[A].readable == 1);
}

TEST_CASE("6.4: one round of heartbeats serves all reads that wait") {
  world<3> w;
  w.elect(A);
  w.read(A, 1000);
  w.turn(A);
  CHECK(w.count<heartbeat>() == 2);
  w.settle();
  CHECK(w[A].readable == 1000);
}
// 6.4 steps 4 and 5, to wait until that much is applied and then to read, and a follower's read by way of the
// leader, are the replica's: tests/replica.

TEST_CASE("9.6: a server asks whether it would be elected before it raises its term") {
  world<5> w;
  w.expire(A, timer::election);
  CHECK(w.state(A).current_term == term(0));
  CHECK(w[A].hard_writes == 0);
  for (auto const n : {B, C, D, E}) CHECK(w.count<request_pre_vote>(n) == 1);
  CHECK(std::get<request_pre_vote>(w.take<request_pre_vote>().what) == request_pre_vote{term(1), at(1), term(0)});
  w.receive(A, B, pre_vote_granted{term(1)});
  CHECK(w.state(A).is == role::follower);
  w.receive(A, C, pre_vote_granted{term(1)});
  CHECK(w.state(A).is == role::candidate);
  CHECK(w.state(A).current_term == term(1));
}

TEST_CASE("9.6: a pre-vote is refused beside a leader that was heard of within an election timeout") {
  world<3> w;
  w.elect(A);
  for (auto const n : {A, B}) {
    w.receive(n, C, request_pre_vote{term(2), at(9), term(1)});
    CHECK(w.count<pre_vote_granted>() == 0);
  }
  w.lose_everything();
  w.expire(B, timer::contact);
  w.receive(B, C, request_pre_vote{term(2), at(9), term(1)});
  CHECK(w.count<pre_vote_granted>(C) == 1);
}

TEST_CASE("9.6: a server that was cut off does not disturb the cluster when it comes back") {
  world<3> w;
  w.elect(A);
  auto const two = node_set<64>::of(A).with(B);
  w.expire(C, timer::contact);
  for (int i = 0; i < 20; ++i) {
    w.expire(C, timer::election);
    w.expire(A, timer::heartbeat);
    w.settle(two);
  }
  w.expire(C, timer::election);
  w.settle();
  w.expire(A, timer::heartbeat);
  w.settle();
  CHECK(w.leads(A));
  for (auto const n : {A, B, C}) CHECK(w.state(n).current_term == term(1));
  CHECK(w.state(C).leader == A);
}

TEST_CASE("10.2.1: a leader does not wait for one append to be acknowledged before it sends the next") {
  world<3> w;
  w.elect(A);
  for (int i = 0; i < 3; ++i) {
    w.propose(A);
    w.flush(A);
  }
  CHECK(w.count<append_entries>(B) == 3);
  CHECK(w.state(A).peer(B).match == at(2));
}

} // namespace
} // namespace quorate::test
