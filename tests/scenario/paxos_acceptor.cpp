// Acceptors: what is promised and accepted, what is on disk when it is said, what may never be taken back.
//
// Scenarios P10, P11 can't arise: what an acceptor keeps is one record, which never expires. Scenario P17 can't:
// nobody leads, and of a ballot scenario P18 tells. Scenarios P5, P13, P14, P15 (what is on disk)
// paxos_storage.cpp; scenario P12 (a wiped disk) transport/tcp_registry_wiped.cpp.
#include "support/paxos_world.hpp"

#include "quorate/paxos/invariant.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <variant>

namespace quorate::test {
namespace {

using namespace paxos;

constexpr ballot at(std::uint64_t round, node_index owner) { return ballot_at(round, owner); }
using kept = acceptor_record<number>;

TEST_CASE("P1: no promise leaves before it is durable, and so a crash takes none back") {
  paxos_world<3> w;
  auto earlier = w.start_sync(A); // of what was written before the promise
  w.receive(A, B, prepare{at(5, B)});
  w.finish_sync(A, std::move(earlier));
  CHECK(w.count<promise<number>>() == 0);

  w.crash(A); // it is forgotten, and nobody has heard of it
  w.receive(A, C, prepare{at(3, C)});
  w.receive(A, C, accept<number>{at(3, C), 7});
  w.sync(A);
  CHECK(w.count<promise<number>>(B) == 0);
  CHECK(w.count<accepted<number>>(C) == 1);
}

TEST_CASE("P1: an acceptor that restarts keeps what it has promised and accepted") {
  paxos_world<3> w;
  w.receive(A, B, accept<number>{at(5, B), 7});
  w.receive(A, C, prepare{at(6, C)});
  w.sync(A);
  REQUIRE(w.count<promise<number>>(C) == 1);
  w.crash(A);
  w.lose_everything();
  w.receive(A, B, accept<number>{at(5, B), 7}); // 6 is promised
  w.receive(A, B, prepare{at(7, B)});
  w.sync(A);
  CHECK(w.count<refused>(B) == 1);
  CHECK(std::get<promise<number>>(w.take<promise<number>>().what).voted == vote<number>{at(5, B), 7});
}

TEST_CASE("P2: accepting raises the promise: an earlier ballot's accept is refused where a later one was taken") {
  paxos_world<3> w;
  for (auto const n : {A, B}) w.receive(n, A, prepare{at(1, A)});
  w.receive(A, A, accept<number>{at(1, A), 1});
  for (auto const n : {A, B}) w.receive(n, B, prepare{at(2, B)});
  for (auto const n : {B, C}) w.receive(n, B, accept<number>{at(2, B), 2}); // C has promised nothing
  CHECK(w.acceptor(C).kept.promised == at(2, B));
  w.receive(C, A, accept<number>{at(1, A), 1}); // late
  CHECK(w.count<refused>(A) == 1);
  CHECK(w.acceptor(C).kept == kept{at(2, B), {at(2, B), 2}});
}

TEST_CASE("P3: at the promised ballot an accept is taken, and a prepare promised again with the vote of now") {
  paxos_world<3> w;
  w.receive(A, B, prepare{at(5, B)});
  w.receive(A, B, prepare{at(5, B)});
  w.receive(A, B, accept<number>{at(5, B), 7});
  w.receive(A, B, prepare{at(5, B)});
  w.sync(A);
  CHECK(w[A].writes == 2);
  CHECK(w.count<promise<number>>(B) == 3);
  CHECK(std::get<promise<number>>(w.take<promise<number>>().what).voted == vote<number>{at(5, B), 7});
  CHECK(w.count<refused>() == 0);
}

TEST_CASE("P3: another owner's equal ballot can't be: the owner is in it, and nobody else speaks for it") {
  paxos_world<3> w;
  w.receive(A, B, prepare{at(5, B)});
  w.receive(A, C, prepare{at(5, B)});
  w.receive(A, C, accept<number>{at(5, B), 7});
  w.sync(A);
  CHECK(w.count<promise<number>>(C) == 0);
  CHECK(w.acceptor(A).kept.voted.at.none());
}

TEST_CASE("P4: a vote is reported with its own ballot, not with the promise's") {
  paxos_world<3> w;
  w.receive(A, C, accept<number>{at(3, C), 3});
  w.receive(A, C, prepare{at(7, C)});
  for (auto const n : {B, C}) w.receive(n, B, accept<number>{at(5, B), 5}); // 5 is chosen
  w.lose_everything();
  for (auto const n : {A, B, C}) w.sync_all(n);
  w.lose_everything();

  w.crash(C, {w[C].durable.acceptor, {8}}); // its next ballot is in round 9
  w.propose(C, 9);
  w.settle_where(w.everybody(), [&](auto const& p) { // and A and B are those that it reads
    return !(p.from == C && p.to == C);
  });
  CHECK(w[C].decided == vote<number>{at(9, C), 5});
}

TEST_CASE("P6: a second value at one ballot is seen, and the first one stays") {
  paxos_world<3> w;
  w.receive(A, B, accept<number>{at(5, B), 1});
  w.receive(A, B, accept<number>{at(5, B), 2});
  w.sync(A);
  CHECK(w[A].conflicts == 1);
  CHECK(w.acceptor(A).kept.voted == vote<number>{at(5, B), 1});
  CHECK(w.count<accepted<number>>() == 2); // of the first, to B and C

  paxos_world<3> l; // a learner as well
  l.receive(C, A, accepted<number>{at(5, B), 1});
  l.receive(C, B, accepted<number>{at(5, B), 2});
  CHECK(l[C].conflicts == 1);
  CHECK(l[C].lessons == 0);
}

// Scenario P7 can't arise: only the acceptor writes its record, and learners write nothing at all.
static_assert(std::is_same_v<full_node<number>::writes, write_list<acceptor_record<number>, ballot_floor>>);

TEST_CASE("P8: when a write fails, nothing that waited for it is ever said, and a restart knows nothing of it") {
  paxos_world<3> w;
  w.receive(A, B, prepare{at(5, B)});
  w.receive(A, B, accept<number>{at(5, B), 7});
  (void)w.start_sync(A); // an order that does not succeed releases nothing
  CHECK(w.in_flight() == 0);
  CHECK(w[A].held.size() > 0);
  w.crash(A); // fail-stop
  CHECK(w.acceptor(A).kept == kept{});
  w.sync(A);
  CHECK(w.in_flight() == 0);
}

TEST_CASE("P9: an accept below what was promised is refused, with what was promised") {
  paxos_world<3> w;
  w.receive(A, C, prepare{at(9, C)});
  w.receive(A, B, accept<number>{at(7, B), 7});
  CHECK(std::get<refused>(w.take<refused>().what) == refused{at(7, B), at(9, C)});
  CHECK(w.acceptor(A).kept.voted.at.none());
}

TEST_CASE("P16: ballots of one round are ordered by their owners: one of two is refused, whichever comes first") {
  for (auto const first : {B, C}) {
    auto const second = first == B ? C : B;
    paxos_world<3> w;
    w.receive(A, first, prepare{at(5, first)});
    w.receive(A, second, prepare{at(5, second)});
    w.sync(A);
    CHECK(w.acceptor(A).kept.promised == at(5, C));
    CHECK(w.count<promise<number>>(C) == 1);
    CHECK(w.count<promise<number>>(B) == (first == B ? 1 : 0));
    CHECK(w.count<refused>(B) == (first == B ? 0 : 1));
  }
}

TEST_CASE("P24: a proposer's own acceptor is asked like any other: what it promised to another it keeps") {
  paxos_world<3> w;
  w.propose(A, 7);
  w.receive(A, B, prepare{at(1, B)}); // before A's own prepare has come back
  w.sync_all(A);
  CHECK(w.acceptor(A).kept.promised == at(1, B));
  for (auto const n : {B, C}) w.receive(A, n, promise<number>{at(1, A), {}});
  REQUIRE(w.proposer(A).now.is == phase::accepting);
  w.sync_all(A);
  CHECK(w.acceptor(A).kept.voted.at.none());
  CHECK(!w.proposer(A).now.answered.contains(A));
}

TEST_CASE("P24: its own promise and vote count once they are durable, not before") {
  paxos_world<3> w;
  w.propose(A, 7);
  w.sync(A); // its floor; its own prepare comes back
  w.receive(A, B, promise<number>{at(1, A), {}});
  CHECK(w.proposer(A).now.is == phase::preparing);
  w.sync(A);
  CHECK(w.proposer(A).now.is == phase::accepting);
  w.sync(A); // its own accept comes back
  REQUIRE(w.acceptor(A).kept.voted.value == 7);
  w.receive(A, B, accepted<number>{at(1, A), 7});
  CHECK(w[A].decisions == 0);
  w.sync(A);
  CHECK(w[A].decisions == 1);
}

TEST_CASE("P25: what was said first leaves first: no vote of an old ballot comes after the promise of a new one") {
  paxos_world<3> w;
  w.receive(A, B, accept<number>{at(1, B), 1});
  w.receive(A, C, prepare{at(2, C)});
  w.receive(A, B, accept<number>{at(1, B), 1}); // refused at once; the vote is not said again
  w.sync(A);
  bool promised = false;
  for (std::size_t i = 0; i < w.in_flight(); ++i) {
    promised = promised || std::holds_alternative<promise<number>>(w.waiting(i).what);
    if (std::holds_alternative<accepted<number>>(w.waiting(i).what)) CHECK(!promised);
  }
  CHECK(promised);
  w.receive(C, A, accepted<number>{at(1, B), 1}); // and should the network turn them round, C counts by ballot
  CHECK(w.proposer(C).now.answered.empty());
}

TEST_CASE("P31: only proposers own ballots: nobody else's word is heard, and none may have another's") {
  roster who = roster::of(3);
  who.proposers = node_set<64>{}.with(A).with(B);
  paxos_world<3> w{who};
  w.receive(A, C, prepare{at(3, C)});
  w.receive(A, C, prepare{at(3, B)});
  w.sync(A);
  CHECK(w.in_flight() == 0);
  CHECK(w[A].writes == 0);

  for (auto const n : {B, C}) w.expire(n, timer::inquiry); // two that recover ask; neither claims anything
  for (auto const n : {B, C}) w.sync(n);
  CHECK(w.count<prepare>() == 0);
  CHECK(w.count<inquiry>() == 4);
  for (auto const n : {B, C}) CHECK(w[n].writes == 0);
}

} // namespace
} // namespace quorate::test
