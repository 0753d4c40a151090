// Multi-Paxos at compile time: what compiles here has been proved by the compiler.
#include "support/multi_paxos_world.hpp"

#include "quorate/effect/batch.hpp"
#include "quorate/multi_paxos/invariant.hpp"

#include <doctest/doctest.h>

#include <concepts>
#include <type_traits>

namespace quorate::test {
namespace {

using core = multi_paxos::node<>;

static_assert(std::is_trivially_copyable_v<core>);
static_assert(std::equality_comparable<core>);
static_assert(sizeof(core) <= 1280, "seven nodes, with what each has reported and acknowledged");
static_assert(sizeof(multi_paxos::node<limits<limit_values{.nodes = 3}>>) <= 768);

// What is off leaves no state.
static_assert(sizeof(multi_paxos::node<multi_paxos::quorum_reads<off>>) < sizeof(core));

// Three nodes: A is elected; it has three commands accepted by nobody but itself and B, and is lost; C is elected
// by B and C, fetches what B voted for, proposes it again and has it chosen, and a command of its own behind it;
// and A, come back, has them all.
using small_world = world<3, small_core, 16>;
constexpr bool life_with_a_lost_leader() {
  small_world w;
  w.elect(A);
  if (!w.leads(A) || w.state(A).promised != ballot(1, A)) return false;
  w.propose(A, 3);
  w.turn(A);
  auto const sent = w.take<multi_paxos::accept>(B);
  w.lose_everything();
  w.hand_over(sent);
  w.turn(B);
  w.lose_everything(); // nobody hears of it
  if (w.state(A).commit != at(1) || w.log(B).last() != at(4) || w.log(C).last() != at(1)) return false;

  auto const rest = node_set<64>::of(B).with(C);
  w.elect(C, rest);
  if (!w.leads(C) || w.state(C).promised <= ballot(1, A)) return false;
  w.propose(C);
  w.settle(rest);
  if (w.state(C).commit != at(5) || w.log(C)[at(2)].what != w.log(A)[at(2)].what) return false;
  if (w.log(C)[at(4)] != w.log(B)[at(4)] || w.log(C).stamp_at(at(4)) != w.state(C).promised) return false;

  for (int beat = 0; beat < 3; ++beat) {
    w.expire(C, timer::heartbeat);
    w.settle();
  }
  return !w.leads(A) && w.state(A).commit == at(5) && w.log(A)[at(5)].what == w.log(C)[at(5)].what &&
         multi_paxos::holds(w.state(A), w.log(A)) && multi_paxos::holds(w.state(C), w.log(C));
}
static_assert(life_with_a_lost_leader());

// One node decides alone, once its disk has what it says.
constexpr bool alone() {
  world<1, small_core, 8> w;
  w.expire(A, timer::election);
  if (w.leads(A)) return false;
  w.sync(A);
  if (!w.leads(A)) return false;
  w.propose(A);
  w.flush(A);
  if (w.state(A).commit != at(1)) return false;
  w.sync(A);
  return w.state(A).commit == at(2);
}
static_assert(alone());

static_assert(multi_paxos::ballot_above(ballot(3, C), A) == ballot(4, A));
static_assert(ballot(3, C) > ballot(3, B) && ballot(4, A) > ballot(3, C));
static_assert(multi_paxos::owner_of(ballot(7, D)) == founder_at(D));
static_assert(!multi_paxos::ballot_above(ballot(quorate::ballot::last_round, A), B), "P30: used up is an error");

TEST_CASE("the life with a lost leader, at run time as well") { CHECK(life_with_a_lost_leader()); }

} // namespace
} // namespace quorate::test
