// How often everything happened: a run that reaches nothing proves nothing.
#pragma once

#include "quorate/sim/fault.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace quorate::sim {

enum class happening : std::uint8_t {
  starts, // of a node, the first ones not counted
  crashes,
  torn_turns,  // crashes between two steps of a turn
  torn_syncs,  // crashes with a sync in flight
  groups_kept, // of what no sync had covered, at a crash
  groups_lost,
  stops,     // nodes that stopped by themselves
  strangers, // messages of a node with another disk, refused
  elections, // campaigns
  leaders,   // campaigns won
  commits,   // entries committed, the first time anybody knew
  truncations,
  rewrites, // entries written over at a higher ballot
  compactions,
  syncs,
  proposals_done,
  proposals_refused,
  proposals_unknown,
  no_room, // of the refused, because a disk was full
  reads_done,
  reads_refused,
  slow_disks, // nodes whose disk is slow to the end
  healed,     // seeds that came right at the end
  saved,      // snapshots of a node's own machine, whole
  fetched,    // snapshots of another node's, whole
  unsealed,   // saves and fetches that failed
  cut_off,    // transfers that ended before all had come
  installed,  // marks put in the place of a log
  restored,   // machines brought to a snapshot while their node ran
  found,      // machines brought to a snapshot at a start
  seals_kept, // at a crash, of snapshots whose seal was on its way
  seals_lost,
  refused_starts,  // of nodes whose newest snapshot has rotted, and no other leads to their log
  starts_from_old, // whose newest has rotted, and that start from what came before it
};
inline constexpr std::size_t happenings = static_cast<std::size_t>(happening::starts_from_old) + 1;
constexpr std::string_view name_of(happening h) {
  constexpr std::string_view names[happenings] = {"starts",
                                                  "crashes",
                                                  "torn-turns",
                                                  "torn-syncs",
                                                  "groups-kept",
                                                  "groups-lost",
                                                  "stops",
                                                  "strangers",
                                                  "elections",
                                                  "leaders",
                                                  "commits",
                                                  "truncations",
                                                  "rewrites",
                                                  "compactions",
                                                  "syncs",
                                                  "proposals-done",
                                                  "proposals-refused",
                                                  "proposals-unknown",
                                                  "no-room",
                                                  "reads-done",
                                                  "reads-refused",
                                                  "slow-disks",
                                                  "healed",
                                                  "saved",
                                                  "fetched",
                                                  "unsealed",
                                                  "cut-off",
                                                  "installed",
                                                  "restored",
                                                  "found",
                                                  "seals-kept",
                                                  "seals-lost",
                                                  "refused-starts",
                                                  "starts-from-old"};
  return names[static_cast<std::size_t>(h)];
}

struct coverage {
  std::array<std::uint64_t, faults> struck{};
  std::array<std::uint64_t, faults> enabled{}; // in how many seeds
  std::array<std::uint64_t, happenings> happened{};
  std::array<std::uint64_t, 32> sent{}; // messages, by their place in the protocol's vocabulary
  std::uint64_t seeds = 0;
  std::uint64_t events = 0;
  std::uint64_t simulated_us = 0;

  std::uint64_t& operator[](fault f) { return struck[static_cast<std::size_t>(f)]; }
  std::uint64_t& operator[](happening h) { return happened[static_cast<std::size_t>(h)]; }
  std::uint64_t operator[](fault f) const { return struck[static_cast<std::size_t>(f)]; }
  std::uint64_t operator[](happening h) const { return happened[static_cast<std::size_t>(h)]; }

  void add(coverage const& other) {
    auto const all = [](auto& to, auto const& more) {
      for (std::size_t i = 0; i < to.size(); ++i) to[i] += more[i];
    };
    all(struck, other.struck), all(enabled, other.enabled);
    all(happened, other.happened), all(sent, other.sent);
    seeds += other.seeds, events += other.events, simulated_us += other.simulated_us;
  }
  // A fault that existed in some seed and never struck: the tools have a hole, or the run was too short.
  bool missed(fault f) const { return enabled[static_cast<std::size_t>(f)] > 0 && (*this)[f] == 0; }
};

} // namespace quorate::sim
