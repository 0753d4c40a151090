// Each property of one Raft node: a state in which it is broken, and what is told of it. The states in which they
// all hold are those of the walks (invariant_walk.cpp).
#include "quorate/raft/invariant.hpp"

#include "quorate/core/log_shape.hpp"
#include "support/told.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

namespace quorate::test {
namespace {

using core = raft::node<limits<limit_values{.nodes = 3}>>;
using state = raft::node_state<core::options>;
using log = log_shape<16>;
using raft::role;

constexpr node_index A{0}, B{1};
constexpr log_index at(std::uint64_t n) { return log_index{n}; }
constexpr term_id term(std::uint64_t n) { return term_id{n}; }

// Entries up to 4 are of term 1, then up to 6 of term 2.
constexpr log entries() {
  log l;
  (void)l.put({at(1), 1, term(1), entry_kind::configuration}, {node_set<64>::first(3)});
  (void)l.put({at(2), 3, term(1), entry_kind::command});
  (void)l.put({at(5), 2, term(2), entry_kind::command});
  return l;
}

// B follows A in term 2.
constexpr state follower() {
  state s;
  s.self = B, s.member = founder_at(B);
  s.current_term = term(2);
  s.commit = at(3), s.verified = at(6);
  s.leader = A, s.voted_for = founder_at(A);
  s.in_contact = true;
  return s;
}

// A leads term 2.
constexpr state leader() {
  state s;
  s.self = A, s.leader = A, s.member = s.voted_for = founder_at(A);
  s.is = role::leader;
  s.current_term = term(2);
  s.commit = at(5), s.self_told = at(6);
  s.peer(A).match = at(6);
  for (std::uint8_t n = 1; n < 3; ++n) {
    auto& p = s.peer(node_index{n});
    p.next = at(6), p.match = p.told = at(5), p.round = 3;
  }
  s.readers.asked = s.readers.placed = 9;
  s.readers.last_round = 4;
  (void)s.readers.rounds.push({7, at(4), 3});
  (void)s.readers.rounds.push({9, at(5), 4});
  return s;
}

constexpr state candidate() {
  auto s = leader();
  s.is = role::candidate;
  s.leader = {};
  s.readers = {};
  return s;
}

// Told of a state that was sound before `bend`.
template <class Bend>
std::string of(state s, Bend&& bend) {
  auto l = entries();
  if (!holds(s, l)) return "it is broken before";
  bend(s, l);
  return told([&](auto&& tell) { return holds(s, l, tell); });
}
// Told of a step from s that changes what `bend` changes.
template <class Bend>
std::string step(state const& s, Bend&& bend) {
  auto after = s;
  auto l = entries();
  if (!follows(s, l, after, l)) return "it is broken before";
  bend(after, l);
  return told([&](auto&& tell) { return follows(s, entries(), after, l, tell); });
}

TEST_CASE("log and commit") {
  CHECK(of(follower(), [](state& s, log&) { s.commit = at(7); }) ==
        "what is committed is in the log: node B has committed up to 7, and its log ends at 6");
  CHECK(of(follower(), [](state&, log& l) { l.compact(at(4)); }) ==
        "only what is committed is compacted: node B has compacted up to 4, and committed up to 3");
  CHECK(of(follower(), [](state& s, log&) { s.current_term = term(1); }) ==
        "no entry is of a term that the node has not reached: node B is in term 1, and its last entry, 6, is of "
        "term 2");
  CHECK(of(follower(), [](state& s, log&) { s.verified = at(7); }) ==
        "a follower has verified no more than it holds: node B has verified up to 7, and holds up to 6");
}

TEST_CASE("roles") {
  CHECK(of(candidate(), [](state& s, log&) { s.voted_for = founder_at(B); }) ==
        "who campaigns or leads has voted for itself in that term: node A is candidate of term 2, and has voted "
        "for B");
  CHECK(of(candidate(), [](state& s, log&) { s.leader = B; }) ==
        "a candidate knows no leader of its term: node A is candidate of term 2, and knows its leader: B");
  CHECK(of(leader(), [](state& s, log&) { s.leader = {}; }) ==
        "who leads names itself, and who does not never does: node A is leader of term 2, and names as leader "
        "nobody");
  CHECK(of(follower(), [](state& s, log&) { s.leader = B; }) ==
        "who leads names itself, and who does not never does: node B is follower of term 2, and names as leader "
        "B");
  CHECK(of(leader(), [](state& s, log&) { s.granted = s.granted.with(A).with(B); }) ==
        "only candidates gather votes: node A is leader, and has votes of {A, B}");
  CHECK(of(follower(), [](state& s, log&) { s.pre.under_way = true; }) ==
        "pre-votes are asked for by followers that know no leader: node B is follower, knows as leader A, and "
        "asks for pre-votes");
  CHECK(of(candidate(), [](state& s, log&) { s.pre.under_way = true; }) ==
        "pre-votes are asked for by followers that know no leader: node A is candidate, knows as leader nobody, "
        "and asks for pre-votes");
  CHECK(of(follower(), [](state& s, log&) { s.leader = {}; }) ==
        "contact is a follower's, with a leader that it knows: node B is follower, knows as leader nobody, and is "
        "in contact");
}

TEST_CASE("what a leader knows of its peers") {
  CHECK(of(leader(), [](state& s, log&) { s.peer(B).match = at(6); }) ==
        "a leader sends what comes above a peer's match: leader A sends B entry 6 next, and its match is 6");
  CHECK(of(leader(), [](state& s, log&) { s.peer(node_index{2}).next = at(8); }) ==
        "a leader knows of no match above its own log: leader A sends C entry 8 next, and its log ends at 6");
  CHECK(of(leader(), [](state& s, log&) { s.peer(B).told = at(6); }) ==
        "a leader tells no peer of a commit above its own: leader A has told B of commit 6, and has committed up "
        "to 5");
  CHECK(of(leader(), [](state& s, log&) { s.peer(B).round = 5; }) ==
        "a peer answers rounds of reads that were asked: leader A has of B an answer to round 5, and the last is "
        "4");
  CHECK(of(leader(), [](state& s, log&) { s.self_told = at(7); }) ==
        "a leader's own match is told to itself, and in its log: leader A has match 6, told itself 7, and its log "
        "ends at 6");
  CHECK(of(leader(), [](state& s, log&) { s.self_told = at(5); }) ==
        "a leader's own match is told to itself, and in its log: leader A has match 6, told itself 5, and its log "
        "ends at 6");
}

TEST_CASE("rounds of reads") {
  CHECK(of(leader(), [](state& s, log&) { s.readers.placed = 10; }) ==
        "reads are placed that were asked: node A has placed 10 reads of 9");
  CHECK(of(leader(), [](state& s, log&) { s.readers.rounds[1].index = at(6); }) ==
        "reads are of what is committed: leader A has round 4 of reads at index 6, and has committed up to 5");
  CHECK(of(leader(), [](state& s, log&) { s.readers.rounds[1].upto = 10; }) ==
        "a round has reads that were placed, and was begun: leader A has round 4 of 4 up to read 10 of 9 placed");
  CHECK(of(leader(), [](state& s, log&) { s.readers.rounds[1].round = 5; }) ==
        "a round has reads that were placed, and was begun: leader A has round 5 of 4 up to read 9 of 9 placed");
  CHECK(of(leader(), [](state& s, log&) { s.readers.rounds[1].round = 3; }) ==
        "rounds of reads rise: leader A has round 3 up to read 9 behind round 3 up to read 7");
  CHECK(of(leader(), [](state& s, log&) { s.readers.rounds[1].upto = 7; }) ==
        "rounds of reads rise: leader A has round 4 up to read 7 behind round 3 up to read 7");
  CHECK(of(follower(), [](state& s, log&) { s.readers.asked = 2; }) ==
        "nobody but a leader has reads that wait: node B is follower, and has 0 rounds, and 2 reads that wait for "
        "one");
}

TEST_CASE("steps: term, vote, leader, commit") {
  CHECK(step(follower(), [](state& s, log&) { s.current_term = term(1); }) ==
        "the term never falls: node B is in term 1, and was in term 2");
  CHECK(step(follower(), [](state& s, log&) { s.voted_for = founder_at(B); }) ==
        "a vote, once given, stands for the rest of the term: node B votes in term 2 for B, and has voted for A");
  CHECK(step(follower(), [](state& s, log&) { s.voted_for = no_member; }) ==
        "a vote, once given, stands for the rest of the term: node B votes in term 2 for nobody, and has voted "
        "for A");
  CHECK(step(follower(), [](state& s, log&) { s.leader = B; }) ==
        "a node may forget who leads a term, and never names another: node B names B as leader of term 2, and has "
        "named A");
  CHECK(step(follower(), [](state& s, log&) { s.is = role::leader; }) ==
        "only a candidate becomes leader, in the term that it campaigned in: node B leads term 2, and was "
        "follower of term 2");
  CHECK(step(candidate(), [](state& s, log&) { s.is = role::leader, s.current_term = term(3); }) ==
        "only a candidate becomes leader, in the term that it campaigned in: node A leads term 3, and was "
        "candidate of term 2");
  CHECK(step(follower(), [](state& s, log&) { s.commit = at(2); }) ==
        "the commit index never falls: node B has committed up to 2, and had up to 3");
  CHECK(step(follower(), [](state& s, log&) { s.verified = at(4); }) ==
        "what a follower has verified never shrinks while its term lasts: node B has verified up to 4 in term 2, "
        "and had up to 6");
}

TEST_CASE("steps: a leader's, and what becomes of entries") {
  auto early = leader();
  early.commit = at(3);
  CHECK(step(early, [](state& s, log&) { s.commit = at(4); }) ==
        "a leader commits by counting only entries of its own term: leader A of term 2 commits up to 4, an entry "
        "of term 1");
  CHECK(step(leader(), [](state& s, log&) { s.peer(B).match = at(4); }) ==
        "a match never falls while its term lasts: leader A has of B match 4, and had 5");
  CHECK(step(leader(), [](state& s, log&) { s.peer(A).match = at(4); }) ==
        "a match never falls while its term lasts: leader A has of A match 4, and had 6");
  CHECK(step(leader(), [](state&, log& l) { l.truncate(at(6)); }) ==
        "a leader only appends: node A lacks entry 6: its log ends at 5, and ended at 6");
  CHECK(step(follower(),
             [](state&, log& l) {
               l.truncate(at(3));
               (void)l.put({at(3), 2, term(2), entry_kind::command});
             }) ==
        "what is committed is not removed, and not replaced: node B has at 3 an entry of term 2, and had "
        "one of term 1");
  // What is compacted is not known any more, and no breach.
  CHECK(step(follower(), [](state&, log& l) { l.compact(at(6)); }) == "nothing");
}

// All of it is there for the compiler, too.
static_assert(holds(leader(), entries()) && follows(candidate(), entries(), candidate(), entries()));
static_assert([] {
  auto s = follower();
  s.verified = at(9);
  breach b;
  return !holds(s, entries(), b) && text(b).view() == "node B has verified up to 9, and holds up to 6";
}());

} // namespace
} // namespace quorate::test
