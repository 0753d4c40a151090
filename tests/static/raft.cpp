// Raft at compile time: what compiles here has been proved by the compiler.
#include "support/raft_world.hpp"

#include "quorate/effect/batch.hpp"

#include <doctest/doctest.h>

#include <type_traits>

namespace quorate::test {
namespace {

using core = raft::node<>;

static_assert(std::is_trivially_copyable_v<core>);
static_assert(std::equality_comparable<core>);
static_assert(sizeof(core) <= 512, "seven nodes in half a kilobyte");

// What is off leaves no state.
static_assert(sizeof(raft::node<raft::pre_vote<off>>) < sizeof(core));
static_assert(sizeof(raft::node<raft::read_index<off>>) < sizeof(core));
static_assert(sizeof(raft::progress<raft::options<raft::eager_commit<off>>>) <
              sizeof(raft::progress<raft::options<>>));
using plain =
    raft::node<raft::pre_vote<off>, raft::check_quorum<off>, raft::first_entry<off>, raft::pipelining<off>,
               raft::answer_stale<off>, raft::eager_commit<off>, raft::read_index<off>>;
static_assert(sizeof(plain) < sizeof(raft::node<raft::pre_vote<off>, raft::read_index<off>>));

// Three nodes: A is elected and commits an entry; A is lost; B is elected by B and C, commits an entry of its own,
// and A, come back, has them all.
constexpr bool life_with_a_lost_leader() {
  world<3> w;
  w.elect(A);
  if (!w.leads(A) || w.state(A).current_term != term(1)) return false;
  w.propose(A);
  w.settle();
  if (w.state(A).commit != at(3) || w.state(C).commit != at(3)) return false;

  auto const rest = node_set<64>{}.with(B).with(C);
  w.elect(B, rest);
  if (!w.leads(B) || w.state(B).current_term != term(2)) return false;
  w.propose(B);
  w.settle(rest);
  if (w.state(B).commit != at(5) || w.state(C).commit != at(5) || w.state(A).commit != at(3)) return false;

  for (int beat = 0; beat < 2; ++beat) { // the second unanswered append makes B ask again
    w.expire(B, timer::heartbeat);
    w.settle();
  }
  return !w.leads(A) && w.state(A).commit == at(5) && w.log(A) == w.log(B);
}
static_assert(life_with_a_lost_leader());

TEST_CASE("the life with a lost leader, at run time as well") { CHECK(life_with_a_lost_leader()); }

} // namespace
} // namespace quorate::test
