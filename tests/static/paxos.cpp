// Paxos at compile time: what compiles here has been proved by the compiler.
#include "support/paxos_world.hpp"

#include "quorate/paxos/change.hpp"
#include "quorate/paxos/invariant.hpp"

#include <doctest/doctest.h>

#include <concepts>
#include <cstdint>
#include <type_traits>

namespace quorate::test {
namespace {

using core = paxos::full_node<number>;
using cell = paxos::register_node<number>;

template <class... Cores>
constexpr bool are_values = (... && (std::is_trivially_copyable_v<Cores> && std::equality_comparable<Cores>));
static_assert(are_values<paxos::acceptor<number>, paxos::proposer<number>, paxos::learner<number>, core, cell>);
static_assert(are_values<paxos::node<paxos::proposer<number>, paxos::learner<number>>>);

// At seven nodes and eight bytes of value.
static_assert(sizeof(ballot) == 8);
static_assert(sizeof(paxos::acceptor<number>) <= 32);
static_assert(sizeof(paxos::proposer<number>) <= 88);
static_assert(sizeof(paxos::learner<number>) <= 208);
static_assert(sizeof(core) <= 336);
static_assert(sizeof(cell) <= 128);

// A duel: A and B propose at once. A's ballot is refused in its second phase by those that have promised B's; B's
// goes through; A, after a while, finds what B has chosen, and everybody has learned it.
constexpr bool duel() {
  paxos_world<3, core> w;
  w.propose(A, 7), w.propose(B, 9);
  w.sync_all(A), w.sync_all(B);
  while (w.proposer(A).now.is == paxos::phase::preparing) w.deliver(0), w.sync_all(A), w.sync_all(C);
  if (w.proposer(A).now.value != 7) return false;
  w.settle();
  if (w[B].decisions != 1 || w[B].decided.value != 9) return false;
  if (w[A].decisions != 1 || w[A].decided.value != 9) return false; // its own learner has told it
  for (auto const n : {A, B, C})
    if (w[n].learned != w[B].decided || !paxos::holds(w[n].core) || w[n].conflicts != 0) return false;
  return true;
}
static_assert(duel());

// The same without a learner beside A's proposer: refused, it waits, and its next ballot adopts what was chosen.
constexpr bool duel_of_proposers_alone() {
  using without = paxos::node<paxos::acceptor<number>, paxos::proposer<number>>;
  paxos_world<3, without> w;
  w.propose(A, 7);
  auto const two = node_set<64>{}.with(B).with(C);
  w.propose(B, 9), w.propose(B, 9); // the second is refused
  w.settle(two);
  if (w[B].decided.value != 9 || w[B].refusals != 1) return false;
  w.sync_all(A);
  w.expire(A, timer::resend);
  w.settle();
  if (w[A].decisions != 0 || !w[A].is_armed(timer::backoff)) return false;
  w.expire(A, timer::backoff);
  w.settle();
  return w[A].decided.value == 9 && w[A].decided.at > w[B].decided.at && !w[A].is_armed(timer::resend);
}
static_assert(duel_of_proposers_alone());

// A register: two compare-and-sets from the same value, of which one is made.
constexpr bool a_register() {
  paxos_world<3, cell> w;
  auto const edit = [&](node_index n, auto f) {
    w.edit(n);
    w.settle();
    w.answer(n, f);
    w.settle();
  };
  edit(A, paxos::write_value<number>{5});
  edit(B, paxos::compare_and_set<number>{5, 6});
  edit(C, paxos::compare_and_set<number>{5, 7});
  w.expire(C, timer::backoff);
  edit(A, paxos::read_value{});
  w.expire(A, timer::backoff);
  return w[A].rewritten[0].value == 5 && w[B].rewritten[0].value == 6 && w[C].rewritten[0].before == 6 &&
         w[C].rewritten[0].value == 6 && w[A].rewritten[1].value == 6;
}
static_assert(a_register());

TEST_CASE("duels and a register, at run time as well") {
  CHECK(duel());
  CHECK(duel_of_proposers_alone());
  CHECK(a_register());
}

} // namespace
} // namespace quorate::test
