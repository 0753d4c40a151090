// Timers for the nodes of a world, which has none of its own: what a core arms expires in ticks, with the jitter
// of the shipped timer or, to be wrong on purpose, without any.
#pragma once

#include "quorate/core/id.hpp"
#include "quorate/timer/manual.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace quorate::test {

template <class World, bool Jitter>
class clocks {
  using core = typename World::core_type;
  using timer = typename core::timer;

public:
  clocks(manual_timer::settings const& s, std::uint64_t seed) {
    for (std::uint64_t n = 0; n < World::nodes; ++n) nodes_.push_back({{s, World::nodes * seed + n}});
  }
  // What was armed and disarmed since the last tick is seen to, and what is due expires.
  void tick(World& w, std::uint64_t now) {
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      node_index const n{static_cast<std::uint8_t>(i)};
      auto& mine = nodes_[i];
      for (std::size_t t = 0; t < core::timers; ++t) {
        auto const which = static_cast<timer>(t);
        if (!w[n].is_armed(which))
          mine.clock.disarm(t);
        else if (mine.asked[t] != w[n].armed[t])
          mine.clock.arm(t, how(which), now);
        mine.asked[t] = w[n].armed[t];
      }
      while (auto const slot = mine.clock.expired(now)) w.expire(n, static_cast<timer>(*slot));
    }
  }

private:
  struct one {
    manual_timer clock;
    std::size_t asked[core::timers]{};
  };
  static timing how(timer t) {
    auto const usual = core::timing_of(t);
    return !Jitter && usual == timing::election ? timing::contact : usual;
  }
  std::vector<one> nodes_{};
};

} // namespace quorate::test
