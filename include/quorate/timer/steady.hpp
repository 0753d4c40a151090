// Time by the machine's steady clock, which no operator and no daemon sets back.
#pragma once

#include "quorate/timer/jittered.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace quorate {

namespace detail {
struct clock_ticks {
  using duration_type = std::chrono::steady_clock::duration;
  static std::uint64_t count(duration_type d) { return static_cast<std::uint64_t>(d.count()); }
  static duration_type duration(std::uint64_t n) { return duration_type{static_cast<duration_type::rep>(n)}; }
  static duration_type most() { return (duration_type::max)(); }
  static std::string text(duration_type d) {
    return std::to_string(std::chrono::duration_cast<std::chrono::nanoseconds>(d).count()) + " ns";
  }
};
} // namespace detail

// Pass std::chrono::steady_clock::now() to the turn.
using steady_timer = jittered_timer<std::chrono::steady_clock::time_point, std::chrono::steady_clock::duration,
                                    detail::clock_ticks>;
static_assert(timer_policy<steady_timer>);

} // namespace quorate
