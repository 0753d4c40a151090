// What a seed decides: integers only, the same on every machine and compiler. One stream for each concern, so that
// a knob of one does not shift what the others draw.
#pragma once

#include "quorate/core/config.hpp"

#include <cstdint>

namespace quorate::sim {

class stream { // splitmix64 (Steele, Lea, Flood)
public:
  stream(std::uint64_t seed, std::uint64_t which) : state_{mix(seed ^ mix(which + 1))} {}

  std::uint64_t operator()() { return mix(state_ += golden); }
  // 0..n-1. Precondition: n > 0.
  std::uint64_t below(std::uint64_t n) {
    QUORATE_ASSERT(n > 0, "no number is below 0");
    return (*this)() % n;
  }
  // low..high, both included.
  std::uint64_t between(std::uint64_t low, std::uint64_t high) { return low + below(high - low + 1); }
  bool chance(std::uint64_t per_million) { return per_million != 0 && below(1'000'000) < per_million; }
  // low..high, each power of two between them as likely as another. Precondition: 0 < low <= high.
  std::uint64_t on_log_scale(std::uint64_t low, std::uint64_t high) {
    QUORATE_ASSERT(0 < low && low <= high, "no scale leads from ", low, " to ", high);
    unsigned doublings = 0;
    while ((low << doublings) <= high / 2) ++doublings;
    auto const floor = low << below(doublings + 1);
    auto const most = floor > high / 2 ? high : 2 * floor;
    return between(floor, most);
  }
  // 0..2*mean: when something that happens every `mean` happens next.
  std::uint64_t around(std::uint64_t mean) { return below(2 * mean + 1); }

private:
  static constexpr std::uint64_t golden = 0x9e3779b97f4a7c15U;
  static std::uint64_t mix(std::uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31);
  }
  std::uint64_t state_;
};

struct streams {
  stream topology, network, disk, clock, clients, timeouts, processes, snapshots;
  explicit streams(std::uint64_t seed)
      : topology{seed, 0}, network{seed, 1}, disk{seed, 2}, clock{seed, 3}, clients{seed, 4}, timeouts{seed, 5},
        processes{seed, 6}, snapshots{seed, 7} {}
};

} // namespace quorate::sim
