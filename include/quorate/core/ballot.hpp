// Ballots: the numbers of Paxos' proposals (Paxos Made Simple §2.2).
#pragma once

#include "quorate/core/id.hpp"

#include <compare>
#include <cstdint>
#include <optional>

namespace quorate {

// A round and, inside the same total order, the one proposer that may use it: two proposers never have one ballot,
// and whoever compares can't leave the owner out (scenario P16). One word, so that there is one way to write
// "none": zero (scenario P15). Ballots are made by `ballot_at` and read from disks and messages; nothing counts
// them up.
struct ballot {
  using rep = std::uint64_t;
  std::uint64_t value{};

  constexpr ballot() = default;
  constexpr explicit ballot(std::uint64_t v) : value{v} {}
  friend constexpr auto operator<=>(ballot, ballot) = default;

  static constexpr unsigned owner_bits = 8;
  static constexpr std::uint64_t last_round = ~std::uint64_t{0} >> owner_bits;

  constexpr std::uint64_t round_number() const { return value >> owner_bits; }
  constexpr node_index owner() const {
    return round_number() == 0 ? no_node : node_index{static_cast<std::uint8_t>(value & 0xff)};
  }
  constexpr bool none() const { return round_number() == 0; }
};

template <>
inline constexpr bool is_strong_id<ballot> = true;

// The ballot of that round and owner. Precondition: 1 <= round <= ballot::last_round.
constexpr ballot ballot_at(std::uint64_t round, node_index owner) {
  QUORATE_ASSERT(1 <= round && round <= ballot::last_round, "no ballot is of round ", round);
  return ballot{round << ballot::owner_bits | owner.value};
}

// The owner's ballot in the round after `round`; nothing when there is none, never one that wraps (scenario P30).
constexpr std::optional<ballot> ballot_after(std::uint64_t round, node_index owner) {
  if (round >= ballot::last_round) return std::nullopt;
  return ballot_at(round + 1, owner);
}

} // namespace quorate
