// Ballots: the numbers of Paxos' proposals (Paxos Made Simple §2.2).
#pragma once

#include "quorate/core/id.hpp"

#include <compare>
#include <cstdint>
#include <optional>

namespace quorate {

// A round and, inside the same total order, the one member that may use it: two proposers never have one ballot,
// and whoever compares can't leave the owner out (scenario P16). One word, so that there is one way to write
// "none": zero (scenario P15). Ballots are made by `ballot_at` and read from disks and messages; nothing counts
// them up.
//
// From the highest bit on: 1, 47 bits of the round, 16 bits of the owner. In versions 1 and 2 of the formats it
// was 0, 55 bits of the round and 8 bits of the owner's place, who was a founder. So a ballot says by itself how
// it is read, and those of the earlier versions are below all others.
struct ballot {
  using rep = std::uint64_t;
  std::uint64_t value{};

  constexpr ballot() = default;
  constexpr explicit ballot(std::uint64_t v) : value{v} {}
  friend constexpr auto operator<=>(ballot, ballot) = default;

  static constexpr unsigned owner_bits = 16;
  static constexpr std::uint64_t names_member = std::uint64_t{1} << 63;
  static constexpr std::uint64_t last_round = (names_member >> owner_bits) - 1;

  constexpr std::uint64_t round_number() const {
    return (value & names_member) != 0 ? (value & ~names_member) >> owner_bits : value >> 8;
  }
  constexpr member_id owner() const {
    if (none()) return no_member;
    return (value & names_member) != 0 ? member_id{static_cast<std::uint16_t>(value)}
                                       : founder_at(node_index{static_cast<std::uint8_t>(value)});
  }
  // Of round 0, in either form. The first question is almost always enough.
  constexpr bool none() const {
    return value << 1 >> (owner_bits + 1) == 0 && ((value & names_member) != 0 || value >> 8 == 0);
  }
};

template <>
inline constexpr bool is_strong_id<ballot> = true;

// The ballot of that round and owner. Precondition: 1 <= round <= ballot::last_round.
constexpr ballot ballot_at(std::uint64_t round, member_id owner) {
  QUORATE_ASSERT(1 <= round && round <= ballot::last_round, "no ballot is of round ", round);
  return ballot{ballot::names_member | round << ballot::owner_bits | owner.value};
}
constexpr ballot ballot_at(std::uint64_t round, node_index founder) {
  return ballot_at(round, founder_at(founder));
}

// The owner's ballot in the round after `round`; nothing when there is none, never one that wraps (scenario P30).
constexpr std::optional<ballot> ballot_after(std::uint64_t round, member_id owner) {
  if (round >= ballot::last_round) return std::nullopt;
  return ballot_at(round + 1, owner);
}
constexpr std::optional<ballot> ballot_after(std::uint64_t round, node_index founder) {
  return ballot_after(round, founder_at(founder));
}

} // namespace quorate
