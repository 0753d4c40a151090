// Proposers: ballots that are used once, promises of one ballot only, duels, registers.
//
// Scenarios P34, P38 to P44, P59 and P60 are of logs and leaders: multi_paxos_*.cpp. Scenario P58, lost messages,
// paxos_messages.cpp.
#include "support/clocks.hpp"
#include "support/paxos_world.hpp"

#include "quorate/paxos/change.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <variant>

namespace quorate::test {
namespace {

using namespace paxos;

constexpr ballot at(std::uint64_t round, node_index owner) { return ballot_at(round, owner); }
using cell = register_node<number>;

TEST_CASE("P18: no ballot is used again after a restart, whatever became of it") {
  paxos_world<3> w;
  w.propose(A, 1);
  w.sync_all(A);
  for (auto const n : {B, C}) w.receive(A, n, promise<number>{at(1, A), {}});
  w.sync_all(A); // its accept is out
  REQUIRE(w.count<accept<number>>() == 2);
  w.crash(A);
  w.propose(A, 2);
  CHECK(w.proposer(A).now.at == at(2, A));
  w.settle();
  CHECK(w[A].decided.value == 1); // A's own acceptor, if nobody else's, has taken it
}

TEST_CASE("P18: no prepare leaves before its floor is durable") {
  paxos_world<3> w;
  auto earlier = w.start_sync(A);
  w.propose(A, 1);
  w.finish_sync(A, std::move(earlier));
  CHECK(w.count<prepare>() == 0);
  w.crash(A); // nobody has heard of ballot 1, so it may be the first one again
  w.propose(A, 2);
  w.sync(A);
  CHECK(w.count<prepare>() == 2);
  CHECK(w[A].durable.proposer == ballot_floor{1});
}

TEST_CASE("P18: with ballots in blocks a restart skips what is left of the block") {
  paxos_world<3, full_node<number, ballots_ahead<10>>> w;
  w.propose(A, 1);
  w.sync_all(A);
  w.crash(A);
  w.propose(A, 2);
  CHECK(w.proposer(A).now.at == at(11, A));
}

TEST_CASE("P19: a register's next change never goes out at the ballot of the last one, known or not") {
  paxos_world<3, cell> w;
  auto const lonely = node_set<64>::of(A);
  w.edit(A);
  w.settle();
  w.answer(A, write_value<number>{1});
  auto const first = w.proposer(A).now.at;
  w.settle(lonely); // it reaches A only
  w.withdraw(A);
  CHECK(w[A].unsettled.size() == 1);
  w.edit(A);
  CHECK(w.proposer(A).now.at > first);
  w.settle(node_set<64>{}.with(B).with(C));
  w.sync_all(A), w.settle();
  w.expire(A, timer::resend), w.settle();
  w.answer(A, [](number x) { return x + 10; });
  w.settle();
  CHECK(w[A].rewritten.back().before == 1); // its own acceptor has told it
}

TEST_CASE("P20: promises of an earlier attempt are not counted in the next one") {
  paxos_world<5> w;
  w.propose(A, 7);
  w.sync_all(A);
  w.receive(A, E, promise<number>{at(1, A), {}});
  w.receive(A, B, refused{at(1, A), at(3, B)});
  w.expire(A, timer::backoff);
  REQUIRE(w.proposer(A).now.at == at(4, A));
  CHECK(w.proposer(A).now.answered.empty());
  w.sync_all(A); // its own promise
  for (auto const n : {B, C, D, E}) w.receive(A, n, promise<number>{at(1, A), {}});
  CHECK(w.proposer(A).now.is == phase::preparing);
  for (auto const n : {B, C}) w.receive(A, n, promise<number>{at(4, A), {}});
  CHECK(w.proposer(A).now.is == phase::accepting);
}

TEST_CASE("P21: an attempt begins with nothing of the last one: a vote that was seen is seen again") {
  paxos_world<3> w;
  w.crash(A, {{}, {5}});
  w.propose(A, 7);
  w.sync_all(A); // its own promise: nothing accepted
  w.receive(A, B, refused{at(6, A), at(7, C)});
  w.expire(A, timer::backoff);
  w.sync_all(A);
  w.receive(A, B, promise<number>{at(8, A), {at(3, B), 3}});
  REQUIRE(w.proposer(A).now.is == phase::accepting);
  CHECK(w.proposer(A).now.value == 3);

  w.receive(A, C, refused{at(8, A), at(9, C)}); // and once more: the same vote, and neither lost nor kept half
  w.expire(A, timer::backoff);
  CHECK(w.proposer(A).now.best == vote<number>{});
  CHECK(w.proposer(A).now.value == 0);
  w.receive(A, B, promise<number>{at(10, A), {at(3, B), 3}});
  w.receive(A, C, promise<number>{at(10, A), {}});
  CHECK(w.proposer(A).now.value == 3);
}

TEST_CASE("P22: of several votes the highest is taken, not the lowest, nor the last to come") {
  for (auto const last : {B, C}) {
    paxos_world<5> w;
    w.crash(A, {{}, {8}});
    w.propose(A, 7);
    w.receive(A, D, promise<number>{at(9, A), {at(1, D), 1}});
    auto const other = last == B ? C : B;
    w.receive(A, other, promise<number>{at(9, A), {at(other == B ? 5U : 3U, other), other == B ? 5U : 3U}});
    w.receive(A, last, promise<number>{at(9, A), {at(last == B ? 5U : 3U, last), last == B ? 5U : 3U}});
    REQUIRE(w.proposer(A).now.is == phase::accepting);
    CHECK(w.proposer(A).now.value == 5);
  }
}

TEST_CASE("P23: a promise or a vote that comes twice counts once") {
  paxos_world<5> w;
  w.propose(A, 7);
  for (int i = 0; i < 5; ++i) w.receive(A, B, promise<number>{at(1, A), {}});
  CHECK(w.proposer(A).now.is == phase::preparing);
  for (auto const n : {C, D}) w.receive(A, n, promise<number>{at(1, A), {}});
  REQUIRE(w.proposer(A).now.is == phase::accepting);
  for (int i = 0; i < 5; ++i) w.receive(A, B, accepted<number>{at(1, A), 7});
  CHECK(w[A].decisions == 0);
  CHECK(w[A].lessons == 0);
}

TEST_CASE("P26: a change whose votes may have been lost is told as unknown, once, and never made again") {
  paxos_world<3, cell> w;
  w.edit(A), w.settle();
  w.answer(A, write_value<number>{1});
  w.settle_where(w.everybody(), [](auto const& p) { return !std::holds_alternative<accepted<number>>(p.what); });
  REQUIRE(w[A].rewritten.empty()); // made on all three, and A has not heard of it
  w.edit(B), w.settle();           // B reads in between
  w.answer(B, read_value{}), w.settle();
  CHECK(w[B].rewritten.back().value == 1);
  w.expire(A, timer::resend), w.settle();
  w.expire(A, timer::backoff), w.settle();
  CHECK(w[A].unsettled.size() == 1);
  CHECK(w[A].unsettled[0].value == 1);
  CHECK(w.proposer(A).now.is == phase::idle);
  for (auto const t : {timer::resend, timer::backoff}) w.expire(A, t), w.settle();
  CHECK(w[A].unsettled.size() + w[A].rewritten.size() == 1);
}

TEST_CASE("P27: a value that another's has come before is not proposed again, nor one that was chosen") {
  for (bool const own : {true, false}) { // A's value is chosen, and A has not heard; or B's is
    paxos_world<3> w;
    w.propose(A, 7);
    if (own)
      w.settle_where(w.everybody(),
                     [](auto const& p) { return p.to != A || !std::holds_alternative<accepted<number>>(p.what); });
    else
      w.sync_all(A), w.lose_everything();
    w.propose(B, 9);
    w.settle_where(w.everybody(), [](auto const& p) { return p.to != A || p.from == A; });
    if (!own) w.expire(B, timer::backoff), w.settle_where(w.everybody(), [](auto const& p) { return p.to != A; });
    auto const what = own ? 7U : 9U;
    REQUIRE(w[B].decided.value == what);
    for (auto const t : {timer::resend, timer::backoff, timer::inquiry}) w.expire(A, t), w.settle();
    CHECK(w[A].decided.value == what);
    auto const used = w.proposer(A).used;
    for (auto const t : {timer::resend, timer::backoff, timer::inquiry}) w.expire(A, t), w.settle();
    w.propose(A, 7); // done: it is told what was chosen
    CHECK(w.proposer(A).used == used);
    w.sync_all(A);
    CHECK(w.in_flight() == 0);
    CHECK(w[A].decided.value == what);
  }
}

TEST_CASE("P28: a refusal of an earlier ballot, or one that names nothing higher, changes nothing") {
  paxos_world<3> w;
  w.crash(A, {{}, {8}});
  w.propose(A, 7);
  auto const before = w.proposer(A);
  w.receive(A, B, refused{at(5, A), at(6, B)});
  w.receive(A, B, refused{at(9, A), at(4, B)});
  w.receive(A, B, refused{at(9, A), at(9, A)});
  CHECK(w.proposer(A) == before);
  CHECK(!w[A].is_armed(timer::backoff));
}

// --- Scenario P29: two that propose at once. A message takes a tick, disks are slow, and the timeout is shorter
// than a sync: a refusal is quick and a promise is not, so each one's next ballot is in time to spoil the other's
// second phase.

template <bool Jitter>
struct duel {
  static constexpr std::uint64_t sync_ticks = 4, timeout_ticks = 2;
  using proposes = node<acceptor<number>, proposer<number>>; // with a learner the loser would soon know
  paxos_world<3, proposes> w{};
  clocks<paxos_world<3, proposes>, Jitter> time;

