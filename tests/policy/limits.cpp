// Capacities: what does not fit waits or is refused, and nothing is asserted.
#include "quorate/policy/limits.hpp"

#include "quorate/effect/batch.hpp"
#include "support/raft_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <variant>

namespace quorate::test {
namespace {

template <limit_values V, std::size_t Nodes = 3>
using limited = world<Nodes, raft::node<limits<V>>>;

// The bounds themselves may be named.
static_assert(raft::options<limits<limit_values{.nodes = 1}>>::nodes::capacity == 1);
static_assert(raft::options<limits<limit_values{.nodes = 64}>>::nodes::capacity == 64);
static_assert(sizeof(raft::node<limits<limit_values{.nodes = 3}>>) < sizeof(raft::node<>));
static_assert(sizeof(raft::node<limits<limit_values{.reads = 1}>>) < sizeof(raft::node<>));

TEST_CASE("nodes: members beyond the limit are asked nothing, and are voters all the same") {
  limited<limit_values{.nodes = 3}> w{{node_set<64>::first(5)}};
  w.expire(A, timer::election);
  CHECK(w.count<raft::request_pre_vote>() == 2); // of B and C, and of nobody else
  w.elect(A, node_set<64>::first(2));
  CHECK(!w.leads(A)); // two of five
  w.elect(A);
  CHECK(w.leads(A));
}

TEST_CASE("window: so many appends are on their way to one peer, and the rest wait for an answer") {
  limited<limit_values{.window = 3}> w;
  w.elect(A);
  w.settle();
  for (int i = 0; i < 10; ++i) {
    w.propose(A);
    w.turn(A);
  }
  CHECK(w.count<raft::append_entries>(B) == 3);
  CHECK(w.count<raft::append_entries>(C) == 3);
  w.settle();
  CHECK(w.state(A).commit == w.log(A).last());
  CHECK(w.state(C).commit == w.log(A).last());
}

TEST_CASE("append_entries and append_bytes: an append carries no more, but always one entry") {
  auto const largest = [](auto w) {
    w.elect(A);
    w.settle();
    w.propose(A, 40);
    w.turn(A);
    std::uint32_t most = 0;
    for (std::size_t i = 0; i < w.in_flight(); ++i)
      if (auto const* m = std::get_if<raft::append_entries>(&w.waiting(i).what)) most = std::max(most, m->count);
    w.settle();
    CHECK(w.state(B).commit == w.log(A).last());
    return most;
  };
  constexpr auto entry = log_shape<4>::entry_size;
  CHECK(largest(limited<limit_values{}>{}) == 40);
  CHECK(largest(limited<limit_values{.append_entries = 7}>{}) == 7);
  CHECK(largest(limited<limit_values{.append_bytes = 5 * entry}>{}) == 5);
  CHECK(largest(limited<limit_values{.append_bytes = 1}>{}) == 1);
}

TEST_CASE("reads: as many rounds are in flight, and the reads beyond them wait for the next") {
  limited<limit_values{.reads = 2}> w;
  w.elect(A);
  w.settle();
  for (int i = 0; i < 5; ++i) {
    w.read(A);
    w.turn(A);
  }
  CHECK(w.state(A).readers.rounds.size() == 2);
  CHECK(w.state(A).readers.asked == 5);
  w.settle();
  w.settle();
  CHECK(w[A].readable == 5);
  CHECK(w[A].reads_refused == 0);
}

// A log that can take only so many entries more.
struct tight_log : log_shape<8> {
  std::uint64_t left = 0;
  std::uint64_t room() const { return left; }
};

TEST_CASE("reserve: the last room of a bounded storage is for no-ops; a proposal that would take it is refused") {
  using core = raft::node<raft::pre_vote<off>, limits<limit_values{.reserve = 10}>>;
  tight_log log;
  REQUIRE(log.put({at(1), 1, stamp{}, entry_kind::configuration}, {node_set<64>::first(1)}));
  core c{A, {}, log};
  batch<core> out;
  c.step(timer::election, log, out);
  c.step(from<raft::vote_granted>{A, {term(1)}}, log, out);
  REQUIRE(c.leads());
  auto const answer = [&](std::uint64_t room, std::uint32_t count) {
    log.left = room;
    out.clear();
    c.step(propose{count}, log, out);
    return out.effects()[out.effects().size() - 1];
  };
  using effect = batch<core>::effect;
  effect const refused{proposal_refused{refusal::no_room}};
  CHECK(answer(9, 0) == refused);
  CHECK(answer(10, 1) == refused);
  CHECK(answer(14, 5) == refused);
  CHECK(answer(0, 1) == refused);
  CHECK(answer(15, 5) == effect{proposed{entry_run{at(2), 5, term(1), entry_kind::command}}});
}

} // namespace
} // namespace quorate::test
