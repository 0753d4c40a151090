// What a turn of Raft leaves to the next one.
#include "cluster.hpp"

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

} // namespace
} // namespace quorate
