// What a seed decides before anything happens: the cluster, its disks, and when its nodes save.
#pragma once

#include "quorate/core/node_set.hpp"
#include "quorate/sim/cluster.hpp"
#include "quorate/sim/fault.hpp"
#include "quorate/sim/random.hpp"
#include "quorate/sim/run_options.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace quorate::sim {

template <class Family>
weather weather_of(run_options const& o, streams& draws) {
  weather w{draws.topology, o.allowed, o.certain};
  if (keeps_snapshots<Family>) w.add_snapshots(draws.snapshots, o.allowed, o.certain);
  return w;
}

// How a node goes through its run, as the simulation moves it.
struct node_course {
  std::uint64_t life = 0;
  std::uint64_t turn_at = 0; // 0: no turn is due
  std::uint64_t paused_until = 0;
  std::uint64_t pace = 20; // microseconds between what comes and the turn that sees to it
  bool comes_back = false;
};

// Who lives without faults in the end: a quorum, and perhaps more.
template <class Cluster>
node_set<64> draw_core(Cluster const& world, stream& draw) {
  std::vector<std::uint32_t> order;
  for (std::uint32_t n = 0; n < world.size(); ++n)
    if (!world[n].lost) order.push_back(n);
  for (auto i = order.size(); i > 1; --i) std::swap(order[i - 1], order[static_cast<std::size_t>(draw.below(i))]);
  node_set<64> core{};
  for (auto const n : order)
    if (!world.decide(core) || draw.below(2) == 0) core.insert(Cluster::index_of(world[n]));
  return core;
}

// A node that sends a snapshot, if there is one, else n.
template <class Cluster>
std::uint32_t who_sends(Cluster const& world, std::uint32_t n) {
  if constexpr (keeps_snapshots<typename Cluster::family>)
    for (std::uint32_t i = 0; i < world.size(); ++i)
      if (world[i].up() && world[i].node->snapshots().sending) n = i;
  return n;
}

template <class Family>
class building {
public:
  building(run_options const& o, streams& draws, weather const& sky) {
    auto const drawn = static_cast<std::uint32_t>(draws.topology.between(1, 7));
    options = {.nodes = o.nodes == 0 ? drawn : o.nodes, .seed = draws.timeouts()};
    if (sky.has(fault::small_disks)) options.entries = static_cast<std::size_t>(draws.disk.on_log_scale(80, 512));
    disk_pace = draws.disk.on_log_scale(100, 4000);
    tidies = draws.disk.below(4) != 0 || Family::renews || sky.has(fault::small_disks);
    if (Family::replicates_a_log && sky.has(fault::slow_syncs)) draw_slow_disks(draws);
    if (keeps_snapshots<Family>) draw_habits(draws.snapshots, sky);
  }

  cluster_options options{};
  std::uint64_t disk_pace = 0;
  std::uint64_t slowest_sync = 0;
  node_set<64> slow{}; // whose disk is slow for good: a sync takes slowest_sync more
  bool tidies = false;

private:
  // In half of the seeds that have slow syncs all disks, one, or some have syncs of up to 5 T: to the end, since
  // there must be progress. A request waits for two syncs in a row, each behind one that is under way.
  void draw_slow_disks(streams& draws) {
    if (draws.disk.below(2) == 0) return;
    auto const election = options.times.election;
    auto const takes = draws.disk.on_log_scale(election / 20, 5 * election);
    auto const which = draws.disk.below(3);
    auto const one = draws.disk.below(options.nodes);
    for (std::uint8_t n = 0; n < options.nodes; ++n)
      if (which == 0 || (which == 1 ? n == one : draws.disk.below(2) == 0)) slow.insert(node_index{n});
    if (slow.empty()) return;
    slowest_sync = takes;
    options.times.request += 4 * takes;
  }
  // Small numbers, so that a run saves often, and a transfer has many pieces. The state of the recorder has 960
  // bytes, an entry 12.
  void draw_habits(stream& draw, weather const& sky) {
    auto& [compaction, transfer] = options.habits;
    bool const tight = sky.has(fault::small_disks);
    compaction.entries = draw.on_log_scale(4, tight ? 16 : 64);
    compaction.bytes = draw.below(2) == 0 ? 0 : draw.on_log_scale(120, 1200);
    compaction.keep_bytes = draw.below(2) == 0 ? 0 : draw.on_log_scale(12, tight ? 60 : 400);
    compaction.step = static_cast<std::size_t>(draw.on_log_scale(1, 400));
    transfer.piece = static_cast<std::size_t>(draw.on_log_scale(16, 200));
    transfer.window = transfer.piece * static_cast<std::size_t>(draw.between(1, 8));
    transfer.a_tick = draw.below(2) == 0 ? 0 : draw.on_log_scale(120, 1200);
    transfer.patience = static_cast<std::uint32_t>(draw.between(5, 20));
  }
};

} // namespace quorate::sim
