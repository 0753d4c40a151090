// Scenarios C1 to C7, C10, C11: the commit rule.
#include "support/raft_world.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <utility>

namespace quorate::test {
namespace {

using namespace raft;

// Figure 3.7: A led term 2 and gave entry 2 to B; E led term 3 and has another entry 2; A leads term 4.
TEST_CASE("C1: an entry of an old term on a majority is not committed by counting") {
  world<5> w;
  for (auto const n : {A, B}) w.lay_down(n, {2}, 3);
  for (auto const n : {C, D}) w.lay_down(n, {}, 3);
  w.lay_down(E, {3}, 3);
  auto const others = node_set<64>::first(4);
  w.elect_unheard(A, others);
  REQUIRE(w.leads(A));
  REQUIRE(w.state(A).current_term == term(4));
  for (auto const n : {B, C}) w.receive(A, n, appended{term(4), at(2), 1}); // A, B and C hold entry 2
  CHECK(w.state(A).commit == at(0));

  auto erased = w; // for E can still be elected, and replace it
  erased.crash(A);
  for (int asked = 0; asked < 2; ++asked) erased.elect(E, node_set<64>::of(C).with(D).with(E)); // first: the term
  CHECK(erased.leads(E));
  CHECK(erased.log(C).stamp_at(at(2)) == term(3));

  for (auto const n : {B, C})
    w.receive(A, n, appended{term(4), at(3), 1}); // an entry of A's own term brings it along
  CHECK(w.state(A).commit == at(3));
}

TEST_CASE("C2: a refused append raises no match, whatever its hint") {
  world<3> w;
  w.elect_unheard(A);
  for (auto const n : {B, C})
    for (std::uint64_t hint = 0; hint <= 2; ++hint) {
      w.receive(A, n, rejected{term(1), at(1), at(hint), term(hint / 2)});
      CHECK(w.state(A).peer(n).match == at(0));
      CHECK(w.state(A).commit == at(0));
    }
}

TEST_CASE("C3: a follower commits and acknowledges what was verified, not what it happens to hold") {
  world<3> w;
  w.lay_down(B, {1, 1, 1, 1}, 1); // entries 3 to 5 of a leader that is gone
  w.receive(B, A, append_entries{term(2), at(2), term(1), term(0), at(5), 0, entry_kind::command});
  CHECK(w.state(B).commit == at(2));
  w.turn(B);
  CHECK(std::get<appended>(w.take<appended>().what) == appended{term(2), at(2), 1});
  CHECK(w.log(B).last() == at(5)); // nothing says that they are wrong
}

TEST_CASE("C5: an own acknowledgement that a full outbox dropped is said again with the next heartbeat") {
  world<1> w;
  w.elect(A);
  auto const led = w.state(A).commit;
  w.propose(A);
  w.flush(A);
  w[A].held = {}; // dropped
  for (int i = 0; i < 3; ++i) w.turn(A);
  CHECK(w.state(A).commit == led); // it believes to have said it
  w.expire(A, timer::heartbeat);
  w.turn(A);
  CHECK(w.state(A).commit == w.log(A).last());
}

TEST_CASE("C3: what an earlier leader verified is not verified by this one") {
  world<3> w;
  w.receive(B, A, append_entries{term(1), at(1), term(0), term(1), at(0), 4, entry_kind::command});
  w.turn(B);
  w.lose_everything();
  w.receive(B, C, append_entries{term(2), at(2), term(1), term(0), at(5), 0, entry_kind::command});
  CHECK(w.state(B).commit == at(2));
  w.turn(B);
  CHECK(std::get<appended>(w.take<appended>().what) == appended{term(2), at(2), 1});
}

TEST_CASE("C3: a heartbeat carries no more than its receiver has acknowledged") {
  world<3> w;
  for (auto const n : {A, C}) w.lay_down(n, {2}, 2);
  w.lay_down(B, {1, 1, 1}, 2); // entries of a leader that is gone
  w.elect(A, node_set<64>::of(A).with(C));
  REQUIRE(w.state(A).commit == at(3));
  w.expire(A, timer::heartbeat);
  w.flush(A);
  for (std::size_t i = 0; i < w.in_flight(); ++i)
    if (w.waiting(i).to == B)
      if (auto const* beat = std::get_if<heartbeat>(&w.waiting(i).what)) CHECK(beat->leader_commit == at(0));
  CHECK(w.count<heartbeat>(B) >= 1);
}

TEST_CASE("C4: an acknowledgement from before a truncation counts for nothing when its reader leads again") {
  world<5> w;
  w.elect(A);
  w.propose(A, 3);
  w.flush(A);
  auto const p = w.take<append_entries>(); // to whom does not matter: B gets it
  w.receive(B, A, std::get<append_entries>(p.what));
  w.turn(B);
  auto const stale = w.take<appended>();
  REQUIRE(std::get<appended>(stale.what).match_index == at(5));
  w.lose_everything();

  w.elect(C, node_set<64>::of(C).with(D).with(E)); // has none of the three
  for (int beat = 0; beat < 3; ++beat) {
    w.expire(C, timer::heartbeat);
    w.settle();
  }
  REQUIRE(w.log(B).last() == at(3));
  w.elect(A);
  REQUIRE(w.leads(A));
  w.propose(A, 5);
  auto const before = w.state(A);
  w.hand_over(stale);
  CHECK(w.state(A) == before);
}

TEST_CASE("C5: a leader counts itself only when its disk has the entry") {
  world<3> w;
  w.elect(A);
  w.propose(A); // entry 3
  w.flush(A);
  w.receive(A, B, appended{term(1), at(3), 1});
  CHECK(w.state(A).commit == at(2));
  auto alone = w;
  alone.receive(A, C, appended{term(1), at(3), 1}); // two others suffice without it
  CHECK(alone.state(A).commit == at(3));
  w.sync(A);
  CHECK(w.state(A).commit == at(3));
}

TEST_CASE("C5: a leader that lost entries and leads again does not count itself for those in their places") {
  world<3> w;
  w.elect(A);
  w.propose(A, 3); // entries 3 to 5
  w.turn(A);
  w.lose_everything();
  REQUIRE(w.state(A).peer(A).match == at(5));
  w.elect(C, node_set<64>::of(B).with(C)); // has another entry 3
  for (int beat = 0; beat < 3; ++beat) {
    w.expire(C, timer::heartbeat);
    w.settle();
  }
  REQUIRE(w.log(A).last() == at(3));
  w.elect(A);
  REQUIRE(w.leads(A));
  w.propose(A, 1); // 5, not durable here
  w.flush(A);
  w.receive(A, B, appended{term(3), at(5), 1});
  CHECK(w.state(A).commit == at(4));
  w.sync(A);
  CHECK(w.state(A).commit == at(5));
}

TEST_CASE("C5: a sole voter commits nothing that is not durable") {
  world<1> w;
  w.elect(A);
  w.turn(A);
  REQUIRE(w.state(A).commit == at(2));
  w.propose(A, 4);
  auto early = w.start_sync(A);
  w.propose(A, 4);
  w.flush(A);
  w.finish_sync(A, std::move(early)); // of the first four only, asked for before they were acknowledged
  CHECK(w.state(A).commit == at(2));
  w.sync(A);
  CHECK(w.state(A).commit == at(10));
}

TEST_CASE("C6: a leader's first entry that its disk lost takes nothing committed with it") {
  world<3> w;
  w.elect(A);
  w.propose(A);
  w.settle();
  w.expire(A, timer::heartbeat);
  w.settle();
  for (auto const n : {A, B, C}) w.expire(n, timer::contact);
  w.crash(A);
  w.expire(A, timer::election);
  w.receive(A, B, pre_vote_granted{term(2)});
  w.sync(A);
  w.receive(B, A, request_vote{term(2), at(3), term(1)});
  w.sync(B);
  w.hand_over(w.take<vote_granted>());
  REQUIRE(w.leads(A));
  w.flush(A); // its first entry, 4, leaves before it is durable; B has it
  w.lose_everything();
  w.receive(B, A, append_entries{term(2), at(3), term(1), term(2), at(0), 1, entry_kind::no_op});
  w.turn(B);
  w.hand_over(w.take<appended>());
  CHECK(w.state(A).commit < at(4)); // on one disk only
  w.crash(A);
  CHECK(w.log(A).last() == at(3));

  w.lose_everything();
  auto const pair = node_set<64>::of(A).with(C);
  w.elect(A, pair);
  REQUIRE(w.leads(A));
  w.read(A);
  w.settle(pair);
  w.expire(A, timer::heartbeat);
  w.settle(pair);
  CHECK(w[A].readable == 1);
  CHECK(w[A].read_index >= at(3));
  for (int beat = 0; beat < 3; ++beat) {
    w.expire(A, timer::heartbeat);
    w.settle();
  }
  CHECK(w.log(B) == w.log(A));
  CHECK(w[B].contradictions == 0);
}

// Every order of acknowledgements, against a count that is as simple as can be.
TEST_CASE("C7: whatever the order of acknowledgements, what is on a majority is committed, and no more") {
  std::uint32_t random = 1;
  auto const draw = [&](std::uint64_t below) {
    random = random * 1664525U + 1013904223U;
    return (random >> 8) % below;
  };
  for (std::size_t voters = 1; voters <= 7; ++voters)
    for (int run = 0; run < 60; ++run) {
      world<7> w{configuration{node_set<64>::first(voters)}};
      w.elect_unheard(A, node_set<64>::first(voters));
      w.lose_everything();
      w.propose(A, 8);
      std::uint64_t match[7]{};
      match[0] = w.state(A).peer(A).match.value; // the first entry, which its disk has
      for (int ack = 0; ack < 30; ++ack) {
        auto const n = draw(voters);
        auto const upto = match[n] + draw(10 - match[n] + 1);
        if (upto > match[n]) match[n] = upto;
        w.receive(A, node_index{static_cast<std::uint8_t>(n)}, appended{term(1), at(upto), 0});
        std::uint64_t expected = 0;
        for (std::uint64_t i = 2; i <= 10; ++i) {
          std::size_t holders = 0;
          for (std::size_t v = 0; v < voters; ++v) holders += match[v] >= i ? 1 : 0;
          if (holders > voters / 2) expected = i;
        }
        REQUIRE(w.state(A).commit == at(expected));
      }
    }
}

// Scenario C8 cannot arise yet: there are no joint configurations; a quorum is asked of one configuration, the
// last in the log.

TEST_CASE("C10: who is no voter counts neither for votes nor for commits") {
  world<5> w{configuration{node_set<64>::first(3)}};
  w.expire(A, timer::election);
  for (auto const n : {D, E}) w.receive(A, n, pre_vote_granted{term(1)});
  CHECK(w.state(A).is == role::follower);
  w.receive(A, B, pre_vote_granted{term(1)});
  w.sync(A);
  for (auto const n : {D, E}) w.receive(A, n, vote_granted{term(1)});
  CHECK(!w.leads(A));
  w.receive(A, B, vote_granted{term(1)});
  REQUIRE(w.leads(A));
  w.turn(A);
  for (auto const n : {D, E}) w.receive(A, n, appended{term(1), at(2), 1});
  CHECK(w.state(A).commit == at(0));
  w.receive(A, B, appended{term(1), at(2), 1});
  CHECK(w.state(A).commit == at(2));
  for (auto const n : {D, E}) { // nor for the quorum check
    w.expire(A, timer::quorum_check);
    w.receive(A, n, heartbeat_answer{term(1), {}, 0});
  }
  CHECK(!w.leads(A));
}

TEST_CASE("C10, M4: who is no voter does not campaign") {
  world<3> w{configuration{node_set<64>::of(B).with(C)}};
  w.expire(A, timer::election);
  w.receive(A, B, pre_vote_granted{term(1)});
  w.receive(A, C, pre_vote_granted{term(1)});
  CHECK(w.state(A).current_term == term(0));
  CHECK(w.in_flight() == 0);
}

TEST_CASE("C11: what a client is told is on a majority's disks, and a power cut takes none of it") {
  world<3> w;
  w.elect(A);
  w.propose(A); // entry 3
  w.turn(A);
  auto earlier_b = w.start_sync(B);
  auto earlier_c = w.start_sync(C);
  while (w.in_flight() > 0) w.deliver(0);
  for (auto const n : {B, C}) w.flush(n);
  w.finish_sync(B, std::move(earlier_b)); // syncs that do not cover the entry
  w.finish_sync(C, std::move(earlier_c));
  while (w.in_flight() > 0) w.deliver(0);
  CHECK(w.state(A).commit == at(2)); // written everywhere, durable only here
  w.sync(B);
  while (w.in_flight() > 0) w.deliver(0);
  CHECK(w.state(A).commit == at(3));

  for (auto const n : {A, B, C}) w.crash(n);
  w.elect(B, node_set<64>::of(B).with(C));
  CHECK(w.leads(B));
  CHECK(w.log(C).stamp_at(at(3)) == term(1));
}

} // namespace
} // namespace quorate::test
