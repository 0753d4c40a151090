// Time in ticks that the caller counts: for tests, simulators and firmware.
#pragma once

#include "quorate/timer/jittered.hpp"

#include <cstdint>

namespace quorate {

namespace detail {
struct plain_ticks {
  static std::uint64_t count(std::uint64_t d) { return d; }
  static std::uint64_t duration(std::uint64_t n) { return n; }
};
} // namespace detail

using manual_timer = jittered_timer<std::uint64_t, std::uint64_t, detail::plain_ticks>;
static_assert(timer_policy<manual_timer>);

} // namespace quorate
