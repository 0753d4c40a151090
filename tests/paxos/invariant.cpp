// Each property of one role of Paxos: a state in which it is broken, and what is told of it. The states in which
// they all hold are those of the walks (invariant_walk.cpp).
#include "quorate/paxos/invariant.hpp"

#include "support/told.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace quorate::test {
namespace {

using options = paxos::acceptor<std::uint64_t, limits<limit_values{.nodes = 3}>>::options;
using acceptor = paxos::acceptor_state<options>;
using proposer = paxos::proposer_state<options>;
using learner = paxos::learner_state<options>;
using paxos::phase;

constexpr node_index A{0}, B{1};
constexpr auto three = options::nodes::first(3);
constexpr ballot one = ballot_at(1, A), two = ballot_at(2, A), three_of_b = ballot_at(3, B);

constexpr acceptor voted() {
  acceptor s;
  s.kept = {two, {two, 7}};
  return s;
}
// A asks for votes for 7, which was voted for at its first ballot.
constexpr proposer accepting() {
  proposer s;
  s.self = A;
  s.acceptors = s.learners = three;
  s.floor = s.used = 2;
  s.heard = 1;
  s.wanted = 5;
  s.now.at = two;
  s.now.is = phase::accepting;
  s.now.best = {one, 7};
  s.now.value = 7;
  return s;
}
constexpr learner counting() {
  learner s;
  s.self = B;
  s.acceptors = three;
  (void)s.tallies.push_back({{one, 7}, options::nodes::of(A)});
  (void)s.tallies.push_back({{two, 7}, options::nodes::of(B)});
  return s;
}

template <class State, class Bend>
std::string of(State s, Bend&& bend) {
  if (!holds(s)) return "it is broken before";
  bend(s);
  return told([&](auto&& tell) { return holds(s, tell); });
}
template <class State, class Bend>
std::string step(State const& s, Bend&& bend) {
  auto after = s;
  if (!follows(s, after)) return "it is broken before";
  bend(after);
  return told([&](auto&& tell) { return follows(s, after, tell); });
}

TEST_CASE("an acceptor") {
  CHECK(of(voted(), [](acceptor& s) { s.kept.promised = one; }) ==
        "what was accepted was promised: an acceptor has accepted at ballot 2.A, and promised 1.A");
  CHECK(step(voted(), [](acceptor& s) { s.kept.promised = one; }) ==
        "the promise never falls, and neither does the ballot of the vote: an acceptor has promised ballot 1.A "
        "and accepted at 2.A, and had promised 2.A and accepted at 2.A");
  auto promised = voted();
  promised.kept.promised = three_of_b;
  CHECK(step(promised, [](acceptor& s) { s.kept.voted.at = ballot_at(2, B); }) ==
        "a new vote is at a ballot not below what was promised: an acceptor accepts at ballot 2.B, and had "
        "promised 3.B");
  CHECK(step(voted(), [](acceptor& s) { s.kept.voted.value = 9; }) ==
        "an acceptor votes at one ballot for one value: it votes at ballot 2.A for 9, and has voted for 7");
}

TEST_CASE("a proposer") {
  CHECK(of(accepting(), [](proposer& s) { s.floor = 1; }) ==
        "a proposer uses no round above the floor that it wrote: proposer A has used round 2, and written floor "
        "1");
  CHECK(of(accepting(), [](proposer& s) { s.now.at = ballot_at(2, B); }) ==
        "a proposer works at its own ballots, at the last that it used: proposer A works at ballot 2.B, and has "
        "used round 2");
  CHECK(of(accepting(),
           [](proposer& s) {
             s.acceptors = options::nodes::of(A);
             s.now.answered = s.now.answered.with(A).with(B);
           }) == "only acceptors answer or refuse: proposer A has answers of {A, B} and refusals of {}, and the "
                 "acceptors are {A}");
  CHECK(of(accepting(), [](proposer& s) { s.now.best.at = two; }) ==
        "what acceptors have accepted is below the ballot that they promise: proposer A works at ballot 2.A, and "
        "was told of a vote at 2.A");
  CHECK(of(accepting(), [](proposer& s) { s.now.value = 5; }) ==
        "what may have been chosen already is what is proposed: proposer A proposes 5 at ballot 2.A, and not 7, "
        "and the highest vote that it was told of is of ballot 1.A");
  CHECK(step(accepting(), [](proposer& s) { s.heard = 0; }) ==
        "neither the floor falls nor what was used or heard of: proposer A has floor 2, used 2, heard 0, and had "
        "floor 2, used 2, heard 1");
  CHECK(step(accepting(), [](proposer& s) { s.now.at = one; }) ==
        "a ballot, once left, is never taken up again: proposer A works at ballot 1.A, and has worked at 2.A");
  CHECK(step(accepting(), [](proposer& s) { s.now.is = phase::preparing; }) ==
        "at one ballot the phases go forward: proposer A is preparing at ballot 2.A, and was accepting");
  CHECK(step(accepting(), [](proposer& s) { s.now.value = 9; }) ==
        "at one ballot one value is proposed: proposer A proposes 9 at ballot 2.A, and has proposed 7");
  auto done = accepting();
  done.now.is = phase::done;
  CHECK(step(done, [](proposer& s) { s.now.value = 9; }) ==
        "what is decided stays: proposer A is done at ballot 2.A with 9, and had decided 7 at 2.A");
}

TEST_CASE("a learner") {
  CHECK(of(counting(),
           [](learner& s) {
             s.known = {two, 7};
           }) ==
        "no tally is left when the value is known: learner B knows the value of ballot 2.A, and has 2 tallies");
  CHECK(of(counting(), [](learner& s) { s.acceptors = options::nodes::of(A); }) ==
        "every tally has a ballot and votes, all of acceptors: learner B has a tally of ballot 2.A with votes of "
        "{B}, and the acceptors are {A}");
  CHECK(of(counting(), [](learner& s) { s.tallies[1].of.at = one; }) ==
        "no two tallies are of one ballot: learner B has two of ballot 1.A");
  CHECK(of(counting(), [](learner& s) { s.tallies[1].voters.insert(A); }) ==
        "no tally is a quorum's that has not been noticed: learner B has votes at ballot 2.A of {A, B}, and does "
        "not know the value");
  learner knowing;
  knowing.self = B;
  knowing.known = {two, 7};
  CHECK(step(knowing, [](learner& s) { s.known.value = 9; }) ==
        "what is known stays: learner B knows 9 of ballot 2.A, and knew 7 of 2.A");
}

struct pair {
  int x = 0, y = 0;
  friend constexpr bool operator==(pair const&, pair const&) = default;
};

TEST_CASE("of a node the role tells whose property it is; of a value without a word: that it is one") {
  using whole = paxos::node<paxos::acceptor<pair>, paxos::proposer<pair>>;
  whole const before{A, paxos::roster::of(3), {{two, {two, {1, 2}}}, {2}}};
  whole const after{A, paxos::roster::of(3), {{two, {two, {2, 1}}}, {2}}};
  CHECK(told([&](auto&& tell) { return holds(before, tell); }) == "nothing");
  CHECK(told([&](auto&& tell) { return follows(before, after, tell); }) ==
        "an acceptor votes at one ballot for one value: it votes at ballot 2.A for a value, and has voted for a "
        "value");
  whole const less{A, paxos::roster::of(3), {{two, {two, {1, 2}}}, {1}}};
  CHECK(told([&](auto&& tell) { return follows(before, less, tell); }) ==
        "neither the floor falls nor what was used or heard of: proposer A has floor 1, used 1, heard 0, and had "
        "floor 2, used 2, heard 0");
}

// All of it is there for the compiler, too.
static_assert(holds(voted()) && holds(accepting()) && holds(counting()) && follows(accepting(), accepting()));
static_assert([] {
  breach b;
  auto s = accepting();
  s.floor = 1;
  return !holds(s, b) && std::string_view{text(b).view()} == "proposer A has used round 2, and written floor 1";
}());

} // namespace
} // namespace quorate::test
