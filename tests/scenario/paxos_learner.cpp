// Learners: when a value is chosen, and whose word for it counts.
#include "support/paxos_world.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <variant>

namespace quorate::test {
namespace {

using namespace paxos;

constexpr ballot at(std::uint64_t round, node_index owner) { return ballot_at(round, owner); }

TEST_CASE("P35: a value is chosen by a quorum of one ballot: votes at several are not counted together") {
  paxos_world<3> w; // C learns, and takes part in everything
  number const v = 1, other = 2;
  w.receive(A, A, accept<number>{at(1, A), v});     // the first proposer reaches A only
  w.receive(C, B, accept<number>{at(2, B), other}); // the second has heard B and C, and reaches C only
  w.receive(B, C, accept<number>{at(3, C), v});     // the third has heard A and B, adopts v, reaches B only
  for (auto const n : {A, B, C}) w.sync_all(n);
  for (std::size_t i = w.in_flight(); i > 0; --i) w.deliver(0); // every vote to everybody
  for (auto const n : {A, B, C}) CHECK(w[n].lessons == 0);

  w.propose(A, 9); // the fourth hears A and C, adopts what C has, and that may be chosen
  auto const two = node_set<64>{}.with(A).with(C);
  w.settle(two);
  w.expire(A, timer::backoff); // C had promised more
  w.settle(two);
  CHECK(w[A].decided.value == other);
  CHECK(w[C].learned.value == other);
}

TEST_CASE("P35: a vote that is seen at a higher ballot erases no quorum at a lower one") {
  paxos_world<3> w;
  w.receive(C, A, accepted<number>{at(1, A), 1});
  w.receive(C, A, accepted<number>{at(2, B), 1});
  w.receive(C, B, accepted<number>{at(1, A), 1});
  CHECK(w[C].learned == vote<number>{at(1, A), 1});
}

TEST_CASE("P35: a proposer counts the votes of its own ballot only") {
  paxos_world<5> w;
  w.propose(A, 7);
  for (auto const n : {B, C, D}) w.receive(A, n, promise<number>{at(1, A), {}});
  w.sync_all(A); // its own vote
  for (auto const n : {B, D}) w.receive(A, n, accepted<number>{at(2, B), 7});
  w.receive(A, C, accepted<number>{at(1, A), 7});
  CHECK(w[A].decisions == 0);
  w.receive(A, B, refused{at(1, A), at(3, B)});
  w.expire(A, timer::backoff);
  REQUIRE(w.proposer(A).now.at == at(4, A));
  for (auto const n : {B, C, D}) w.receive(A, n, promise<number>{at(4, A), {}});
  REQUIRE(w.proposer(A).now.is == phase::accepting);
  w.sync_all(A);
  w.receive(A, D, accepted<number>{at(4, A), 7});
  w.receive(A, C, accepted<number>{at(1, A), 7}); // of the earlier attempt, again
  CHECK(w[A].decisions == 0);
}

TEST_CASE("P36: a word that a value is chosen is taken from learners as what it is; it makes no votes") {
  roster who = roster::of(5);
  who.learners = node_set<64>{}.with(A).with(E);
  paxos_world<5> w{who};
  w.receive(A, B, chosen<number>{at(1, B), 6}); // B is no learner
  CHECK(w[A].lessons == 0);
  CHECK(w.learner(A).tallies.empty());
  w.receive(A, E, chosen<number>{at(1, B), 5});
  CHECK(w[A].learned.value == 5);
  CHECK(w.learner(A).tallies.empty());
}

TEST_CASE("P37: votes of nodes that are no acceptors, or beyond every set's width, count for nothing") {
  roster who = roster::of(5);
  who.acceptors = node_set<64>::first(3);
  paxos_world<5> w{who};
  for (auto const n : {D, E, node_index{7}, node_index{8}, node_index{63}, node_index{64}, no_node})
    w.receive(A, n, accepted<number>{at(1, B), 5});
  w.propose(A, 7);
  auto const mine = w.proposer(A).now.at;
  for (auto const n : {D, E, node_index{7}, node_index{8}, node_index{63}, node_index{64}, no_node}) {
    w.receive(A, n, promise<number>{mine, {}});
    w.receive(A, n, refused{mine, at(9, B)});
  }
  CHECK(w[A].lessons == 0);
  CHECK(w.proposer(A).now.is == phase::preparing);
  CHECK(w.proposer(A).now.answered.empty());
  CHECK(w.proposer(A).now.refused.empty());
}

TEST_CASE("what a learner has missed it asks for: of acceptors, or of a learner that knows") {
  auto const unheard = [](auto const& p) { return p.to != C; };
  paxos_world<3> w;
  w.propose(A, 7);
  w.settle_where(w.everybody(), unheard);
  REQUIRE(w[C].lessons == 0);
  w.expire(C, timer::inquiry);
  w.settle();
  CHECK(w[C].learned.value == 7);

  paxos_world<3> v; // only B is left to ask, and one acceptor is no quorum; but it has learned
  v.propose(A, 7);
  v.settle_where(v.everybody(), unheard);
  v.expire(C, timer::inquiry);
  v.settle(node_set<64>{}.with(B).with(C));
  CHECK(v[C].learned.value == 7);
}

TEST_CASE("when even all that is left can't tell, a proposal finds out") {
  paxos_world<3> w;
  w.propose(A, 7);
  w.settle_where(w.everybody(),
                 [](auto const& p) { return p.to != C && !std::holds_alternative<accepted<number>>(p.what); });
  w.crash(B); // it votes again for nothing, and has learned nothing
  auto const two = node_set<64>{}.with(B).with(C);
  w.expire(C, timer::inquiry);
  w.settle(two);
  REQUIRE(w[C].lessons == 0);
  w.propose(C, 9);
  w.settle(two);
  w.expire(C, timer::backoff);
  w.settle(two);
  CHECK(w[C].learned.value == 7);
}

} // namespace
} // namespace quorate::test
