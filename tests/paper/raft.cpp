// One test a rule of Ongaro's dissertation ("Consensus: Bridging Theory and Practice", 2014), named by its
// section: chapter 3, up to its safety argument.
#include "support/raft_world.hpp"

#include <doctest/doctest.h>

#include <cstdint>

namespace quorate::test {
namespace {

using namespace raft;

using unasked = node<pre_vote<off>>;                      // elections as in chapter 3
using chapter_3 = node<pre_vote<off>, check_quorum<off>>; // and without what 4.2.3 and 6.2 add

constexpr append_entries append(std::uint64_t by, std::uint64_t prev, std::uint64_t prev_term, std::uint32_t count,
                                std::uint64_t entry_term, std::uint64_t commit = 0) {
  return {term(by), at(prev), term(prev_term), term(entry_term), at(commit), count, entry_kind::command};
}

// --- 3.3 terms

template <class Message>
void a_larger_term_makes_a_follower(Message const& m) {
  world<3, chapter_3> candidate;
  candidate.expire(A, timer::election);
  REQUIRE(candidate.state(A).is == role::candidate);
  world<3, chapter_3> leader;
  leader.elect(A);
  REQUIRE(leader.leads(A));
  for (auto* const w : {&candidate, &leader}) {
    w->receive(A, C, m); // of term 9
    CHECK(w->state(A).is == role::follower);
    CHECK(w->state(A).current_term == term(9));
    CHECK(w->state(A).voted_for == no_member);
    CHECK((*w)[A].written.hard.term == term(9));
  }
}

TEST_CASE("3.3: whoever sees a larger term, in any request or answer, adopts it and becomes a follower") {
  a_larger_term_makes_a_follower(request_vote{term(9), at(0), term(0)});
  a_larger_term_makes_a_follower(vote_granted{term(9)});
  a_larger_term_makes_a_follower(vote_refused{term(9)});
  a_larger_term_makes_a_follower(append(9, 9, 9, 0, 0));
  a_larger_term_makes_a_follower(appended{term(9), at(1), 1});
  a_larger_term_makes_a_follower(rejected{term(9), at(1), at(0), term(0)});
  a_larger_term_makes_a_follower(heartbeat{term(9), at(0), 0});
  a_larger_term_makes_a_follower(heartbeat_answer{term(9), {}, 0});
}

TEST_CASE("3.3: a request of an older term is refused, with the current one") {
  world<3> w;
  w.lay_down(B, {1}, 5);
  w.receive(B, A, request_vote{term(4), at(9), term(4)});
  w.receive(B, A, append(4, 2, 1, 1, 4));
  w.turn(B);
  CHECK(std::get<vote_refused>(w.take<vote_refused>().what).term == term(5));
  CHECK(std::get<rejected>(w.take<rejected>().what).term == term(5));
  CHECK(w.log(B).last() == at(2));
  CHECK(w.in_flight() == 0);
}

// --- 3.4 elections

TEST_CASE("3.4: servers begin as followers, and a leader's word keeps them so") {
  world<3> w;
  CHECK(w.state(A).is == role::follower);
  CHECK(w.state(A).leader == no_node);
  auto const election = static_cast<std::size_t>(timer::election);
  for (int i = 0; i < 3; ++i) {
    auto const before = w[A].armed[election];
    w.receive(A, B, heartbeat{term(1), at(0), 0});
    w.receive(A, B, append(1, 1, 0, 0, 0));
    CHECK(w[A].armed[election] == before + 2);
    CHECK(w.state(A).is == role::follower);
  }
}

TEST_CASE("3.4: a follower that times out raises its term, votes for itself and asks all others") {
  world<3, unasked> w;
  w.expire(A, timer::election);
  CHECK(w.state(A).is == role::candidate);
  CHECK(w.state(A).current_term == term(1));
  CHECK(w.state(A).voted_for == founder_at(A));
  w.sync(A);
  CHECK(w.count<request_vote>(B) == 1);
  CHECK(w.count<request_vote>(C) == 1);
  CHECK(w.in_flight() == 2);
  CHECK(std::get<request_vote>(w.take<request_vote>().what) == request_vote{term(1), at(1), term(0)});
}

TEST_CASE("3.4: a server votes once a term, for who comes first") {
  world<3> w;
  w.receive(C, A, request_vote{term(1), at(1), term(0)});
  w.receive(C, B, request_vote{term(1), at(1), term(0)});
  w.sync(C);
  CHECK(w.count<vote_granted>(A) == 1);
  CHECK(w.count<vote_granted>(B) == 0);
  CHECK(w.count<vote_refused>(B) == 1);
}

TEST_CASE("3.4: a candidate with the votes of a majority leads, and says so at once") {
  world<5, unasked> w;
  w.expire(A, timer::election);
  w.sync(A);
  w.lose_everything();
  w.receive(A, B, vote_granted{term(1)});
  CHECK(w.state(A).is == role::candidate);
  w.receive(A, C, vote_granted{term(1)});
  REQUIRE(w.leads(A));
  w.flush(A);
  for (auto const n : {B, C, D, E}) {
    CHECK(w.count<heartbeat>(n) == 1);
    CHECK(w.count<append_entries>(n) == 1);
  }
}

TEST_CASE("3.4: a candidate recognises a leader of its term or a later one, and no other") {
  world<3, unasked> w;
  w.lay_down(A, {}, 1);
  w.expire(A, timer::election);
  w.receive(A, B, heartbeat{term(1), at(0), 0});
  CHECK(w.state(A).is == role::candidate);
  CHECK(w.state(A).leader == no_node);
  w.receive(A, B, heartbeat{term(2), at(0), 0});
  CHECK(w.state(A).is == role::follower);
  CHECK(w.state(A).leader == B);
}

TEST_CASE("3.4: when the vote is split, those who time out try again in a new term") {
  world<4, unasked> w;
  for (auto const n : {A, B}) w.expire(n, timer::election);
  w.settle_where(node_set<64>::first(4), [](packet const& p) { // A reaches C first, and B reaches D
    return !(std::holds_alternative<request_vote>(p.what) &&
             ((p.from == A && p.to == D) || (p.from == B && p.to == C)));
  });
  CHECK(!w.leads(A));
  CHECK(!w.leads(B));
  w.expire(A, timer::election);
  w.settle();
  CHECK(w.leads(A));
  CHECK(w.state(A).current_term == term(2));
}

TEST_CASE("3.4: the election timeout is drawn anew each time: a node asks for it whenever it waits again") {
  world<3, unasked> w;
  auto const election = static_cast<std::size_t>(timer::election);
  auto const before = w[A].armed[election];
  for (std::size_t i = 1; i <= 3; ++i) {
    w.expire(A, timer::election);
    CHECK(w[A].armed[election] == before + i);
  }
}

// --- 3.5 replication and the log matching property

TEST_CASE("3.5: a follower takes entries only behind one that it shares with the leader") {
  world<3> w;
  w.lay_down(B, {1, 1}, 1);
  w.receive(B, A, append(2, 3, 2, 1, 2)); // another term there
  w.receive(B, A, append(2, 4, 1, 1, 2)); // nothing there
  CHECK(w.count<rejected>() == 2);
  CHECK(w.log(B).last() == at(3));
  w.receive(B, A, append(2, 3, 1, 1, 2));
  CHECK(w.log(B).last() == at(4));
}

TEST_CASE("3.5: entries that conflict with the leader's go, and all that follow them") {
  world<3> w;
  w.lay_down(B, {1, 2, 2, 2}, 2);
  w.receive(B, A, append(3, 2, 1, 1, 3));
  CHECK(w.log(B).last() == at(3));
  CHECK(w.log(B).stamp_at(at(3)) == term(3));
}

TEST_CASE("3.5: a leader goes back until the logs agree, and then makes the follower's like its own") {
  world<3> w;
  for (auto const n : {A, C}) w.lay_down(n, {1, 1, 3, 3, 3}, 3);
  w.lay_down(B, {1, 2, 2, 2, 2, 2}, 3);
  for (int asked = 0; asked < 2 && !w.leads(A); ++asked) w.elect(A);
  REQUIRE(w.leads(A));
  CHECK(w.log(B) == w.log(A));
  CHECK(w.state(B).commit == w.log(A).last());
}

TEST_CASE("3.5: a leader never removes or replaces an entry of its own log") {
  world<3> w;
  w.elect(A);
  w.propose(A, 3);
  auto const before = w.log(A);
  w.receive(A, B, append(1, 1, 0, 1, 1)); // nobody else leads its term
  w.receive(A, B, rejected{term(1), at(2), at(1), term(0)});
  w.turn(A);
  CHECK(w.log(A) == before);
}

TEST_CASE("3.5: a follower applies what the leader says is committed, in the order of the log") {
  world<3> w;
  w.elect(A);
  w.propose(A, 2);
  w.settle();
  for (auto const n : {A, B, C}) {
    CHECK(w.state(n).commit == at(4));
    CHECK(w[n].committed == at(4));
    CHECK(!w[n].committed_fell);
  }
}

TEST_CASE("3.5: appends repeat without harm, and a silent follower is asked until it answers") {
  world<3> w;
  w.receive(B, A, append(1, 1, 0, 2, 1));
  auto const once = w.log(B);
  w.receive(B, A, append(1, 1, 0, 2, 1));
  CHECK(w.log(B) == once);

  world<3> v;
  v.elect_unheard(A);
  v.flush(A);
  for (int beat = 0; beat < 5; ++beat) {
    v.expire(A, timer::heartbeat);
    v.flush(A);
    v.lose_everything();
    v.receive(A, B, heartbeat_answer{term(1), {}, 0, v.state(A).beat});
    v.flush(A);
    CHECK(v.count<append_entries>(B) == 1);
  }
}

// --- 3.6 safety

// All inequalities: the candidate's last term and its length, below, equal to and above ours.
TEST_CASE("3.6.1: a vote goes to a log that is at least as up to date: the last terms decide, then the lengths") {
  for (std::uint64_t t = 2; t <= 4; ++t)
    for (std::uint64_t i = 3; i <= 5; ++i) {
      CAPTURE(t);
      CAPTURE(i);
      bool const expected = t > 3 || (t == 3 && i >= 4);
      world<3> w;
      w.lay_down(B, {3, 3, 3}, 4); // last: entry 4 of term 3
      w.receive(B, A, request_pre_vote{term(5), at(i), term(t)});
      CHECK((w.count<pre_vote_granted>(A) == 1) == expected);
      CHECK((w.count<pre_vote_refused>(A) == 1) == !expected);
      w.receive(B, A, request_vote{term(5), at(i), term(t)});
      w.sync(B);
      CHECK((w.count<vote_granted>(A) == 1) == expected);
      CHECK((w.count<vote_refused>(A) == 1) == !expected);
    }
}

// Figure 3.7. (a) S1 leads term 2 and gives entry 2 to S2; (b) S5 leads term 3 and has another; (c) S1 leads
// term 4 and entry 2 is on a majority; (d) S5 may still replace it, or (e) S1 commits an entry of term 4, and
// then it may not.
TEST_CASE("figure 3.7: an entry of an earlier term on a majority can be replaced, until one of the leader's "
          "term is too") {
  world<5> w;
  for (auto const n : {A, B}) w.lay_down(n, {2}, 3);
  for (auto const n : {C, D}) w.lay_down(n, {}, 3);
  w.lay_down(E, {3}, 3);
  w.elect_unheard(A, node_set<64>::first(5).without(E));
  REQUIRE(w.leads(A));
  w.lose_everything();
  w.receive(C, A, append(4, 1, 0, 1, 2)); // (c)
  w.turn(C);
  w.receive(A, B, appended{term(4), at(2), 1});
  w.hand_over(w.take<appended>());
  CHECK(w.state(A).peer(C).match == at(2));
  CHECK(w.state(A).commit == at(0));

  auto d = w;
  d.crash(A);
  for (int asked = 0; asked < 2 && !d.leads(E); ++asked) d.elect(E);
  REQUIRE(d.leads(E));
  for (auto const n : {A, B, C, D}) CHECK(d.log(n).stamp_at(at(2)) == term(3));

  auto e = w;
  for (auto const n : {B, C}) {
    e.receive(n, A, append(4, 1, 0, 1, 2));
    e.receive(n, A, append_entries{term(4), at(2), term(2), term(4), at(0), 1, entry_kind::no_op});
    e.turn(n);
    e.hand_over(e.take<appended>());
  }
  CHECK(e.state(A).commit == at(3));
  e.crash(A);
  for (int asked = 0; asked < 3; ++asked) e.elect(E);
  CHECK(!e.leads(E));
}

TEST_CASE("3.6.2: only entries of the leader's term commit by counting, and those before them with them") {
  world<3> w;
  for (auto const n : {A, B, C}) w.lay_down(n, {1, 2}, 2);
  w.elect_unheard(A);
  w.lose_everything();
  for (auto const n : {B, C}) w.receive(A, n, appended{term(3), at(3), 1}); // all of them hold 3
  CHECK(w.state(A).commit == at(0));
  w.receive(A, B, appended{term(3), at(4), 1});
  CHECK(w.state(A).commit == at(4));
}

TEST_CASE("3.6.3: a leader holds everything committed in earlier terms") {
  world<5> w;
  w.elect(A);
  w.propose(A, 2);
  auto const three = node_set<64>::of(A).with(B).with(C);
  w.settle(three);
  REQUIRE(w.state(A).commit == at(4));
  w.crash(A);
  for (auto const n : {D, E}) { // have not got it, and are not elected by any majority
    w.elect(n, node_set<64>::first(5).without(A));
    CHECK(!w.leads(n));
  }
  for (int asked = 0; asked < 2 && !w.leads(B); ++asked) w.elect(B, node_set<64>::first(5).without(A));
  CHECK(w.leads(B));
  CHECK(w.log(D) == w.log(B));
}

} // namespace
} // namespace quorate::test
