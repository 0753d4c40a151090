// The jitter: what it is drawn from, that it parts the nodes, and that one seed is one life. The laws of every
// timer are in policy/timing.cpp.
#include "quorate/timer/jittered.hpp"

#include "quorate/timer/manual.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <set>
#include <vector>

namespace quorate {
namespace {

// The jitter of `count` elections in a row, each of which has expired.
std::vector<std::uint64_t> jitters(std::uint64_t seed, std::uint64_t election, std::size_t count) {
  manual_timer t{{election, 1, 1}, seed};
  std::vector<std::uint64_t> out;
  for (std::uint64_t now = 1000; out.size() < count;) {
    t.arm(0, timing::election, now);
    REQUIRE(t.deadline());
    REQUIRE(*t.deadline() >= now + election);
    out.push_back(*t.deadline() - now - election);
    now = *t.deadline();
    REQUIRE(t.expired(now) == 0U);
  }
  return out;
}

TEST_CASE("one seed gives one sequence, on every platform") {
  CHECK(jitters(5, 1000, 100) == jitters(5, 1000, 100));
  // As splitmix64 and xorshift64, written down anew in another language, have it.
  CHECK(jitters(1, 1000000, 4) == std::vector<std::uint64_t>{850551, 365098, 210413, 920352});
}

TEST_CASE("the jitter is anything from nothing to T, both included, and nothing else, for every T") {
  for (std::uint64_t const election : {0U, 1U, 2U, 9U, 10U, 100U}) {
    CAPTURE(election);
    auto const drawn = jitters(3, election, 4000);
    std::set<std::uint64_t> const seen{drawn.begin(), drawn.end()};
    CHECK(seen.size() == election + 1);
    CHECK(*seen.rbegin() == election);
  }
}

TEST_CASE("no part of the range is favoured much") {
  auto const drawn = jitters(11, 999, 10000);
  std::size_t parts[10]{};
  for (auto const j : drawn) ++parts[j / 100];
  for (auto const n : parts) CHECK((900 <= n && n <= 1100));
}

TEST_CASE("nodes of neighbouring seeds draw different times, from the first time on") {
  for (std::size_t draw = 0; draw < 4; ++draw) {
    std::set<std::uint64_t> seen;
    for (std::uint64_t seed = 0; seed < 100; ++seed) seen.insert(jitters(seed, 1000000, draw + 1)[draw]);
    CHECK(seen.size() >= 99);
  }
  // Five nodes and T of ten ticks: in most elections one of them is alone the first.
  std::vector<std::uint64_t> nodes[5];
  for (std::uint64_t seed = 0; seed < 5; ++seed) nodes[seed] = jitters(seed, 10, 1000);
  int alone = 0;
  for (std::size_t i = 0; i < 1000; ++i) {
    std::vector<std::uint64_t> times;
    for (auto const& n : nodes) times.push_back(n[i]);
    std::sort(times.begin(), times.end());
    alone += times[0] != times[1] ? 1 : 0;
  }
  CHECK(alone > 600);
}

TEST_CASE("no seed leaves a node without jitter") {
  // The generator stands still at zero; of all seeds this one would put it there.
  for (std::uint64_t const seed : {std::uint64_t{0}, ~std::uint64_t{0}, 0 - std::uint64_t{0x9e3779b97f4a7c15}}) {
    auto const drawn = jitters(seed, 1000, 50);
    CHECK(std::set<std::uint64_t>(drawn.begin(), drawn.end()).size() > 40);
  }
}

TEST_CASE("only elections are jittered, and while none expires their jitter stays") {
  manual_timer t{{1000, 30, 70}, 9};
  for (int i = 0; i < 20; ++i)
    for (auto const how : {timing::contact, timing::heartbeat, timing::request}) {
      t.disarm(4);
      t.arm(4, how, 50);
      CHECK(t.deadline() == t.after(how, 50));
    }
  auto const drawn = jitters(9, 1000, 2);
  for (std::uint64_t now = 0; now < 5000; now += 300) { // heartbeats put it off
    t.disarm(4);
    t.arm(4, timing::election, now);
    CHECK(t.deadline() == now + 1000 + drawn[0]);
  }
  CHECK(t.expired(9000) == 4U);
  t.arm(4, timing::election, 9000);
  CHECK(t.deadline() == 9000 + 1000 + drawn[1]);
}

TEST_CASE("campaigns in a row wait twice as long each time, 16 times at the most, until their timer is disarmed") {
  manual_timer t{{1000, 30, 70}, 9};
  auto const wait = [&](std::uint64_t now) { // none expires, so the jitter stays
    t.arm(4, timing::campaign, now);
    CHECK(!t.expired(now));
    return *t.deadline() - now;
  };
  auto const first = wait(0);
  CHECK(first >= 1000U);
  CHECK(first <= 2000U);
  std::uint64_t now = 0;
  for (std::uint64_t const times : {2U, 4U, 8U, 16U, 16U, 16U}) CHECK(wait(now += 100'000) == times * first);
  t.arm(4, timing::election, now += 100'000); // who hears of no leader goes on counting
  CHECK(!t.expired(now));
  CHECK(*t.deadline() - now == first);
  CHECK(wait(now += 100'000) == 16 * first);
  t.arm(3, timing::campaign, now);     // a slot counts by itself
  CHECK(t.expired(now + first) == 3U); // and draws anew
  t.disarm(4);
  auto const other = wait(now += 100'000);
  CHECK(other <= 2000U);
  CHECK(wait(now += 100'000) == 2 * other);
}

TEST_CASE("the longest campaign overflows no time") {
  auto const most = std::numeric_limits<std::uint64_t>::max();
  manual_timer t{{most / 4, 30, 70}, 9};
  for (int i = 0; i < 8; ++i) {
    t.arm(4, timing::campaign, 1000);
    CHECK(*t.deadline() > most / 4);
  }
}

TEST_CASE("what was armed anew for later wakes its caller early once at most") {
  manual_timer t{{1000, 30, 70}, 9};
  t.arm(1, timing::heartbeat, 0);
  t.arm(1, timing::contact, 0);
  CHECK(*t.deadline() <= 1000);
  CHECK(!t.expired(999)); // early, perhaps
  CHECK(t.deadline() == 1000U);
  t.arm(0, timing::heartbeat, 0);
  t.disarm(0);
  CHECK(!t.expired(40));
  CHECK(t.deadline() == 1000U);
  CHECK(t.expired(1000) == 1U);
}

TEST_CASE("all slots may be armed at once") {
  manual_timer t{{1000, 30, 70}, 9};
  for (std::size_t slot = 0; slot < manual_timer::slot_count; ++slot) t.arm(slot, timing::request, slot);
  for (std::size_t slot = 0; slot < manual_timer::slot_count; ++slot) {
    CHECK(t.deadline() == 70 + slot);
    CHECK(!t.expired(69 + slot));
    CHECK(t.expired(70 + slot) == slot);
  }
  CHECK(!t.deadline());
}

} // namespace
} // namespace quorate
