// What a turn of Raft leaves to the next one.
#include "cluster.hpp"

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace quorate {
namespace {

using namespace test;

TEST_CASE("what is written in release belongs to the next turn") {
  cluster c{1};
  while (c[1].disk.log().last() == log_index{1}) { // the no-op is written when the own vote comes back, in release
    ++c.now;
    c.turn(1);
  }
  CHECK(c[1]->core().leads());
  CHECK(c[1].next.pending);
  CHECK(c[1]->core().commit_index() == log_index{0});
  auto copy = c[1].disk;
  copy.crash();
  CHECK(copy.log().last() == log_index{1}); // no sync has covered it
  c.turn(1);
  CHECK(c[1]->core().commit_index() == log_index{2});
}

// Takes so many commands a turn, and says when it has had enough.
struct easily_sated {
  std::uint32_t most;
  std::vector<std::uint64_t> applied{};
  std::uint32_t taken = 0;

  template <class Event>
  void operator()(Event const& e) {
    if constexpr (requires { e.command; }) applied.push_back(e.index.value), ++taken;
  }
  bool sated() {
    bool const enough = taken >= most;
    if (enough) taken = 0;
    return enough;
  }
};

TEST_CASE("a machine that is sated gets the next command in the next turn, which is pending") {
  memory disk;
  raft::replica<messages<int>, memory, manual_timer> node{replica_config{node_id{1}, {node_id{1}}}, disk,
                                                          manual_timer{{10, 3, 99}, 1}};
  auto const nobody = [](auto, auto const&, auto) {};
  easily_sated machine{3};
  std::uint64_t now = 0;
  for (; node.status().commit < log_index{2}; ++now) node.turn(now, nobody, machine);
  for (int i = 0; i < 7; ++i) CHECK(node.propose(i));
  std::vector<std::size_t> after;
  for (bool pending = true; pending;) {
    pending = node.turn(now, nobody, machine).pending;
    if (!machine.applied.empty() && (after.empty() || after.back() != machine.applied.size()))
      after.push_back(machine.applied.size());
  }
  CHECK(after == std::vector<std::size_t>{3, 6, 7});
  CHECK(machine.applied == std::vector<std::uint64_t>{3, 4, 5, 6, 7, 8, 9});
  CHECK(node.applied_index() == log_index{9});
}

TEST_CASE("a vote's timer waits for the vote's sync: however long that takes, no other campaign begins") {
  memory disk;
  constexpr std::uint64_t T = 100;
  auto const n = std::make_unique<raft::replica<messages<int>, memory, manual_timer>>(
      replica_config{node_id{1}, {node_id{1}, node_id{2}, node_id{3}}}, disk, manual_timer{{T, 10, 9999}, 1});
  auto const nobody = [](auto, auto const&, auto) {};
  auto const silent = [](auto const&) {};
  std::uint64_t now = 0;
  for (; n->core().era() == stamp{0}; ++now) {
    n->turn(now, nobody, silent);
    n->receive(node_id{2}, raft::pre_vote_granted{stamp{1}});
  }
  n->collect(now, nobody);
  auto order = n->start_sync();
  REQUIRE(order);
  n->release(nobody, silent);
  for (auto const until = now + 20 * T; now < until; ++now) {
    n->collect(now, nobody);
    CHECK(!n->start_sync());
    n->release(nobody, silent);
  }
  CHECK(n->core().era() == stamp{1});
  CHECK(n->core().campaigns());
  n->synced(*disk.sync(std::move(*order)));
  n->release(nobody, silent);
  CHECK(n->next().pending); // so that a driver takes the turn that sets the timer
  n->collect(now, nobody);
  std::uint64_t expired = 0;
  for (auto t = now; expired == 0; ++t) {
    n->turn(t, nobody, silent);
    if (!n->core().campaigns()) expired = t; // it asks for pre-votes again
  }
  CHECK(expired >= now + T);
  CHECK(expired <= now + 2 * T);
}

} // namespace
} // namespace quorate
