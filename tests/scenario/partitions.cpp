// Scenarios E15, E16: elections when some links are down.
#include "support/raft_world.hpp"

#include <doctest/doctest.h>

namespace quorate::test {
namespace {

using namespace raft;

// The leader A reaches nobody but B; B, C and D reach each other; E is down. B hears a leader that has no quorum.
TEST_CASE("E15: a leader without a quorum gives way, and with it the bridge that hears it") {
  world<5> w;
  w.elect(A);
  auto const live = node_set<64>::first(4);
  auto const passes = [&](packet const& p) {
    if (!live.contains(p.to) || !live.contains(p.from)) return false;
    return (p.from != A || p.to == B) && (p.to != A || p.from == B);
  };
  for (auto const n : {C, D}) w.expire(n, timer::contact);
  for (int t = 0; t < 3; ++t) { // A's contact with the others was fresh; then it is not
    w.expire(A, timer::heartbeat);
    w.settle_where(live, passes);
    w.expire(C, timer::election);
    w.settle_where(live, passes);
    CHECK(!w.leads(C)); // B hears A, and C and D alone are no majority
    w.expire(A, timer::quorum_check);
    if (!w.leads(A)) break;
  }
  REQUIRE(!w.leads(A));
  w.expire(A, timer::heartbeat);
  CHECK(w.count<heartbeat>() == 0);
  w.expire(B, timer::contact);
  w.expire(C, timer::election);
  w.settle_where(live, passes);
  CHECK(w.leads(C));
  CHECK(w.state(C).commit == w.log(C).last());
}

// C sends and never receives: it hears of no leader and asks for votes for ever.
template <class Core>
void one_that_cannot_hear_deposes_nobody() {
  world<3, Core> w;
  w.elect(A);
  auto const passes = [](packet const& p) { return p.to != C; };
  w.expire(C, timer::contact);
  for (int t = 0; t < 5; ++t) {
    w.expire(A, timer::heartbeat);
    w.settle_where(node_set<64>::first(3), passes);
    w.expire(C, timer::election);
    w.settle_where(node_set<64>::first(3), passes);
    w.expire(A, timer::quorum_check);
    CHECK(w.leads(A));
    CHECK(w.state(A).current_term == term(1));
  }
}

// Two rules keep this, and each suffices: who cannot hear pre-votes does not campaign; and beside a living
// leader a request does not raise the term.
TEST_CASE("E16: a node that can send and not receive does not depose the leader: pre-votes alone") {
  one_that_cannot_hear_deposes_nobody<node<check_quorum<off>>>();
}
TEST_CASE("E16: a node that can send and not receive does not depose the leader: stickiness alone") {
  one_that_cannot_hear_deposes_nobody<node<pre_vote<off>>>();
}

// C hears everybody but the leader, and would win.
TEST_CASE("E16: a node that hears all but the leader does not depose it: pre-votes are refused beside it") {
  world<3, node<check_quorum<off>>> w;
  w.elect(A);
  auto const passes = [](packet const& p) { return p.from != A || p.to != C; };
  w.expire(C, timer::contact);
  for (int t = 0; t < 5; ++t) {
    w.expire(A, timer::heartbeat);
    w.settle_where(node_set<64>::first(3), passes);
    w.expire(C, timer::election);
    w.settle_where(node_set<64>::first(3), passes);
    CHECK(w.leads(A));
    CHECK(w.state(A).current_term == term(1));
  }
}

TEST_CASE("E16: a leader that can send and not receive gives way once, and the others elect one who hears") {
  world<3> w;
  w.elect(A);
  auto const everybody = node_set<64>::first(3);
  auto const passes = [](packet const& p) { return p.to != A; };
  for (int t = 0; t < 2; ++t) {
    w.expire(A, timer::heartbeat);
    w.settle_where(everybody, passes);
    w.expire(A, timer::quorum_check);
  }
  REQUIRE(!w.leads(A));
  for (auto const n : {B, C}) w.expire(n, timer::contact);
  w.expire(B, timer::election);
  w.settle_where(everybody, passes);
  REQUIRE(w.leads(B));
  for (int t = 0; t < 5; ++t) {
    w.expire(A, timer::election);
    w.settle_where(everybody, passes);
    w.expire(B, timer::quorum_check);
    CHECK(w.leads(B));
    w.expire(B, timer::heartbeat);
    w.settle_where(everybody, passes);
  }
}

} // namespace
} // namespace quorate::test
