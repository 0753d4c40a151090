// Ballots (core/ballot.hpp) as the stamps that log, storage and wire know.
#pragma once

#include "quorate/core/ballot.hpp"
#include "quorate/core/id.hpp"

#include <cstdint>
#include <optional>

namespace quorate::multi_paxos {

constexpr stamp make_ballot(std::uint64_t round, member_id owner) { return stamp{ballot_at(round, owner).value}; }
constexpr stamp make_ballot(std::uint64_t round, node_index founder) {
  return make_ballot(round, founder_at(founder));
}
constexpr member_id owner_of(stamp s) { return ballot{s.value}.owner(); }

// The round, as this version counts: a ballot of an earlier one is below all that come, whatever its round was.
constexpr std::uint64_t round_of(stamp s) {
  return (s.value & ballot::names_member) != 0 ? ballot{s.value}.round_number() : 0;
}

// The least ballot of `owner` above `seen`, whoever owns that; nothing when the rounds are used up, which is an
// error and never a wrap (scenario P30).
constexpr std::optional<stamp> ballot_above(stamp seen, member_id owner) {
  auto const next = ballot_after(round_of(seen), owner);
  return next ? std::optional{stamp{next->value}} : std::nullopt;
}
constexpr std::optional<stamp> ballot_above(stamp seen, node_index founder) {
  return ballot_above(seen, founder_at(founder));
}

} // namespace quorate::multi_paxos
