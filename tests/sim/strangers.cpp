// Which messages a node of the simulator hears, when disks are replaced under it.
#include "quorate/sim/cluster.hpp"
#include "quorate/sim/raft.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <variant>
#include <vector>

namespace quorate::sim {
namespace {

// Five nodes; messages are kept until somebody delivers them.
struct five_nodes {
  using family = raft_family<>;
  cluster<family> world{{.nodes = 5, .seed = 1}};
  std::uint64_t now = 0;

  void act(action a) {
    REQUIRE(world.execute(a));
    REQUIRE(world.broken() == nullptr);
  }
  // Takes a turn with its sync; returns what left.
  std::vector<std::uint32_t> turn(std::uint8_t n) {
    act({.what = act::turn, .node = n, .flag = static_cast<std::uint8_t>(turn_steps::all), .match = now});
    auto left = world.sent();
    while (!world[n].in_flight.empty()) {
      act({.what = act::sync, .node = n});
      left.insert(left.end(), world.sent().begin(), world.sent().end());
    }
    return left;
  }
  void deliver(std::uint32_t slot) {
    auto const& p = world.at(slot);
    action const a{.what = act::deliver,
                   .node = static_cast<std::uint8_t>(p.to),
                   .peer = static_cast<std::uint8_t>(p.from),
                   .match = p.hash};
    REQUIRE(world.deliver(a, slot));
  }
  void everybody_talks() {
    for (std::uint8_t n = 0; n < 5; ++n)
      for (auto const slot : turn(n)) deliver(slot);
  }
  std::uint8_t elect() {
    for (; now < 10'000'000; now += 10'000) {
      everybody_talks();
      for (std::uint8_t n = 0; n < 5; ++n)
        if (world[n].node->leads() && world[n].node->commit() > 1) return n;
    }
    FAIL("nobody leads");
    return 0;
  }
  void replace_disk(std::uint8_t n) {
    act({.what = act::crash, .node = n});
    act({.what = act::wipe, .node = n});
    act({.what = act::restart, .node = n});
  }
  // The leader's next heartbeat to `to`, on its way.
  std::uint32_t heartbeat(std::uint8_t leader, std::uint8_t to) {
    for (auto const until = now + 10'000'000; now < until; now += 10'000)
      for (auto const slot : turn(leader)) {
        auto const& p = world.at(slot);
        if (p.to == to && std::holds_alternative<raft::heartbeat>(p.what)) return slot;
      }
    FAIL("it says nothing");
    return 0;
  }
  std::uint64_t refused() { return world.covered()[happening::strangers]; }
};

TEST_CASE("what was sent to a disk that is no more is not heard, whoever else has forgotten that disk") {
  for (bool const sent_before : {true, false}) {
    CAPTURE(sent_before);
    five_nodes all;
    auto const leader = all.elect();
    auto const other = static_cast<std::uint8_t>((leader + 1) % 5);
    auto const early = all.heartbeat(leader, other);
    all.replace_disk(other);
    auto const late = all.heartbeat(leader, other);
    all.act({.what = act::crash, .node = leader});
    all.act({.what = act::wipe, .node = leader});
    all.deliver(sent_before ? early : late);
    CHECK(all.refused() == 1);
    CHECK_FALSE(all.world[other].node->stopped());
    CHECK(all.world.broken() == nullptr);
  }
}

TEST_CASE("two that both have an empty disk hear each other") {
  five_nodes all;
  auto const leader = all.elect();
  auto const one = static_cast<std::uint8_t>((leader + 1) % 5), two = static_cast<std::uint8_t>((leader + 2) % 5);
  all.replace_disk(one), all.replace_disk(two);
  for (bool heard = false; !heard; all.now += 10'000) {
    REQUIRE(all.now < 20'000'000);
    for (auto const slot : all.turn(one))
      if (all.world.at(slot).to == two) all.deliver(slot), heard = true;
  }
  CHECK(all.refused() == 0);
}

TEST_CASE("what was sent to an earlier life of the same disk is heard") {
  five_nodes all;
  auto const leader = all.elect();
  auto const other = static_cast<std::uint8_t>((leader + 1) % 5);
  auto const early = all.heartbeat(leader, other);
  all.act({.what = act::crash, .node = other});
  all.act({.what = act::restart, .node = other});
  all.deliver(early);
  CHECK(all.refused() == 0);
  CHECK(all.world[other].node->core().leader() == node_index{leader});
}

} // namespace
} // namespace quorate::sim
