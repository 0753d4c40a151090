// One test a rule of "Paxos Made Simple" (Lamport 2001), named by its section, and of "CASPaxos: Replicated State
// Machines without logs" (Rystsov 2018), named with a C.
#include "support/paxos_world.hpp"

#include "quorate/paxos/change.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <variant>

namespace quorate::test {
namespace {

using namespace paxos;

constexpr ballot at(std::uint64_t round, node_index owner) { return ballot_at(round, owner); }

// --- 2.1 the problem

TEST_CASE("2.1: only what has been proposed is chosen, only a single value, and only what is chosen is learned") {
  for (auto const first : {A, B, C})
    for (auto const second : {A, B, C}) {
      if (first == second) continue;
      paxos_world<3> w;
      w.settle();
      for (auto const n : {A, B, C}) CHECK(w[n].lessons == 0);
      w.propose(first, 7), w.propose(second, 9);
      for (int i = 0; i < 2; ++i) w.settle(), w.expire(first, timer::backoff), w.expire(second, timer::backoff);
      auto const value = w[A].learned.value;
      CHECK((value == 7 || value == 9));
      for (auto const n : {A, B, C}) CHECK(w[n].learned.value == value);
    }
}

TEST_CASE("2.1: agents may fail and restart, messages may take arbitrarily long, be duplicated and lost") {
  paxos_world<3> w;
  w.propose(A, 7);
  w.sync_all(A);
  auto const slow = w.waiting(0); // A's prepare to B
  w.lose_everything();
  w.crash(A);
  w.propose(C, 9);
  w.settle();
  REQUIRE(w[B].learned.value == 9);
  for (int i = 0; i < 2; ++i) w.hand_over(slow);
  w.settle();
  for (auto const n : {A, B, C}) w.crash(n);
  w.propose(A, 8);
  w.settle();
  CHECK(w[B].learned.value == 9);
}

// --- 2.2 choosing a value

TEST_CASE("2.2 P1: an acceptor accepts the first proposal that it receives") {
  paxos_world<3> w;
  w.receive(B, A, accept<number>{at(1, A), 7}); // of which it has heard nothing before
  CHECK(w.acceptor(B).kept.voted == vote<number>{at(1, A), 7});
}

TEST_CASE("2.2 P1a: it accepts a proposal numbered n unless it has answered a prepare with a number above n") {
  for (std::uint64_t promised = 1; promised <= 3; ++promised)
    for (std::uint64_t n = 1; n <= 3; ++n) {
      paxos_world<3> w;
      w.receive(C, B, prepare{at(promised, B)});
      w.receive(C, B, accept<number>{at(n, B), 7});
      CHECK(w.acceptor(C).kept.voted.at == (n >= promised ? at(n, B) : ballot{}));
    }
}

TEST_CASE("2.2 P2: once a value is chosen, every higher-numbered proposal that is chosen has it") {
  paxos_world<3> w;
  w.propose(A, 7);
  w.settle(node_set<64>{}.with(A).with(B));
  REQUIRE(w[A].decided.value == 7);
  for (auto const n : {B, C, A, C}) { // again and again, by those who know nothing of it
    auto const other = n == A ? B : A;
    w.crash(n);
    w.propose(n, 9);
    for (int i = 0; i < 3; ++i) w.settle(w.everybody().without(n == C ? other : C)), w.expire(n, timer::backoff);
    CHECK(w[n].decided.value == 7);
  }
}

TEST_CASE("2.2 P2c: a value is proposed only if a majority has accepted nothing below, or it is that of the "
          "highest that one of them has") {
  for (std::uint64_t b = 0; b <= 3; ++b)
    for (std::uint64_t c = 0; c <= 3; ++c) {
      paxos_world<3> w;
      w.crash(A, {{}, {4}});
      w.propose(A, 9);
      auto const voted = [](std::uint64_t n) { return n == 0 ? vote<number>{} : vote<number>{at(n, B), n}; };
      w.receive(A, B, promise<number>{at(5, A), voted(b)});
      CHECK(w.proposer(A).now.is == phase::preparing);
      w.receive(A, C, promise<number>{at(5, A), voted(c)});
      CHECK(w.proposer(A).now.is == phase::accepting);
      auto const high = b > c ? b : c;
      CHECK(w.proposer(A).now.value == (high == 0 ? 9 : high));
    }
}

TEST_CASE("2.2 phase 1b: a prepare numbered above all others is answered with a promise and the highest-numbered "
          "proposal that was accepted") {
  paxos_world<3> w;
  w.receive(C, A, accept<number>{at(1, A), 1});
  w.receive(C, A, accept<number>{at(2, A), 2});
  w.receive(C, B, prepare{at(3, B)});
  w.sync(C);
  CHECK(std::get<promise<number>>(w.take<promise<number>>().what) == promise<number>{at(3, B), {at(2, A), 2}});
}

TEST_CASE("2.2 phase 2a: with answers of a majority, and not before, the proposer asks acceptors to accept") {
  paxos_world<5> w;
  w.propose(A, 7);
  w.sync(A), w.sync(A); // its own promise
  w.receive(A, B, promise<number>{at(1, A), {}});
  CHECK(w.proposer(A).now.is == phase::preparing);
  w.receive(A, C, promise<number>{at(1, A), {}});
  w.sync(A);
  CHECK(w.count<accept<number>>() == 4);
}

TEST_CASE("2.2 phase 2a: the acceptors asked to accept need not be those that answered") {
  paxos_world<3> w;
  w.propose(A, 7);
  w.sync_all(A);
  w.deliver(0), w.sync(B);                  // B's prepare
  w.deliver(1);                             // and its promise
  w.settle(node_set<64>{}.with(A).with(C)); // C has promised nothing
  CHECK(w.acceptor(C).kept.voted.value == 7);
  CHECK(w[A].decisions == 1);
}

TEST_CASE("2.2: a proposer may abandon a proposal in the middle and forget it") {
  paxos_world<3> w;
  w.propose(A, 7);
  w.sync_all(A);
  w.settle_where(w.everybody(), [](auto const& p) { return !std::holds_alternative<accept<number>>(p.what); });
  w.crash(A);
  w.propose(B, 9);
  w.settle(node_set<64>{}.with(B).with(C));
  w.expire(B, timer::backoff);
  w.settle(node_set<64>{}.with(B).with(C));
  CHECK(w[B].decided.value == 9); // A alone has accepted 7, which was never chosen
}

TEST_CASE("2.2: an acceptor that ignores a request tells its proposer why, who gives up that number") {
  paxos_world<3> w;
  w.receive(B, C, prepare{at(5, C)});
  w.propose(A, 7);
  w.settle_where(w.everybody(), [](auto const& p) { return p.from != C && p.to != C; });
  CHECK(w[A].is_armed(timer::backoff));
  w.expire(A, timer::backoff);
  CHECK(w.proposer(A).now.at == at(6, A));
}

// --- 2.3 learning a chosen value

TEST_CASE("2.3: with every acceptor telling every learner, they know as soon as possible: n times n messages") {
  paxos_world<3> w;
  w.propose(A, 7);
  std::size_t told = 0;
  w.settle_where(w.everybody(), [&](auto const& p) {
    told += std::holds_alternative<accepted<number>>(p.what) ? 1 : 0;
    return true;
  });
  CHECK(told == 3 * 2); // and each one itself
  for (auto const n : {A, B, C}) CHECK(w[n].learned.value == 7);
}

TEST_CASE("2.3: with a distinguished learner the votes go there, and it tells the others: a round more, fewer "
          "messages") {
  paxos_world<3, full_node<number, learning<distinguished>>> w;
  w.propose(A, 7);
  std::size_t votes = 0, words = 0;
  w.settle_where(w.everybody(), [&](auto const& p) {
    votes += std::holds_alternative<accepted<number>>(p.what) ? 1 : 0;
    words += std::holds_alternative<chosen<number>>(p.what) ? 1 : 0;
    return true;
  });
  CHECK(votes == 2); // A is the proposer as well
  CHECK(words == 2);
  for (auto const n : {A, B, C}) CHECK(w[n].learned.value == 7);
}

TEST_CASE("2.3: distinguished learners may be several: one of them is enough") {
  auto who = roster::of(3);
  who.distinguished = node_set<64>{}.with(B).with(C);
  paxos_world<3, full_node<number, learning<distinguished>>> w{who};
  w.propose(A, 7);
  w.settle_where(w.everybody(), [](auto const& p) { // B learns nothing, but from C
    return p.to != B || !std::holds_alternative<accepted<number>>(p.what);
  });
  for (auto const n : {A, B, C}) CHECK(w[n].learned.value == 7);
}

// --- 2.4 progress

TEST_CASE("2.4: two proposers that always go one above the other never choose; one left alone does") {
  paxos_world<3, node<acceptor<number>, proposer<number>>> w;
  auto const no_accepts = [](auto const& p) { return !std::holds_alternative<accept<number>>(p.what); };
  w.propose(A, 7), w.settle_where(w.everybody(), no_accepts);
  w.propose(B, 9), w.settle_where(w.everybody(), no_accepts);
  auto ahead = B, behind = A;
  for (int round = 0; round < 20; ++round) {
    REQUIRE(w.proposer(ahead).now.is == phase::accepting);
    w.expire(behind, timer::resend), w.settle(); // its accepts come too late: all have promised more
    REQUIRE(w.proposer(behind).now.refused.size() >= 2);
    w.expire(behind, timer::backoff), w.settle_where(w.everybody(), no_accepts);
    std::swap(ahead, behind);
    CHECK(w[A].decisions + w[B].decisions == 0);
  }
  w.expire(ahead, timer::resend), w.settle();
  CHECK(w[ahead].decisions == 1);
}

TEST_CASE("2.4: a single proposer that reaches a majority, with a number that is high enough, is heard") {
  paxos_world<3> w;
  for (auto const n : {B, C}) w.receive(n, C, prepare{at(40, C)});
  w.propose(A, 7);
  w.settle(node_set<64>{}.with(A).with(B));
  w.expire(A, timer::backoff);
  w.settle(node_set<64>{}.with(A).with(B));
  CHECK(w[A].decided == vote<number>{at(41, A), 7});
}

// --- 2.5 the implementation

TEST_CASE("2.5: an acceptor records its response in stable storage before it sends it") {
  paxos_world<3> w;
  w.receive(B, A, prepare{at(1, A)});
  w.receive(B, A, accept<number>{at(1, A), 7});
  CHECK(w.in_flight() == 0);
  w.sync(B);
  CHECK(w[B].durable.acceptor == acceptor_record<number>{at(1, A), {at(1, A), 7}});
  CHECK(w.in_flight() == 3); // a promise, and the vote to A and C
}

TEST_CASE("2.5: different proposers choose their numbers from disjoint sets, so no two have the same one") {
  for (auto const n : {A, B, C})
    for (std::uint64_t round = 0; round < 5; ++round) CHECK(ballot_after(round, n)->owner() == founder_at(n));
}

TEST_CASE("2.5: a proposer remembers in stable storage the highest number that it has tried, and goes above") {
  paxos_world<3> w;
  w.propose(A, 7);
  w.sync(A);
  CHECK(w[A].durable.proposer == ballot_floor{1});
  w.crash(A);
  w.propose(A, 7);
  CHECK(w.proposer(A).now.at == at(2, A));
}

// --- CASPaxos

TEST_CASE("C 2.2: the proposer changes the highest-numbered value of a majority, and has that accepted") {
  paxos_world<3, register_node<number>> w;
  auto const edit = [&](node_index n, auto f) {
    w.edit(n), w.settle();
    w.answer(n, f), w.settle();
    REQUIRE(!w[n].rewritten.empty());
    return w[n].rewritten.back();
  };
  auto const first = edit(A, write_value<number>{3});
  auto const second = edit(B, [](number x) { return x + 4; });
  CHECK(first.value == 3);
  CHECK(second.before == 3);
  CHECK(second.value == 7);
  CHECK(second.at > first.at);
  CHECK(edit(C, compare_and_set<number>{3, 8}).value == 7);
  CHECK(edit(C, compare_and_set<number>{7, 8}).value == 8);
  CHECK(edit(A, read_value{}).value == 8);
}

TEST_CASE("C 2.2: a register that was never written is empty, and stays so when it is read") {
  paxos_world<3, register_node<number>> w;
  w.edit(A), w.settle();
  CHECK(w[A].current == 0);
  w.answer(A, read_value{}), w.settle();
  CHECK(w[A].rewritten[0].value == 0);
}

} // namespace
} // namespace quorate::test
