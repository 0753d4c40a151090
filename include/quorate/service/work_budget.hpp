// How much work a piece of work may do before it stops and lets others run.
#pragma once

#include "quorate/core/config.hpp"

#include <cstdint>

namespace quorate::service {

// In units. A unit is about one instruction, or one byte moved; what waits for memory (the next key of many) is
// charged for that too. So a million units take a millisecond or two, and under callgrind a million and a half
// instructions or less (bench/slice.py). What is charged is no measurement: it is the same on every machine.
//
// Work that is given a budget does at least one thing, however small the budget, and stops after the thing by
// which it is used up. Each function says how much that last thing may cost.
struct work_budget {
  std::uint64_t left;

  // Takes n; whether anything is left for a further thing.
  constexpr bool spend(std::uint64_t n) {
    left = n < left ? left - n : 0;
    return left > 0;
  }
};

} // namespace quorate::service
