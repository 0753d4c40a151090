// Terms and ballots as people read them: a term is a number, and the ballot of round 3 of member 2 is "3.2".
#pragma once

#include "quorate/core/ballot.hpp"

#include <cstdint>
#include <string>

namespace quorate::check {

// A ballot says by its highest bit that it is one. Whoever keeps eras as numbers alone need not know more.
inline bool is_ballot(std::uint64_t era) { return (era & ballot::names_member) != 0; }

inline std::string spoken_ballot(ballot b) {
  return std::to_string(b.round_number()) + '.' + std::to_string(b.owner().value);
}
inline std::string spoken_era(std::uint64_t era) {
  return is_ballot(era) ? spoken_ballot(ballot{era}) : std::to_string(era);
}

} // namespace quorate::check
