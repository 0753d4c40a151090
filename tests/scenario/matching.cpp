// Scenarios L1 to L5, L7: what a follower removes, and how a leader finds where the logs agree.
#include "support/raft_world.hpp"

#include <doctest/doctest.h>

#include <cstdint>

namespace quorate::test {
namespace {

using namespace raft;

constexpr append_entries append(std::uint64_t by, std::uint64_t prev, std::uint64_t prev_term, std::uint32_t count,
                                std::uint64_t entry_term, std::uint64_t commit = 0) {
  return {term(by), at(prev), term(prev_term), term(entry_term), at(commit), count, entry_kind::command};
}

TEST_CASE("L1: an append that comes late or overlaps removes nothing that matches") {
  world<3> w;
  w.lay_down(B, {1, 1, 1, 1, 1}, 1); // entries 2 to 6
  auto const whole = w.log(B);
  for (auto const& late :
       {append(1, 1, 0, 2, 1), append(1, 3, 1, 2, 1), append(1, 3, 1, 0, 0), append(1, 1, 0, 0, 0)}) {
    w.receive(B, A, late);
    w.receive(B, A, heartbeat{term(1), at(1), 0});
    CHECK(w.log(B) == whole);
  }
  CHECK(w[B].truncations == 0);
  w.turn(B); // and all of it together verifies up to 5, not up to the end
  CHECK(std::get<appended>(w.take<appended>().what).match_index == at(5));
}

TEST_CASE("L1: entries go from where the terms differ on, and no earlier") {
  world<3> w;
  w.lay_down(B, {1, 1, 2, 2}, 2); // entries 2 to 5
  w.receive(B, A, append(3, 1, 0, 2, 1));
  CHECK(w.log(B).last() == at(5));
  w.receive(B, A, append(3, 3, 1, 1, 3));
  CHECK(w.log(B).last() == at(4));
  CHECK(w.log(B).stamp_at(at(3)) == term(1));
  CHECK(w.log(B).stamp_at(at(4)) == term(3));
  CHECK(w[B].truncations == 1);
}

TEST_CASE("L1b: a change of role removes nothing from the log") {
  world<3> w;
  w.elect(A);
  w.propose(A, 3);
  w.turn(A);
  w.lose_everything();
  auto const tail = w.log(A);
  w.receive(A, B, heartbeat{term(2), at(0), 0}); // deposed
  CHECK(w.log(A) == tail);
  w.expire(A, timer::contact);
  w.expire(A, timer::election);                  // asks
  w.receive(A, B, heartbeat{term(2), at(0), 0}); // and is answered by a leader
  CHECK(w.log(A) == tail);
  w.expire(A, timer::election);
  w.receive(A, C, pre_vote_granted{term(3)});
  REQUIRE(w.state(A).is == role::candidate);
  w.receive(A, C, heartbeat{term(3), at(0), 0});
  CHECK(w.log(A) == tail);
}

TEST_CASE("L2: what lies below the compacted index is known to match") {
  world<3> w;
  w.lay_down(B, {1, 1, 2, 2, 2, 2}, 2); // entries 2 to 7
  w.compact(B, at(5));
  auto const before = w.log(B);
  auto const first = append_entries{term(3), at(0), term(0), term(0), at(0), 1, entry_kind::configuration};
  for (auto const& old : {first, append(3, 1, 0, 2, 1), append(3, 2, 1, 1, 1), append(3, 3, 1, 1, 2),
                          append(3, 3, 1, 2, 2), append(3, 3, 1, 4, 2)}) {
    w.receive(B, A, old);
    CHECK(w.log(B) == before);
  }
  CHECK(w.count<rejected>() == 0);
  w.turn(B);
  CHECK(std::get<appended>(w.take<appended>().what).match_index == at(7));
  w.receive(B, A, append(3, 3, 1, 5, 2)); // what is new in one that begins below is taken
  CHECK(w.log(B).last() == at(8));
  CHECK(w[B].truncations == 0);
}

TEST_CASE("L3: a leader that compacts while a peer is silent claims no previous term that it does not know") {
  world<3> w;
  w.elect(A, node_set<64>::of(A).with(B));
  w.propose(A, 8);
  w.settle(node_set<64>::of(A).with(B));
  w.compact(A, at(6));
  REQUIRE(w.state(A).peer(C).next <= at(6));
  std::size_t appends = 0;
  for (int beat = 0; beat < 4; ++beat) {
    w.expire(A, timer::heartbeat);
    w.flush(A);
    for (std::size_t i = 0; i < w.in_flight(); ++i)
      if (auto const* a = std::get_if<append_entries>(&w.waiting(i).what); a && w.waiting(i).to == C) {
        ++appends;
        CHECK(a->prev_log_index >= at(6));
        CHECK(a->prev_log_term == term(1));
      }
    w.lose_everything();
    w.receive(A, C, heartbeat_answer{term(1), {}, 0, w.state(A).beat});
  }
  CHECK(appends > 0);
}

// A's log and B's agree up to entry 2 only.
TEST_CASE("L4: a refusal that comes late, or twice, moves nothing") {
  world<3> w;
  for (auto const n : {A, C}) w.lay_down(n, {1, 1, 1}, 1);
  w.lay_down(B, {1}, 1);
  w.elect_unheard(A, node_set<64>::of(A).with(C));
  w.lose_everything();
  auto const refusal_at_4 = rejected{term(2), at(4), at(2), term(1)};
  w.receive(A, B, refusal_at_4);
  REQUIRE(w.state(A).peer(B).next == at(3));
  w.flush(A);
  auto before = w.state(A);
  w.receive(A, B, refusal_at_4); // again, while the next probe is out
  CHECK(w.state(A) == before);

  w.receive(A, B, appended{term(2), at(4), 1});
  w.flush(A); // the entry of its own term, 5
  w.receive(A, B, appended{term(2), at(5), 1});
  before = w.state(A);
  w.receive(A, B, refusal_at_4); // and when the match has passed it
  CHECK(w.state(A) == before);
  CHECK(before.peer(B).next == at(6));
}

// The leader had guessed entry 7, was refused, and has found the match below: it sends on from there and does not
// wait.
TEST_CASE("L4: a refusal of a guess that was given up does not stop the pipeline") {
  world<3> w;
  for (auto const n : {A, C}) w.lay_down(n, {1, 1, 1, 1, 1, 1}, 1);
  w.elect_unheard(A, node_set<64>::of(A).with(C));
  auto const refusal_at_7 = rejected{term(2), at(7), at(3), term(1)};
  w.receive(A, B, refusal_at_7);
  w.flush(A);
  w.receive(A, B, appended{term(2), at(4), 1});
  auto const before = w.state(A);
  REQUIRE(before.peer(B).next == at(5));
  REQUIRE(before.peer(B).is == raft::sending::streaming);
  for (auto const late : {at(5), at(7)}) { // it was sent neither since
    w.receive(A, B, rejected{term(2), late, at(3), term(1)});
    CHECK(w.state(A) == before);
  }
}

TEST_CASE("L4: a refusal of an older guess does not disturb the probe that is out") {
  world<3> w;
  for (auto const n : {A, C}) w.lay_down(n, {1, 1, 1, 1, 1, 1}, 1);
  w.elect_unheard(A, node_set<64>::of(A).with(C));
  w.lose_everything();
  w.receive(A, B, rejected{term(2), at(7), at(6), term(1)});
  w.flush(A); // a probe at 6
  auto const before = w.state(A);
  w.receive(A, B, rejected{term(2), at(3), at(2), term(1)});
  CHECK(w.state(A) == before);
}

TEST_CASE("L4: the next entry to send is always above the match") {
  world<3> w;
  w.elect(A);
  w.propose(A, 4);
  w.flush(A);
  w.receive(A, B, appended{term(1), at(4), 1});
  w.receive(A, B, rejected{term(1), at(5), at(1), term(0)}); // a hint below what was acknowledged
  CHECK(w.state(A).peer(B).match == at(4));
  CHECK(w.state(A).peer(B).next == at(5));
}

TEST_CASE("L5: an append repeated for a lost answer may land below what was compacted since") {
  world<3, node<pipelining<off>>> w;
  auto const without_c = [](packet const& p) { return p.to != A || p.from != B; };
  w.elect(A);
  w.propose(A, 3);
  auto const everybody = node_set<64>::first(3);
  for (int beat = 0; beat < 3; ++beat) { // B's answers are lost; by the second append it hears of the commit
    w.expire(A, timer::heartbeat);
    w.settle_where(everybody, without_c);
    w.receive(A, B, heartbeat_answer{term(1), at(1), 0, w.state(A).beat});
  }
  REQUIRE(w.state(A).peer(B).match == at(2));
  REQUIRE(w.state(B).commit == at(5));
  w.compact(B, at(5));
  for (int beat = 0; beat < 2; ++beat) {
    w.expire(A, timer::heartbeat);
    w.settle();
  }
  CHECK(w.state(A).peer(B).match == at(5));
}

// Nine terms of which no two logs share one but the first, a hundred entries each: every round trip skips a term.
TEST_CASE("L7: hundreds of conflicting entries are passed in one round trip a term") {
  world<3> w;
  disk<64> ours = w[A].durable, theirs = ours;
  for (std::uint64_t t = 1; t <= 9; ++t)
    for (auto* d : {&ours, &theirs})
      if (t == 1 || (t % 2 == 1) == (d == &ours))
        REQUIRE(d->log.put({d->log.last() + 1, 100, term(t), entry_kind::command}));
  ours.hard = theirs.hard = {term(9), no_member};
  w.crash(A, ours);
  w.crash(C, ours);
  w.crash(B, theirs);
  w.elect_unheard(A, node_set<64>::of(A).with(C));
  REQUIRE(w.leads(A));
  w.flush(A);
  w.lose_everything();
  w.expire(A, timer::heartbeat);
  w.receive(A, B, heartbeat_answer{term(10), {}, 0});
  std::size_t refusals = 0;
  w.settle_where(node_set<64>::of(A).with(B), [&](packet const& p) {
    refusals += std::holds_alternative<rejected>(p.what) ? 1 : 0;
    return p.from != C && p.to != C;
  });
  CHECK(w.log(B) == w.log(A));
  CHECK(refusals <= 5);
}

} // namespace
} // namespace quorate::test
