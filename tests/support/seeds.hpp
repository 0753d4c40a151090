// How many seeds a randomised test takes: more of them in the suites `ci` and `long`, which set QUORATE_SEEDS to
// how many times as many.
#pragma once

#include <cstdint>
#include <cstdlib>

namespace quorate::test {

inline std::uint64_t seeds(std::uint64_t usual) {
  char const* const times = std::getenv("QUORATE_SEEDS");
  auto const n = times == nullptr ? 0ULL : std::strtoull(times, nullptr, 10);
  return n == 0 ? usual : n * usual;
}

} // namespace quorate::test
