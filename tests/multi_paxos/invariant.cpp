// Each property of one Multi-Paxos node: a state in which it is broken, and what is told of it. The states in
// which they all hold are those of the walks (invariant_walk.cpp).
#include "quorate/multi_paxos/invariant.hpp"

#include "quorate/core/log_shape.hpp"
#include "support/told.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <initializer_list>
#include <string>

namespace quorate::test {
namespace {

using core = multi_paxos::node<limits<limit_values{.nodes = 3}>>;
using state = multi_paxos::node_state<core::options>;
using multi_paxos::make_ballot;
using multi_paxos::role;
using log = log_shape<16>;

constexpr node_index A{0}, B{1}, C{2};
constexpr log_index at(std::uint64_t n) { return log_index{n}; }
constexpr auto command = entry_kind::command, hole = entry_kind::hole, no_op = entry_kind::no_op;
// Ballots whose owner may lead here: A's first, then A's and B's in round 2.
constexpr stamp one = make_ballot(1, A), two = make_ballot(2, A), two_of_b = make_ballot(2, B);

struct votes {
  std::uint32_t count;
  stamp ballot;
  entry_kind kind;
};
// The founding configuration, and behind it these.
constexpr log log_of(std::initializer_list<votes> all) {
  log l;
  (void)l.put({at(1), 1, stamp{}, entry_kind::configuration}, {node_set<64>::first(3)});
  for (auto const& v : all) (void)l.put({l.last() + 1, v.count, v.ballot, v.kind});
  return l;
}
// 2 and 3 are chosen, 4 to 6 are not.
constexpr log entries() { return log_of({{2, one, command}, {3, two, command}}); }

// B follows A.
constexpr state follower() {
  state s;
  s.self = B, s.member = founder_at(B), s.leader = A;
  s.promised = s.seen = two;
  s.commit = s.marked = at(3), s.verified = at(6);
  s.in_contact = true;
  return s;
}
constexpr state leader() {
  state s;
  s.self = A, s.leader = A, s.member = founder_at(A);
  s.is = role::leader;
  s.promised = s.seen = two;
  s.commit = s.marked = s.settled = at(3);
  s.self_told = s.peer(A).match = at(6);
  for (auto const n : {B, C}) s.peer(n).next = at(7), s.peer(n).match = at(5), s.peer(n).told = at(3);
  s.readers.asked = s.readers.placed = 9;
  s.readers.last_round = 4;
  (void)s.readers.rounds.push({7, at(3), 3});
  (void)s.readers.rounds.push({9, at(3), 4});
  return s;
}
constexpr state candidate() {
  state s;
  s.self = A, s.member = founder_at(A);
  s.is = role::candidate;
  s.promised = s.seen = two;
  s.commit = s.verified = at(3);
  s.unsettled = at(6);
  return s;
}

constexpr auto becomes(log const& other) {
  return [other](state&, log& l) { l = other; };
}

template <class Bend>
std::string of(state s, Bend&& bend) {
  auto l = entries();
  if (!holds(s, l)) return "it is broken before";
  bend(s, l);
  return told([&](auto&& tell) { return holds(s, l, tell); });
}
template <class Bend>
std::string step(state const& s, Bend&& bend) {
  auto after = s;
  auto l = entries();
  if (!follows(s, l, after, l)) return "it is broken before";
  bend(after, l);
  return told([&](auto&& tell) { return follows(s, entries(), after, l, tell); });
}

TEST_CASE("what is chosen, and votes") {
  CHECK(of(follower(), [](state& s, log&) { s.commit = at(7); }) ==
        "what is chosen is in the log: node B knows to be chosen up to 7, and its log ends at 6");
  CHECK(of(follower(), [](state&, log& l) { l.compact(at(4)); }) ==
        "only what is chosen is compacted: node B has compacted up to 4, and knows to be chosen up to 3");
  CHECK(of(follower(), becomes(log_of({{1, one, command}, {1, {}, hole}, {3, two, command}}))) ==
        "what is chosen has no hole: node B knows to be chosen up to 3, and lacks slot 3");
  CHECK(of(follower(), [](state& s, log&) { s.seen = one; }) ==
        "nothing is promised that nobody spoke of: node B has promised ballot 2.A, and seen up to 1.A");
  CHECK(of(follower(), [](state& s, log&) { s.marked = at(4); }) ==
        "what was written to be chosen is: node B has written that up to 4 is chosen, and knows it up to 3");
  CHECK(of(follower(), [](state& s, log&) { s.promised = one; }) ==
        "no vote is above the promise: node B has voted in slot 4 at ballot 2.A, and promised 1.A");
  CHECK(of(follower(), becomes(log_of({{2, one, command}, {3, two, command}, {1, one, hole}}))) ==
        "a slot has a ballot if and only if somebody has voted there: node B has in slot 7 a hole of ballot 1.A");
  CHECK(of(follower(), becomes(log_of({{1, one, command}, {1, {}, command}, {3, two, command}}))) ==
        "a slot has a ballot if and only if somebody has voted there: node B has in slot 3 a vote at ballot none");
}

TEST_CASE("roles") {
  CHECK(of(candidate(), [](state& s, log&) { s.promised = s.seen = two_of_b; }) ==
        "who campaigns or leads owns the ballot that it has promised: node A is candidate, and has promised "
        "ballot 2.B");
  CHECK(of(candidate(), [](state& s, log&) { s.leader = B; }) ==
        "a candidate knows no leader of its ballot: node A is candidate of ballot 2.A, and knows its leader: B");
  CHECK(of(follower(), [](state& s, log&) { s.leader = C; }) ==
        "who leads a ballot owns it: node B names C as leader of ballot 2.A");
  CHECK(of(leader(), [](state& s, log&) { s.leader = {}; }) ==
        "who leads names itself, and who does not never does: node A is leader of ballot 2.A, and names as leader "
        "nobody");
  CHECK(of(follower(), [](state& s, log&) { s.canvassing = true; }) ==
        "who canvasses neither campaigns nor leads, and knows no leader: node B is follower, knows as leader A, "
        "and canvasses");
  CHECK(of(follower(), [](state& s, log&) { s.leader = {}; }) ==
        "contact is a follower's, with a leader that it knows: node B is follower, knows as leader nobody, and is "
        "in contact");
  CHECK(of(candidate(),
           [](state& s, log&) {
             (void)s.owed.push_back({at(4), 1, 0});
           }) ==
        "what is owed is owed to a leader that is known: node A is candidate, knows as leader nobody, and owes "
        "acknowledgements");
}

TEST_CASE("what is verified and settled") {
  CHECK(of(follower(), [](state& s, log&) { s.verified = at(7); }) ==
        "a node that does not lead has verified what is chosen, and no more than it holds: node B has verified up "
        "to 7, knows to be chosen up to 3, and holds up to 6");
  CHECK(of(follower(), [](state& s, log&) { s.verified = at(2); }) ==
        "a node that does not lead has verified what is chosen, and no more than it holds: node B has verified up "
        "to 2, knows to be chosen up to 3, and holds up to 6");
  CHECK(of(follower(), becomes(log_of({{3, one, command}, {2, two, command}}))) ==
        "what is verified is a vote of the ballot that is promised: node B has verified up to 6, and in slot 4 a "
        "vote at ballot 1.A, and promised 2.A");
  CHECK(of(candidate(), [](state& s, log&) { s.unsettled = at(3); }) ==
        "a candidate settles behind what is chosen, in its log: candidate A settles slot 3, knows to be chosen up "
        "to 3, and its log ends at 6");
  CHECK(of(candidate(), [](state& s, log&) { s.unsettled = at(8); }) ==
        "a candidate settles behind what is chosen, in its log: candidate A settles slot 8, knows to be chosen up "
        "to 3, and its log ends at 6");
  CHECK(of(leader(), [](state& s, log&) { s.settled = at(7); }) ==
        "what phase 1 found is in the leader's log: leader A has settled up to 7, and its log ends at 6");
  CHECK(of(leader(), becomes(log_of({{2, one, command}, {2, two, command}, {1, one, no_op}}))) ==
        "what is settled and not chosen stands in the log at the ballot: leader A of ballot 2.A has settled slot "
        "6, and holds it at ballot 1.A");
}

TEST_CASE("what a leader knows of its peers, and rounds of reads") {
  CHECK(of(leader(), [](state& s, log&) { s.peer(C).match = at(7); }) ==
        "a leader counts on nothing above its own log: leader A has of C match 7, apart 0, sends it 7 next, and "
        "its log ends at 6");
  CHECK(of(leader(), [](state& s, log&) { s.peer(B).told = at(4); }) ==
        "a leader tells no peer of more than is chosen: leader A has told B of 4, and knows to be chosen up to 3");
  CHECK(of(leader(), [](state& s, log&) { s.peer(B).in_flight = 17; }) ==
        "a peer's window is not exceeded: leader A has sent B 17 accepts, and the window is 16");
  CHECK(of(leader(), [](state& s, log&) { s.peer(B).round = 5; }) ==
        "a peer answers rounds of reads that were asked: leader A has of B an answer to round 5, and the last is "
        "4");
  CHECK(of(leader(), [](state& s, log&) { s.self_told = at(7); }) ==
        "a leader counts on nothing above its own log: leader A has of itself match 6, apart 0, told itself 7, "
        "and its log ends at 6");
  CHECK(of(leader(), [](state& s, log&) { s.readers.placed = 10; }) ==
        "reads are placed that were asked: node A has placed 10 reads of 9");
  CHECK(of(leader(), [](state& s, log&) { s.readers.rounds[0].index = at(2); }) ==
        "reads are of what is chosen, and of all that phase 1 found: leader A has round 3 of reads at slot 2, "
        "knows to be chosen up to 3, and has settled up to 3");
  CHECK(of(leader(), [](state& s, log&) { s.readers.rounds[1].upto = 10; }) ==
        "a round has reads that were placed, and was begun: leader A has round 4 of 4 up to read 10 of 9 placed");
  CHECK(of(leader(), [](state& s, log&) { s.readers.rounds[1].upto = 7; }) ==
        "rounds of reads rise: leader A has round 4 up to read 7 behind round 3 up to read 7");
  CHECK(of(follower(), [](state& s, log&) { s.readers.asked = 2; }) ==
        "nobody but a leader has reads that wait: node B is follower, and has 0 rounds, and 2 reads that wait for "
        "one");
}

TEST_CASE("steps: promises, roles, what is known") {
  CHECK(step(follower(), [](state& s, log&) { s.promised = one; }) ==
        "the promise never falls, nor what was seen: node B has promised ballot 1.A and seen 2.A, and had "
        "promised 2.A and seen 2.A");
  CHECK(step(follower(), [](state& s, log&) { s.marked = at(2); }) ==
        "what is known to be chosen never shrinks: node B knows it up to 3 and has written 2, and knew it up to 3 "
        "and had written 3");
  CHECK(step(follower(), [](state& s, log&) { s.is = role::leader; }) ==
        "only a candidate becomes leader, of the ballot that it campaigned for: node B leads ballot 2.A, and was "
        "follower of ballot 2.A");
  CHECK(step(follower(), [](state& s, log&) { s.is = role::candidate; }) ==
        "a candidacy begins with a ballot that is above all that was promised: node B is candidate of ballot 2.A, "
        "and was follower of ballot 2.A");
  CHECK(step(candidate(), [](state& s, log&) { s.unsettled = at(5); }) ==
        "a candidate settles slot by slot and never goes back: candidate A settles slot 5, and was at 6");
  CHECK(step(leader(), [](state& s, log&) { s.peer(C).match = at(4); }) ==
        "a match never falls while its ballot is led: leader A has of C match 4, and had 5");
  CHECK(step(follower(), [](state& s, log&) { s.verified = at(5); }) ==
        "what was verified of a leader's log stays verified while it is followed: node B has verified up to 5 of "
        "the log of A, and had up to 6");
}

TEST_CASE("steps: what becomes of votes") {
  CHECK(step(follower(), [](state&, log& l) { l.truncate(at(6)); }) ==
        "a vote is never removed: node B has a log that ends at 5, and it ended at 6");
  CHECK(step(follower(), becomes(log_of({{2, one, command}, {2, two, command}, {1, one, no_op}}))) ==
        "a vote is replaced by votes of higher ballots only: node B has in slot 6 a no-op of ballot 1.A, and had "
        "a command of ballot 2.A");
  CHECK(step(follower(), becomes(log_of({{1, one, command}, {4, two, command}}))) ==
        "what is chosen is not written again: node B has in slot 3 a command of ballot 2.A, and had a command of "
        "ballot 1.A");
  CHECK(step(leader(),
             [](state&, log& l) {
               l = log_of({{2, one, command}, {2, two, command}, {1, make_ballot(3, A), no_op}});
             }) == "a leader only adds, behind what it has: node A has in slot 6 a no-op of ballot 3.A, and had a "
                   "command of ballot 2.A");
  // What is compacted is not known any more, and no breach.
  CHECK(step(follower(), [](state&, log& l) { l.compact(at(6)); }) == "nothing");
}

// All of it is there for the compiler, too.
static_assert(holds(leader(), entries()) && follows(candidate(), entries(), candidate(), entries()));
static_assert([] {
  auto s = follower();
  s.marked = at(4);
  breach b;
  return !holds(s, entries(), b) &&
         text(b).view() == "node B has written that up to 4 is chosen, and knows it up to 3";
}());

} // namespace
} // namespace quorate::test
