// What a simulation is told.
#pragma once

#include "quorate/sim/fault.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>

namespace quorate::sim {

struct run_options {
  std::uint64_t seed = 1;
  std::uint32_t nodes = 0; // at most 7; 0: the seed draws 1 to 7
  fault_set allowed = all_faults;
  bool certain = false;                // all that is allowed exists; else each with odds of one half
  std::uint64_t storm_us = 30'000'000; // how long the faults last, at most; at least half of it. At most a day
};

// Throws std::invalid_argument if they can't work.
inline run_options const& checked(run_options const& o) {
  if (o.nodes > 7)
    throw std::invalid_argument("quorate: sim: run_options::nodes is " + std::to_string(o.nodes) +
                                ": expected 1 to 7, or 0 for what the seed draws");
  if (o.storm_us > 86'400'000'000)
    throw std::invalid_argument("quorate: sim: run_options::storm_us is " + std::to_string(o.storm_us) +
                                ": expected at most 86400000000, a day");
  return o;
}

} // namespace quorate::sim
