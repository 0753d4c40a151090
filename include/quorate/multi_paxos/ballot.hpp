// Ballots, packed into the stamp that log, storage and wire know: a round, and below it the node that owns it. So
// the order is total, two nodes never share one, and a ballot says whose it is (SCENARIOS P16).
#pragma once

#include "quorate/core/id.hpp"

#include <cstdint>
#include <optional>

namespace quorate::multi_paxos {

inline constexpr unsigned owner_bits = 8;

constexpr stamp make_ballot(std::uint64_t round, node_index owner) {
  return stamp{round << owner_bits | owner.value};
}
constexpr std::uint64_t round_of(stamp ballot) { return ballot.value >> owner_bits; }
constexpr node_index owner_of(stamp ballot) { return node_index{static_cast<std::uint8_t>(ballot.value & 0xff)}; }

// The least ballot of `owner` above `seen`, whoever owns that; nothing when the rounds are used up, which is an
// error and never a wrap (SCENARIOS P30).
constexpr std::optional<stamp> ballot_above(stamp seen, node_index owner) {
  constexpr auto last_round = ~std::uint64_t{0} >> owner_bits;
  if (round_of(seen) == last_round) return std::nullopt;
  return make_ballot(round_of(seen) + 1, owner);
}

} // namespace quorate::multi_paxos
