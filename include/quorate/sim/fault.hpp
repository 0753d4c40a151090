// The faults there are, by name, and the weather of a seed: which of them exist in it, and how often they strike.
#pragma once

#include "quorate/sim/random.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace quorate::sim {

enum class fault : std::uint8_t {
  // network
  loss,        // of single messages
  duplication, // of single messages
  reordering,  // messages overtake each other
  spikes,      // a message takes ten times as long, or a hundred times
  clogs,       // a link delivers nothing for a while, and then everything
  partitions,  // a leader alone, one node, halves, a ring, a bridge
  one_way,     // a link loses everything in one direction
  flapping,    // a link comes and goes
  // processes and clocks
  crashes,     // between two turns; what is written may be lost
  mid_turn,    // crashes between two steps of a turn, also with a sync in flight
  crash_loops, // a node that has crashed crashes again, soon after it has started
  pauses,      // a process stands still, and then goes on
  slow_nodes,  // a process takes its time over every turn
  drift,       // clocks run at different rates
  jumps,       // clocks leap forward
  frozen_clocks,
  // disks
  lost_writes,   // a crash takes what no sync covers, or the newest part of it; else nothing
  slow_syncs,    // some take 10 or 100 times as long; in half of the seeds disks are slow, to the end
  crossed_syncs, // several syncs in flight, of which a later one may end earlier
  failed_syncs,
  failed_writes,
  full_disks,  // nothing can be written until the node starts again
  small_disks, // room for few entries; there is no failure, only refusals
  wiped_disks, // an empty disk in place of the old one: the node must stay out
  damage,      // what was written long ago can't be read: the node must stop
  // snapshots, where there are some
  failed_seals,
  damaged_snapshots, // the newest one rots
};
inline constexpr std::size_t faults = static_cast<std::size_t>(fault::damaged_snapshots) + 1;
inline constexpr std::size_t faults_of_all = static_cast<std::size_t>(fault::damage) + 1; // of every protocol

constexpr std::string_view name_of(fault f) {
  constexpr std::string_view names[faults] = {
      "loss",          "duplication",      "reordering",  "spikes",        "clogs",
      "partitions",    "one-way",          "flapping",    "crashes",       "mid-turn",
      "crash-loops",   "pauses",           "slow-nodes",  "drift",         "jumps",
      "frozen-clocks", "lost-writes",      "slow-syncs",  "crossed-syncs", "failed-syncs",
      "failed-writes", "full-disks",       "small-disks", "wiped-disks",   "damage",
      "failed-seals",  "damaged-snapshots"};
  return names[static_cast<std::size_t>(f)];
}
constexpr std::optional<fault> fault_named(std::string_view name) {
  for (std::size_t i = 0; i < faults; ++i)
    if (name == name_of(static_cast<fault>(i))) return static_cast<fault>(i);
  return std::nullopt;
}

// Sets of faults, one bit each.
using fault_set = std::uint32_t;
constexpr fault_set bit_of(fault f) { return fault_set{1} << static_cast<unsigned>(f); }
inline constexpr fault_set all_faults = (fault_set{1} << faults) - 1;

// How hard each fault strikes: 0, not at all; else 1 (rare) to 1000 (heavy). What that means is the fault's own.
class weather {
public:
  // Swarm testing: each fault that is allowed exists in a seed with odds of one half; how hard it strikes is drawn
  // on a log scale. `certain`: each one that is allowed exists.
  weather(stream& draw, fault_set allowed, bool certain = false) {
    for (std::size_t i = 0; i < faults_of_all; ++i) add(i, draw, allowed, certain);
  }
  // And those of snapshots, from a stream of their own.
  void add_snapshots(stream& draw, fault_set allowed, bool certain = false) {
    for (auto i = faults_of_all; i < faults; ++i) add(i, draw, allowed, certain);
  }
  std::uint32_t force(fault f) const { return force_[static_cast<std::size_t>(f)]; }
  bool has(fault f) const { return force(f) != 0; }
  void end(fault f) { force_[static_cast<std::size_t>(f)] = 0; }
  void end_all() { force_ = {}; }

private:
  void add(std::size_t i, stream& draw, fault_set allowed, bool certain) {
    bool const there = draw.below(2) == 0; // drawn for all, so that one does not shift the others
    auto const how = static_cast<std::uint32_t>(draw.on_log_scale(1, 1000));
    if ((allowed >> i & 1U) != 0 && (there || certain)) force_[i] = how;
  }

  std::array<std::uint32_t, faults> force_{};
};

} // namespace quorate::sim
