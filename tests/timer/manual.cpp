// Time in ticks that the caller counts.
#include "quorate/timer/manual.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <type_traits>

namespace quorate {
namespace {

static_assert(std::is_same_v<manual_timer::time, std::uint64_t>);
static_assert(std::is_trivially_copyable_v<manual_timer>); // a simulator may snapshot it

TEST_CASE("ticks are whatever the caller counts: nothing happens between two of his numbers") {
  manual_timer t{{10, 3, 40}, 1};
  t.arm(0, timing::heartbeat, 0);
  CHECK(!t.expired(2));
  CHECK(!t.expired(2)); // however often he asks
  CHECK(t.expired(3) == 0U);
}

TEST_CASE("a caller that comes late gets everything that is due, each once, and none of it again") {
  manual_timer t{{10, 3, 40}, 1};
  t.arm(0, timing::heartbeat, 0);
  t.arm(1, timing::election, 0);
  t.arm(2, timing::request, 0);
  CHECK(t.expired(1000) == 0U);
  CHECK(t.expired(1000) == 1U);
  CHECK(t.expired(1000) == 2U);
  CHECK(!t.expired(1000));
}

TEST_CASE("far into its range it still counts") {
  constexpr std::uint64_t late = std::uint64_t{1} << 62;
  manual_timer t{{10, 3, 40}, 1};
  t.arm(0, timing::contact, late);
  CHECK(t.deadline() == late + 10);
  CHECK(!t.expired(late + 9));
  CHECK(t.expired(late + 10) == 0U);
}

} // namespace
} // namespace quorate
