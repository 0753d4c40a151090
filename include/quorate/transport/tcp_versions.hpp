// Which versions of a protocol a node speaks, and which one two nodes use.
#pragma once

#include "quorate/core/config.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

namespace quorate {

// Every version from `least` to `greatest`, both included.
struct version_range {
  std::uint32_t least = 1;
  std::uint32_t greatest = 1;

  friend bool operator==(version_range const&, version_range const&) = default;
};

// The greatest version that is in both; nothing if there is none.
constexpr std::optional<std::uint32_t> common_version(version_range a, version_range b) {
  auto const greatest = (std::min)(a.greatest, b.greatest);
  if (greatest < (std::max)(a.least, b.least)) return {};
  return greatest;
}

inline std::string text_of(version_range v) {
  return std::to_string(v.least) + " to " + std::to_string(v.greatest);
}

} // namespace quorate
