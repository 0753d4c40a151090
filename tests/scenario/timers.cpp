// Scenarios E18 and T7: what the Timer policy keeps.
#include "quorate/timer/manual.hpp"
#include "quorate/timer/steady.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <type_traits>
#include <vector>

namespace quorate {
namespace {

// When an election timer armed now expires; it does, so the next one is drawn anew.
template <class Timer>
typename Timer::time drawn(Timer& t, typename Timer::time now) {
  t.arm(0, timing::election, now);
  auto const due = t.deadline().value_or(now); // which is exact, for it is the only one
  CHECK(t.expired(due) == std::optional<std::size_t>{0});
  return due;
}

TEST_CASE("E18: an election timeout of one tick still has two outcomes") {
  std::set<std::uint64_t> seen;
  manual_timer t{{1, 1, 1}, 1};
  for (int i = 0; i < 100; ++i) seen.insert(drawn(t, 10));
  CHECK(seen == std::set<std::uint64_t>{11, 12});
}

TEST_CASE("E18: and one below a millisecond has many") {
  using namespace std::chrono_literals;
  std::set<steady_timer::time> seen;
  steady_timer t{{200us, 50us, 1ms}, 1};
  auto const now = steady_timer::time{} + 1h;
  for (int i = 0; i < 100; ++i) seen.insert(drawn(t, now));
  CHECK(seen.size() > 90);
  CHECK(*seen.begin() >= now + 200us);
  CHECK(*seen.rbegin() <= now + 400us);
}

TEST_CASE("E18: nodes with neighbouring seeds do not campaign together") {
  manual_timer a{{100, 10, 300}, 1}, b{{100, 10, 300}, 2};
  int together = 0;
  for (int i = 0; i < 200; ++i) together += drawn(a, 0) == drawn(b, 0) ? 1 : 0;
  CHECK(together < 10);
}

TEST_CASE("a follower that hears of its leader keeps what it drew; once it has campaigned, it draws anew") {
  manual_timer t{{1000, 100, 3000}, 1};
  t.arm(0, timing::election, 0);
  auto const first = *t.deadline();
  for (std::uint64_t now = 1; now < 100; ++now) {
    t.disarm(0);
    t.arm(0, timing::election, now);
    CHECK(*t.deadline() == first + now);
  }
  CHECK(t.expired(*t.deadline()));
  t.arm(0, timing::election, 0);
  CHECK(*t.deadline() != first);
}

// A thousand groups share one source of ticks, which wakes every tenth time only: all that expired in between
// see the same `now`. Each must part from the others again.
TEST_CASE("T7: groups on one source of ticks do not gather in one phase") {
  std::vector<manual_timer> groups;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    groups.emplace_back(timer_settings<std::uint64_t>{100, 10, 300}, seed);
    groups.back().arm(0, timing::election, 0);
  }
  std::map<std::uint64_t, int> at_tick;
  for (std::uint64_t now = 0; now <= 5000; now += 10)
    for (auto& g : groups)
      if (g.expired(now)) {
        if (now > 4000) ++at_tick[now];
        g.arm(0, timing::election, now);
      }
  CHECK(at_tick.size() == 100);
  int most = 0;
  for (auto const& [when, how_many] : at_tick) most = how_many > most ? how_many : most;
  CHECK(most < 200); // about 66 each; all 1000 when they gather
}

// And no clock that somebody can set.
static_assert(std::is_same_v<steady_timer::time, std::chrono::steady_clock::time_point>);
static_assert(std::chrono::steady_clock::is_steady);

} // namespace
} // namespace quorate
