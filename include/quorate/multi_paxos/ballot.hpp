// Ballots (core/ballot.hpp) as the stamps that log, storage and wire know.
#pragma once

#include "quorate/core/ballot.hpp"
#include "quorate/core/id.hpp"

#include <cstdint>
#include <optional>

namespace quorate::multi_paxos {

constexpr stamp make_ballot(std::uint64_t round, node_index owner) { return stamp{ballot_at(round, owner).value}; }
constexpr node_index owner_of(stamp s) { return ballot{s.value}.owner(); }

// The least ballot of `owner` above `seen`, whoever owns that; nothing when the rounds are used up, which is an
// error and never a wrap (scenario P30).
constexpr std::optional<stamp> ballot_above(stamp seen, node_index owner) {
  auto const next = ballot_after(ballot{seen.value}.round_number(), owner);
  return next ? std::optional{stamp{next->value}} : std::nullopt;
}

} // namespace quorate::multi_paxos
