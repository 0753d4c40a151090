// Time in ticks that the caller counts: for tests, simulators and firmware.
#pragma once

#include "quorate/timer/jittered.hpp"

#include <cstdint>
#include <string>

namespace quorate {

namespace detail {
struct plain_ticks {
  static std::uint64_t count(std::uint64_t d) { return d; }
  static std::uint64_t duration(std::uint64_t n) { return n; }
  static std::uint64_t most() { return ~std::uint64_t{0}; }
  static std::string text(std::uint64_t d) { return std::to_string(d) + " ticks"; }
};
} // namespace detail

using manual_timer = jittered_timer<std::uint64_t, std::uint64_t, detail::plain_ticks>;
static_assert(timer_policy<manual_timer>);

} // namespace quorate
