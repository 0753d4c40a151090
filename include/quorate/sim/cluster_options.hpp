// With what a cluster is built.
#pragma once

#include "quorate/replica/snapshot_options.hpp"
#include "quorate/sim/fitting.hpp"

#include <cstddef>
#include <cstdint>

namespace quorate::sim {

// When nodes save their machine, and how they send what they have saved, where they do.
struct snapshot_habits {
  compaction_options compaction{};
  transfer_limits transfer{};
};

struct cluster_options {
  std::uint32_t nodes = 3;
  std::uint64_t seed = 0; // of the timers' jitter
  timings times{};
  std::size_t entries = 4096; // room on each disk
  snapshot_habits habits{};
};

} // namespace quorate::sim
