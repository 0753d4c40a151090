// The checker's log of slots (quorate/explore/slot_log.hpp) by the names that tests give it.
#pragma once

#include "quorate/explore/slot_log.hpp"

#include <cstddef>
#include <cstdint>

namespace quorate::test::inline on_multi_paxos {

constexpr log_index at(std::uint64_t n) { return log_index{n}; }

using value = check::slot_value;
using cell = check::slot;
using offer = check::slot_offer;
using check::slot_log;
using values = check::slot_values;
inline constexpr std::size_t most_values = check::most_slot_values;

// What outlives a crash, when it was synced.
template <std::size_t Slots>
struct disk {
  slot_log<Slots> log{};
  hard_state hard{};
  friend constexpr bool operator==(disk const&, disk const&) = default;
};

} // namespace quorate::test::inline on_multi_paxos
