// Scenarios L6, L6b, L8, L9, L11 to L14, T5: what a leader knows of its peers, and what disks do to it.
#include "support/raft_world.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <utility>

namespace quorate::test {
namespace {

using namespace raft;

TEST_CASE("L6: a peer that needs what is compacted here is not probed without end") {
  world<3> w;
  auto const two = node_set<64>::of(A).with(B);
  w.elect(A, two);
  w.propose(A, 8);
  w.settle(two);
  w.compact(A, w.log(A).last());
  std::size_t appends = 0;
  for (int beat = 0; beat < 10; ++beat) {
    w.expire(A, timer::heartbeat);
    w.settle_where(node_set<64>::first(3), [&](packet const& p) {
      appends += p.to == C && std::holds_alternative<append_entries>(p.what) ? 1 : 0;
      return true;
    });
  }
  CHECK(appends <= 10); // at most one a heartbeat
  CHECK(w.leads(A));
}

// A heartbeat cannot be refused. Its answer names what the peer has verified in this term, which is no guess of
// where the logs agree.
TEST_CASE("L6b: a heartbeat's answer leaves the search for the matching entry where it is") {
  world<3> w;
  for (auto const n : {A, C}) w.lay_down(n, {1, 1, 1, 1}, 1);
  w.elect_unheard(A, node_set<64>::of(A).with(C));
  w.receive(A, B, rejected{term(2), at(5), at(3), term(1)});
  w.flush(A);
  for (std::uint64_t beat = 0; beat < 5; ++beat) {
    w.expire(A, timer::heartbeat);
    w.receive(A, B, heartbeat_answer{term(2), at(beat), 0, w.state(A).beat});
    CHECK(w.state(A).peer(B).next == at(4));
  }
}

TEST_CASE("L6b: a lost append is sent again, while probing and while pipelining") {
  world<3> w;
  w.elect_unheard(A); // the probes are lost
  for (int beat = 0; beat < 2; ++beat) {
    w.expire(A, timer::heartbeat);
    w.settle();
  }
  CHECK(w.state(A).peer(B).match == at(2));
  w.propose(A);
  w.turn(A);
  w.lose_everything(); // the pipelined appends are lost
  for (int beat = 0; beat < 2; ++beat) {
    w.expire(A, timer::heartbeat);
    w.settle();
  }
  CHECK(w.state(A).peer(B).match == at(3));
  CHECK(w.state(A).peer(C).match == at(3));
}

TEST_CASE("L6b: a leader's own acknowledgement that its full outbox dropped is said again") {
  world<1> w;
  w.elect(A);
  w.turn(A);
  for (int i = 0; i < 100; ++i) { // the disk takes its time
    w.propose(A);
    w.flush(A);
  }
  REQUIRE(w[A].held.dropped() > 0);
  w.sync(A);
  CHECK(w.state(A).commit < w.log(A).last());
  w.expire(A, timer::heartbeat);
  w.turn(A);
  CHECK(w.state(A).commit == w.log(A).last());
}

TEST_CASE("L8: an acknowledgement that is overtaken by a later one takes nothing back") {
  world<3> w;
  w.elect(A);
  w.propose(A, 3);
  w.flush(A);
  w.receive(A, B, appended{term(1), at(5), 1});
  w.receive(A, B, appended{term(1), at(3), 1});
  CHECK(w.state(A).peer(B).match == at(5));
  CHECK(w.state(A).peer(B).next == at(6));
}

TEST_CASE("L9: entries replaced while the sync of the old ones is in flight are not acknowledged by it") {
  world<3> w;
  w.receive(B, A, append_entries{term(1), at(1), term(0), term(1), at(0), 2, entry_kind::command});
  w.flush(B);
  auto in_flight = w.start_sync(B);
  w.receive(B, C, append_entries{term(2), at(1), term(0), term(2), at(0), 2, entry_kind::command});
  w.flush(B);
  w.finish_sync(B, std::move(in_flight));
  for (std::size_t i = 0; i < w.in_flight(); ++i) CHECK(w.waiting(i).to != C);
  CHECK(w[B].durable.log.stamp_at(at(3)) == term(1));
  w.sync(B);
  CHECK(w.count<appended>(C) == 1);
  CHECK(w[B].durable.log.stamp_at(at(3)) == term(2));
}

// The leader counts with it what is under way: an answer too many opens the window for what was not asked.
TEST_CASE("L9: what is owed to one leader is not answered to the next") {
  world<3> w;
  w.receive(B, A, append_entries{term(1), at(1), term(0), term(1), at(0), 2, entry_kind::command});
  w.receive(B, C, heartbeat{term(2), at(0), 0});
  w.turn(B);
  CHECK(w.count<appended>() == 0);
  w.receive(B, C, append_entries{term(2), at(1), term(0), term(2), at(0), 1, entry_kind::command});
  w.turn(B);
  auto const answer = w.take<appended>();
  CHECK(answer.to == C);
  CHECK(std::get<appended>(answer.what) == appended{term(2), at(2), 1});
}

// Scenario L10 cannot arise yet: there are no snapshots. What a storage keeps at the compacted index is the term
// of that entry: scenario E6 reads it.

// How many entries the appends to `n` that wait have in all.
template <class World>
std::uint32_t carried_to(World const& w, node_index n) {
  std::uint32_t entries = 0;
  for (std::size_t i = 0; i < w.in_flight(); ++i)
    if (auto const* a = std::get_if<append_entries>(&w.waiting(i).what); a && w.waiting(i).to == n)
      entries += a->count;
  return entries;
}

TEST_CASE("L11: what is in flight is forgotten with the state that it was counted in") {
  world<3, node<limits<limit_values{.window = 2}>>> w;
  w.elect(A);
  for (int i = 0; i < 4; ++i) {
    w.propose(A);
    w.flush(A);
  }
  CHECK(w.count<append_entries>(B) == 2); // the window
  w.lose_everything();
  w.receive(A, B, rejected{term(1), at(3), at(2), term(1)}); // the first was lost
  w.flush(A);
  CHECK(w.count<append_entries>(B) == 1); // a probe, at once, and not an empty one
  CHECK(carried_to(w, B) == 4);
  w.lose_everything();
  w.receive(A, B, appended{term(1), at(6), 1});
  for (int twice = 0; twice < 2; ++twice) {
    for (int i = 0; i < 2; ++i) {
      w.propose(A);
      w.flush(A);
    }
    CHECK(w.count<append_entries>(B) == 2); // the whole window
    w.lose_everything();
    w.receive(A, B, appended{term(1), w.log(A).last(), 1}); // one answer was lost, but everything is acknowledged
  }
  for (int i = 0; i < 2; ++i) {
    w.propose(A);
    w.flush(A);
  }
  w.sync(A);
  w.lose_everything();

  w.receive(A, B, vote_refused{term(2)}); // deposed, and elected again
  for (auto const n : {B, C}) w.expire(n, timer::contact);
  w.expire(A, timer::election);
  for (auto const n : {B, C}) w.receive(A, n, pre_vote_granted{term(3)});
  w.sync(A);
  w.receive(A, B, vote_granted{term(3)});
  w.flush(A);
  CHECK(carried_to(w, B) == 1); // its first entry
  CHECK(carried_to(w, C) == 1);
}
// The other half of scenario L11 can't be: bytes are not counted, the view cuts each append to size (fit).

TEST_CASE("L12: what is reported as committed only rises, one report a rise") {
  world<3> w;
  w.elect(A);
  w.propose(A, 3);
  w.settle();
  for (auto const n : {B, C}) {
    REQUIRE(w.state(n).commit == at(5));
    w.receive(n, A, append_entries{term(1), at(2), term(1), term(1), at(2), 2, entry_kind::command}); // late
    w.receive(n, A, heartbeat{term(1), at(3), 0});
    CHECK(w.state(n).commit == at(5));
    CHECK(!w[n].committed_fell);
  }
  w.receive(A, C, appended{term(1), at(4), 1});
  CHECK(w.state(A).commit == at(5));
  CHECK(!w[A].committed_fell);
}

TEST_CASE("L13: a member whose disk lost what it had acknowledged finds out and says so") {
  world<3> w;
  w.elect(A);
  auto const old = w[B].durable;
  w.propose(A, 3);
  w.settle();
  w.crash(B, old);
  REQUIRE(w.log(B).last() == at(2));
  w.expire(A, timer::heartbeat);
  w.settle();
  CHECK(w[B].contradictions > 0);
  CHECK(w.state(B).commit <= at(2));
}

TEST_CASE("L13: what a follower knows to be committed is not removed at a leader's word") {
  world<3> w;
  w.elect(A);
  w.propose(A, 3);
  w.settle();
  auto const before = w.log(B);
  REQUIRE(w.state(B).commit == at(5));
  // C, its disk wiped, was elected by another that lost its own.
  w.receive(B, C, append_entries{term(2), at(1), term(0), term(2), at(0), 1, entry_kind::no_op});
  CHECK(w.log(B) == before);
  CHECK(w[B].contradictions == 1);
  w.turn(B);
  CHECK(w.count<appended>(C) == 0);
}

// Else it campaigns against a leader that is only looking for where their logs agree.
TEST_CASE("L14: an append that a follower refuses is contact with its leader") {
  world<3> w;
  w.receive(B, A, append_entries{term(2), at(9), term(1), {}, at(0), 0, entry_kind::command});
  REQUIRE(w.count<rejected>(A) == 1);
  CHECK(w.state(B).leader == A);
  CHECK(w.state(B).in_contact);
  w.receive(B, C, request_pre_vote{term(3), at(9), term(2)});
  w.receive(B, C, request_vote{term(3), at(9), term(2)});
  w.turn(B);
  CHECK(w.count<vote_granted>() == 0);
  CHECK(w.count<pre_vote_granted>() == 0);
  CHECK(w.state(B).current_term == term(2));
}

TEST_CASE("L13: a member that lost its log is not counted at its old match by the next leader") {
  world<3> w;
  w.elect(A);
  w.propose(A, 3);
  w.settle();
  w.lay_down(B, {}, 1);
  w.expire(A, timer::quorum_check);
  w.expire(A, timer::quorum_check);
  REQUIRE(!w.leads(A));
  w.elect_unheard(A);
  REQUIRE(w.leads(A));
  CHECK(w.state(A).peer(B).match == at(0));
  CHECK(w.state(A).peer(C).match == at(0));
}

TEST_CASE("T5: a caught-up peer that was given up for lost is in the pipeline again after two heartbeats") {
  world<3> w;
  w.elect(A);
  w.propose(A);
  w.turn(A);
  w.lose_everything();
  w.receive(A, B, rejected{term(1), at(2), at(1), term(0)}); // makes nothing: it has acknowledged 2
  CHECK(w.state(A).peer(B).is == raft::sending::streaming);
  w.propose(A);
  w.turn(A);
  w.lose_everything();
  w.receive(A, B, rejected{term(1), at(3), at(2), term(1)}); // the first of the two was lost
  w.flush(A);
  w.lose_everything(); // and the probe too
  REQUIRE(w.state(A).peer(B).is == raft::sending::probing);
  for (int beat = 0; beat < 2; ++beat) {
    w.expire(A, timer::heartbeat);
    w.settle();
  }
  CHECK(w.state(A).peer(B).is == raft::sending::streaming);
  CHECK(w.state(A).peer(B).match == at(4));
}

} // namespace
} // namespace quorate::test
