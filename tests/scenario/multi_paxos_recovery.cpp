// Scenarios P19, P31 to P33, P36 on a log of slots: what is proposed where others have left something open, and
// who may say that it is chosen.
#include "support/dice.hpp"
#include "support/multi_paxos_world.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace quorate::test {
namespace {

using namespace multi_paxos;

constexpr std::uint64_t all3 = world<3>::config;
constexpr std::uint64_t all5 = world<5>::config;

TEST_CASE("P19: what may have been said of a slot at a ballot is all that is ever said of it there") {
  world<3> w;
  w.elect(A);
  auto const b = w.state(A).promised;
  w.propose(A);
  w.flush(A);
  auto const said = w.take<accept>(B); // is it lost, or late? A can't tell
  w.lose_everything();
  w.propose(A); // the next request has a slot of its own
  CHECK(w[A].proposed.back().first == at(3));
  w.elect_unheard(A, node_set<64>::of(A).with(C)); // and the next term of office a ballot of its own
  REQUIRE(w.leads(A));
  CHECK(w.state(A).promised > b);
  w.hand_over(said);
  REQUIRE(w.log(B)[at(2)].voted == b);
  CHECK(w.log(A)[at(2)].voted > b);
  CHECK(w.log(A)[at(2)].what == w.log(B)[at(2)].what);
}

// B holds a vote of C's, which C itself has lost; A and C recover the slot at the same time, and only one of them
// may hear of it.
TEST_CASE("P31: two that recover one gap do it at ballots of their own, and end with one value in it") {
  world<3> start;
  start.elect(C);
  start.propose(C);
  start.flush(C);
  auto const some = start.take<accept>(B);
  start.lose_everything();
  start.hand_over(some);
  start.turn(B);
  start.lose_everything();
  start.crash(C);
  for (auto const n : {A, B}) start.lose_contact(n);
  for (auto const n : {A, C}) {
    start.expire(n, timer::election);
    start.receive(n, B, canvass_granted{ballot(2, n), all3});
    REQUIRE(start.state(n).is == role::candidate);
    CHECK(start.state(n).promised == ballot(2, n));
  }
  auto const heard = start.log(B)[at(2)].what;
  std::size_t kept = 0, replaced = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    auto w = start;
    dice random{seed};
    auto const passes = [&](packet const&) { return random(3) != 0; };
    std::optional<value> chosen{};
    for (int i = 0; i < 6; ++i) {
      w.settle_where(w.everybody().voters, passes);
      for (auto const n : {A, B, C}) {
        if (w.leads(n)) w.propose(n); // where it has found nothing, something else
        if (w.state(n).commit < at(2)) continue;
        if (!chosen) chosen = w.log(n)[at(2)].what;
        CHECK(w.log(n)[at(2)].what == *chosen);
      }
      if (i > 1) w.elect(i % 2 == 0 ? A : C);
    }
    REQUIRE(chosen);
    ++(*chosen == heard ? kept : replaced);
  }
  CHECK(kept > 0);
  CHECK(replaced > 0); // which is right as well: it was not chosen
}

// v@1 of a leader that only its own disk has heard of; a conditional command of the next leader, which changes
// nothing, is a command all the same.
TEST_CASE("P32: a command whose condition fails takes a slot: what was left open there can't come later") {
  world<3> w;
  w.elect(A);
  w.propose(A);
  w.turn(A);
  w.lose_everything();
  auto const open = w.log(A)[at(2)].what;
  auto const two = node_set<64>::of(B).with(C);
  w.elect(B, two);
  REQUIRE(w.leads(B));
  w.propose(B);
  w.settle_where(two, [](packet const& p) { return !std::holds_alternative<heartbeat>(p.what); });
  REQUIRE(w.state(C).commit == at(1)); // it has voted, and does not know more
  auto const answered = w.log(B)[at(2)].what;
  REQUIRE(w.state(B).commit == at(2));
  REQUIRE(answered != open);
  w.elect(A, node_set<64>::of(A).with(C)); // who hears its own vote and C's
  for (int i = 0; i < 3 && !w.leads(A); ++i) w.elect(A, node_set<64>::of(A).with(C));
  REQUIRE(w.leads(A));
  CHECK(w.state(A).commit >= at(2));
  CHECK(w.log(A)[at(2)].what == answered);
  for (auto i = at(2); i <= w.log(A).last(); i = i + 1) CHECK(w.log(A)[i].what != open);
}

TEST_CASE("P33: what is chosen is proposed again in its own slot only, and by nobody who knows that it is") {
  world<3> w;
  w.elect(A);
  w.propose(A);
  w.turn(A);
  auto const some = w.take<accept>(B);
  w.lose_everything();
  w.hand_over(some);
  w.turn(B); // chosen, by A and B, who do not know
  w.lose_everything();
  auto const chosen = w.log(A)[at(2)].what;
  for (auto const n : {C, B, A, C}) {
    for (int i = 0; i < 3 && !w.leads(n); ++i) w.elect_unheard(n);
    REQUIRE(w.leads(n));
    CHECK(w.log(n).last() == at(2));
    CHECK(w.log(n)[at(2)].what == chosen);
  }
  for (int i = 0; i < 3; ++i) w.expire(C, timer::heartbeat), w.settle();
  for (auto const n : {A, B, C}) REQUIRE(w.state(n).commit == at(2)); // now all know
  stamp const voted[] = {w.log(A)[at(2)].voted, w.log(B)[at(2)].voted, w.log(C)[at(2)].voted};
  for (auto const n : {A, B, C}) {
    for (int i = 0; i < 3 && !w.leads(n); ++i) w.elect(n);
    REQUIRE(w.leads(n));
    for (auto const m : {A, B, C}) {
      CHECK(w.log(m).last() == at(2));
      CHECK(w.log(m)[at(2)].voted == voted[m.value]);
    }
  }
}

TEST_CASE("P36: what is chosen the votes of a quorum tell, and the ballot's owner: nobody else's word counts") {
  world<5> w;
  w.elect(A);
  w.propose(A);
  w.turn(A);
  auto const b = w.state(A).promised;
  auto const some = w.take<accept>(B);
  w.lose_everything();
  w.receive(A, B, accepted{b, at(2), all5, 1, 1}); // one vote, and no words make it more
  for (auto const n : {B, C, D, E}) {
    w.receive(A, n, heartbeat_answer{b, at(2), 0, all5, w.state(A).beat});
    w.receive(A, n, heartbeat_answer{b, at(9), 0, all5, w.state(A).beat});
  }
  w.receive(A, C, heartbeat{b, at(2), 0, all5});
  CHECK(w.state(A).commit == at(1));

  w.hand_over(some);
  REQUIRE(w.state(B).verified == at(2));
  for (auto const n : {C, D, E, B}) { // none of whom leads
    w.receive(B, n, heartbeat{b, at(2), 0, all5});
    w.receive(B, n, accept{b, b, at(2), at(2), all5, 1, entry_kind::command}, some.payload);
    w.receive(B, n, promise{b, at(2), at(3), at(2), stamp{}, 0, {}, all5});
  }
  CHECK(w.state(B).commit == at(1));
  w.receive(B, A, heartbeat{b, at(2), 0, all5});
  CHECK(w.state(B).commit == at(2));
}

} // namespace
} // namespace quorate::test
