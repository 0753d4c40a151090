// Time by the machine's steady clock.
#include "quorate/timer/steady.hpp"

#include "quorate/timer/manual.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <type_traits>

namespace quorate {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

static_assert(std::is_same_v<steady_timer::time, clock::time_point>);
static_assert(clock::is_steady);

TEST_CASE("the caller's durations are what a deadline is made of, whatever their unit") {
  steady_timer const t{{150ms, 50ms, 2s}, 1};
  clock::time_point const now{77h};
  CHECK(t.after(timing::contact, now) == now + 150ms);
  CHECK(t.after(timing::heartbeat, now) == now + 50ms);
  CHECK(t.after(timing::request, now) == now + 2s);
}

TEST_CASE("an election's jitter is in [0, T], never negative, and as fine as the clock") {
  steady_timer t{{150ms, 50ms, 2s}, 7};
  int below_a_millisecond = 0;
  for (int i = 0; i < 1000; ++i) {
    auto const now = clock::time_point{std::chrono::seconds{i}};
    t.arm(0, timing::election, now);
    auto const jitter = *t.deadline() - now - 150ms;
    CHECK(jitter >= 0ms);
    CHECK(jitter <= 150ms);
    CHECK(t.expired(now + 300ms) == 0U);
    below_a_millisecond += jitter % 1ms != 0ms ? 1 : 0;
  }
  CHECK(below_a_millisecond > 900); // so that many nodes seldom meet (scenario E18)
}

TEST_CASE("it draws what a manual timer of that seed draws, with the clock's smallest unit for a tick") {
  auto const t_in_ticks = static_cast<std::uint64_t>(clock::duration{150ms}.count());
  steady_timer s{{150ms, 50ms, 2s}, 21};
  manual_timer m{{t_in_ticks, 1, 1}, 21};
  for (int i = 0; i < 20; ++i) {
    s.arm(0, timing::election, clock::time_point{});
    m.arm(0, timing::election, 0);
    CHECK(static_cast<std::uint64_t>(s.deadline()->time_since_epoch().count()) == *m.deadline());
    CHECK((s.expired(clock::time_point{300ms}) && m.expired(2 * t_in_ticks))); // the next is drawn
  }
}

TEST_CASE("by the clock itself, a timer expires no sooner than it should") {
  steady_timer t{{20ms, 5ms, 2s}, 1};
  auto const start = clock::now();
  t.arm(0, timing::heartbeat, start);
  while (!t.expired(clock::now())) {}
  CHECK(clock::now() - start >= 5ms);
}

} // namespace
} // namespace quorate