  explicit duel(std::uint64_t seed) : time{{timeout_ticks, sync_ticks, 99}, seed} { w.propose(A, 7); }
  void tick(std::uint64_t now) {
    time.tick(w, now);
    if (now == 1) w.propose(B, 9);
    if (now % sync_ticks == 0)
      for (auto const n : {A, B, C}) w.sync(n);
    for (auto due = w.in_flight(); due > 0; --due) w.deliver(0);
  }
  // The round in which one of them decides; nothing: not within so many.
  std::optional<std::uint64_t> decided_in(std::uint64_t rounds) {
    for (std::uint64_t now = 0;; ++now) {
      auto const round = std::max(w.proposer(A).used, w.proposer(B).used);
      if (round > rounds) return std::nullopt;
      if (w[A].decisions + w[B].decisions > 0) return round;
      tick(now);
    }
  }
};

TEST_CASE("P29: two proposers that wait with jitter decide within some rounds; two that wait alike never do") {
  std::size_t late = 0;
  std::uint64_t worst = 0;
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    auto const round = duel<true>{seed}.decided_in(30);
    late += round ? 0 : 1;
    worst = std::max(worst, round.value_or(31));
  }
  MESSAGE("the longest of 2000 duels took " << worst << " rounds");
  CHECK(late <= 2);
  CHECK(!duel<false>{1}.decided_in(1000));
}

TEST_CASE("P30: when ballots are used up that is an error, and no ballot wraps") {
  paxos_world<3> w;
  w.crash(A, {{}, {ballot::last_round}});
  w.propose(A, 7);
  CHECK(w[A].exhaustions == 1);
  CHECK(w[A].writes == 0);
  CHECK(w.in_flight() == 0);
  w.propose(B, 9); // the others go on
  w.settle();
  CHECK(w[B].decided.value == 9);
}

TEST_CASE("P32: a read, or a condition that was not met, takes a round: what was left open can't come later") {
  paxos_world<3, cell> w;
  w.edit(A), w.settle();
  w.answer(A, write_value<number>{5});
  w.settle_where(w.everybody(), [](auto const& p) { return p.from != A; }); // accepted by A alone
  auto const two = node_set<64>{}.with(B).with(C);
  w.edit(B);
  w.settle(two);
  w.answer(B, compare_and_set<number>{5, 6}); // nothing was written, as far as B and C know
  w.settle(two);
  REQUIRE(w[B].rewritten.size() == 1);
  CHECK(w[B].rewritten[0].before == 0);
  CHECK(w[B].rewritten[0].value == 0);
  w.edit(C), w.settle(); // all are there again; A's vote of 5 is of a lower ballot than what was refused
  w.answer(C, read_value{}), w.settle();
  CHECK(w[C].rewritten[0].value == 0);
}

TEST_CASE("P33: what is chosen is proposed again by those who do not know, and by nobody who does") {
  paxos_world<3> w;
  w.propose(A, 5);
  w.settle();
  for (auto const n : {A, B, C}) REQUIRE(w[n].learned.value == 5);
  for (auto const n : {A, B, C}) {
    for (auto const t : {timer::resend, timer::backoff, timer::inquiry}) w.expire(n, t);
    w.propose(n, 6);
    w.sync_all(n);
    CHECK(w[n].decided.value == 5);
  }
  CHECK(w.in_flight() == 0);
  w.crash(C); // it has to ask, and asks with the value
  w.propose(C, 6);
  w.settle();
  CHECK(w[C].decided.value == 5);
  CHECK(w.in_flight() == 0);
}

TEST_CASE("P61: no proposer is the only one: any of them may be lost, and another decides") {
  for (auto const lost : {A, B, C})
    for (auto const other : {A, B, C}) {
      if (lost == other) continue;
      paxos_world<3> w;
      auto const rest = w.everybody().without(lost);
      w.propose(lost, 1);
      w.sync_all(lost);
      w.deliver(0); // somebody has heard of it
      w.propose(other, 2);
      w.settle(rest);
      w.expire(other, timer::backoff);
      w.settle(rest);
      CHECK(w[other].decisions == 1);
    }
}

TEST_CASE("P62: a node does not compete with itself: while one value is at work another is refused") {
  paxos_world<3> w;
  w.propose(A, 1), w.propose(A, 2);
  CHECK(w[A].refusals == 1);
  w.settle();
  CHECK(w[A].decided == vote<number>{at(1, A), 1});
}

// --- quorums (that those of each system meet is tested in tests/policy)

template <unsigned Election, unsigned Commit>
struct sizes {
  static constexpr bool met(quorum_phase phase, node_set<64> acks, configuration const& c) {
    return (acks & c.voters).size() >= (phase == quorum_phase::election ? Election : Commit);
  }
};

// A and B accept a value of A's; then C proposes to D and itself. What do these two decide, if anything?
template <class Quorum>
number what_two_others_decide() {
  paxos_world<4, full_node<number, quorum<Quorum>>> w;
  w.propose(A, 1);
  w.settle_where(w.everybody(),
                 [](auto const& p) { return !std::holds_alternative<accept<number>>(p.what) || p.to == B; });
  CHECK(w[A].decided.value == 1);
  auto const two = node_set<64>{}.with(C).with(D);
  for (auto const n : {C, D}) w.crash(n);
  w.propose(C, 2);
  w.settle(two);
  w.expire(C, timer::backoff);
  w.settle(two);
  return w[C].decided.value;
}

TEST_CASE("P69: quorums of both phases that meet decide once; two that miss each other decide twice") {
  CHECK(what_two_others_decide<sizes<3, 2>>() == 0); // C and D are not enough to begin
  CHECK(what_two_others_decide<sizes<2, 2>>() == 2); // which is why such a system must be refused
}

TEST_CASE("P70: a thrifty proposer whose chosen few lose one asks the others when its timer expires") {
  paxos_world<3, full_node<number, thrifty<true>>> w;
  w.propose(A, 7);
  w.sync_all(A);
  w.settle_where(w.everybody(), [](auto const& p) { return !std::holds_alternative<accept<number>>(p.what); });
  REQUIRE(w.proposer(A).now.is == phase::accepting);
  CHECK(w[A].decisions == 0); // A and B were asked, and B is lost
  w.expire(A, timer::resend);
  w.settle(node_set<64>{}.with(A).with(C));
  CHECK(w[A].decided.value == 7);
}

} // namespace
} // namespace quorate::test
