// A Raft core with quorums other than the majority: who elects, who commits, who is asked before a read.
#include "quorate/policy/quorum_systems.hpp"
#include "support/raft_world.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>

namespace quorate::test {
namespace {

template <class Q, std::size_t Nodes>
struct model {
  using system = Q;
  using world_type = world<Nodes, raft::node<quorum<Q>>>;
  static constexpr std::uint64_t sets = std::uint64_t{1} << Nodes;
  static constexpr configuration voters = world_type::everybody();
  static bool decides(quorum_phase phase, node_set<64> s) { return Q{}.met(phase, s, voters); }
};
using any_four_and_two = model<flexible<5, 4, 2>, 5>;
using heavy_first = model<weighted<weights<3, 1, 1, 1, 0>, 4, 3>, 5>;
using two_by_three = model<grid<2, 3>, 6>;
using of_both = model<both<majority, grid<2, 2>>, 5>;
using six_under_five = model<flexible<5, 3, 3>, 6>; // F counts for nothing

#define QUORATE_MODELS any_four_and_two, heavy_first, two_by_three, of_both, six_under_five

TEST_CASE_TEMPLATE("a node is elected by an election quorum with itself in it, and by nobody else", Model,
                   QUORATE_MODELS) {
  for (std::uint64_t bits = 1; bits < Model::sets; bits += 2) {
    CAPTURE(bits);
    typename Model::world_type w;
    w.elect(A, node_set<64>{bits});
    CHECK(w.leads(A) == Model::decides(quorum_phase::election, {bits}));
  }
}

TEST_CASE_TEMPLATE("an entry commits once a commit quorum has it on its disks, and no earlier", Model,
                   QUORATE_MODELS) {
  for (std::uint64_t bits = 1; bits < Model::sets; bits += 2) {
    CAPTURE(bits);
    typename Model::world_type w;
    w.elect(A);
    REQUIRE(w.state(A).commit == at(2));
    w.propose(A);
    w.settle(node_set<64>{bits});
    CHECK((w.state(A).commit == at(3)) == Model::decides(quorum_phase::commit, {bits}));
  }
}

TEST_CASE_TEMPLATE("a read is answered once a commit quorum has confirmed the leader, and no earlier", Model,
                   QUORATE_MODELS) {
  for (std::uint64_t bits = 1; bits < Model::sets; bits += 2) {
    CAPTURE(bits);
    typename Model::world_type w;
    w.elect(A);
    w.read(A);
    w.settle(node_set<64>{bits});
    CHECK((w[A].readable == 1) == Model::decides(quorum_phase::commit, {bits}));
  }
}

TEST_CASE_TEMPLATE("a leader that a commit quorum answers stays, any other gives way", Model, QUORATE_MODELS) {
  for (std::uint64_t bits = 1; bits < Model::sets; bits += 2) {
    CAPTURE(bits);
    typename Model::world_type w;
    w.elect(A);
    w.expire(A, timer::quorum_check);
    w.expire(A, timer::heartbeat);
    w.settle(node_set<64>{bits});
    w.expire(A, timer::quorum_check);
    CHECK(w.leads(A) == Model::decides(quorum_phase::commit, {bits}));
  }
}

// Whoever is lost, if an election quorum is left then one of it is elected, and has what was committed.
TEST_CASE_TEMPLATE("what a commit quorum holds, every later leader has", Model, QUORATE_MODELS) {
  for (std::uint64_t keep = 1; keep < Model::sets; keep += 2) {
    if (!Model::decides(quorum_phase::commit, {keep})) continue;
    CAPTURE(keep);
    typename Model::world_type w;
    w.elect(A);
    w.propose(A);
    w.settle(node_set<64>{keep});
    w.lose_everything();
    REQUIRE(w.state(A).commit == at(3));
    w.crash(A); // so it leads no more
    for (std::uint64_t left = 1; left < Model::sets; ++left) {
      if (!Model::decides(quorum_phase::election, {left})) continue;
      CAPTURE(left);
      bool led = false;
      node_set<64>{left}.for_each([&](node_index n) {
        auto later = w;
        later.elect(n, node_set<64>{left});
        if (!later.leads(n)) return;
        led = true;
        CHECK(later.log(n).stamp_at(at(3)) == term(1));
      });
      CHECK(led);
    }
  }
}

TEST_CASE("C10: who is no voter counts for nothing in a constant system either") {
  world<5, raft::node<quorum<flexible<5, 3, 3>>>> w{configuration{node_set<64>::first(3)}};
  w.expire(A, timer::election);
  for (auto const n : {D, E}) w.receive(A, n, raft::pre_vote_granted{term(1)});
  w.receive(A, B, raft::pre_vote_granted{term(1)});
  CHECK(w.state(A).is == raft::role::follower);
  w.receive(A, C, raft::pre_vote_granted{term(1)});
  w.sync(A);
  for (auto const n : {B, D, E}) w.receive(A, n, raft::vote_granted{term(1)});
  CHECK(!w.leads(A));
  w.receive(A, C, raft::vote_granted{term(1)});
  REQUIRE(w.leads(A));
  w.turn(A);
  for (auto const n : {B, D, E}) w.receive(A, n, raft::appended{term(1), at(2), 1});
  CHECK(w.state(A).commit == at(0));
  w.receive(A, C, raft::appended{term(1), at(2), 1});
  CHECK(w.state(A).commit == at(2));
}

// Why Raft asks that election quorums meet each other: this system, which nobody can try, does well in Paxos.
struct any_two_and_three {
  static constexpr bool met(quorum_phase phase, node_set<64> acks, configuration const& c) {
    return (acks & c.voters).size() >= (phase == quorum_phase::election ? 2U : 3U);
  }
};
static_assert(!find_miss(any_two_and_three{}, {node_set<64>::first(4)}));
static_assert(find_miss(any_two_and_three{}, {node_set<64>::first(4)}, quorum_phase::election,
                        quorum_phase::election));

TEST_CASE("where election quorums miss each other, two nodes lead one term") {
  world<4, raft::node<quorum<any_two_and_three>>> w;
  w.elect(A, node_set<64>::of(A).with(B));
  w.elect(C, node_set<64>::of(C).with(D));
  CHECK(w.leads(A));
  CHECK(w.leads(C));
  CHECK(w.state(A).current_term == w.state(C).current_term);
}

// Pairs that can't be tried as a whole are taken if their halves are.
using sixteen = limits<limit_values{.nodes = 16}>;
static_assert(raft::options<sixteen, quorum<both<flexible<15, 9, 7>, grid<4, 4>>>>::reads);
static_assert(raft::options<quorum<both<majority, grid<4, 4>>>>::reads);

// At compile time as well: four elect, three do not, two commit.
constexpr bool elects_by_four_and_commits_by_two() {
  world<5, raft::node<quorum<flexible<5, 4, 2>>>> w;
  w.elect(A, node_set<64>::first(3));
  if (w.leads(A)) return false;
  w.elect(A, node_set<64>::first(4));
  if (!w.leads(A)) return false;
  w.propose(A);
  w.settle(node_set<64>::of(A).with(B));
  return w.state(A).commit == at(3);
}
static_assert(elects_by_four_and_commits_by_two());

} // namespace
} // namespace quorate::test
