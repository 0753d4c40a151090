// What a seed draws: numbers, faults, links and clocks.
#include "quorate/sim/clock.hpp"
#include "quorate/sim/network.hpp"
#include "quorate/sim/queue.hpp"
#include "quorate/sim/run_options.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace quorate::sim {
namespace {

TEST_CASE("a stream is the same on every machine, and is not its neighbour's") {
  stream one{1, 0};
  CHECK(one() == 0x275f2ae791fef8a1U);
  CHECK(stream{1, 0}() == stream{1, 0}());
  CHECK(stream{1, 0}() != stream{1, 1}());
  CHECK(stream{1, 0}() != stream{2, 0}());
}
TEST_CASE("a log scale stays within its ends and reaches every power of two") {
  stream draw{7, 0};
  std::vector<unsigned> seen(11);
  for (int i = 0; i < 20'000; ++i) {
    auto const n = draw.on_log_scale(1, 1000);
    REQUIRE((1 <= n && n <= 1000));
    std::size_t doublings = 0;
    while (n >> (doublings + 1) != 0) ++doublings;
    ++seen[doublings];
  }
  for (std::size_t i = 0; i < 10; ++i) CHECK(seen[i] > 500);
  CHECK(draw.on_log_scale(5, 5) == 5);
}
TEST_CASE("what a run is told is refused with its name, if it can't work") {
  CHECK_NOTHROW((void)checked({.nodes = 7, .storm_us = 86'400'000'000}));
  CHECK_NOTHROW((void)checked({.seed = 0, .nodes = 0, .storm_us = 0}));
  CHECK_THROWS_WITH_AS((void)checked({.nodes = 8}),
                       "quorate: sim: run_options::nodes is 8: expected 1 to 7, or 0 for what the seed draws",
                       std::invalid_argument);
  CHECK_THROWS_AS((void)checked({.storm_us = ~std::uint64_t{0}}), std::invalid_argument);
}
TEST_CASE("each fault exists in about half of the seeds, and none that is not allowed") {
  unsigned there[faults]{};
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
    stream draw{seed, 0};
    auto const allowed = all_faults & ~bit_of(fault::damage);
    weather w{draw, allowed};
    for (auto i = faults_of_all; i < faults; ++i) CHECK_FALSE(w.has(static_cast<fault>(i)));
    w.add_snapshots(draw, allowed);
    for (std::size_t i = 0; i < faults; ++i) there[i] += w.has(static_cast<fault>(i)) ? 1 : 0;
  }
  for (std::size_t i = 0; i < faults; ++i)
    if (static_cast<fault>(i) == fault::damage)
      CHECK(there[i] == 0);
    else
      CHECK((there[i] > 400 && there[i] < 600));
  stream draw{1, 0};
  CHECK(weather{draw, bit_of(fault::loss), true}.has(fault::loss));
}
TEST_CASE("every fault has a name of its own") {
  for (std::size_t i = 0; i < faults; ++i)
    CHECK(fault_named(name_of(static_cast<fault>(i))) == static_cast<fault>(i));
  CHECK_FALSE(fault_named("rain"));
}

TEST_CASE("of two events at one time the one comes first that was put there first") {
  event_queue q;
  q.put(5, 1, 0), q.put(3, 2, 0), q.put(5, 3, 0), q.put(3, 4, 0);
  std::string order;
  while (!q.empty()) order += std::to_string(q.take().what);
  CHECK(order == "2413");
}

TEST_CASE("a clock runs fast or slow, leaps and stands still, and never goes back") {
  clock c;
  CHECK(c.at(1'000'000) == 1'000'000);
  c.run_at(1'500'000, 1'000'000);
  CHECK(c.at(2'000'000) == 2'500'000);
  CHECK(c.when(2'500'000, 1'000'000) >= 2'000'000);
  CHECK(c.when(2'500'000, 1'000'000) <= 2'000'001);
  c.leap(100, 2'000'000);
  CHECK(c.at(2'000'000) == 2'500'100);
  c.freeze(3'000'000, 2'000'000);
  CHECK(c.at(2'999'999) == 2'500'100);
  CHECK(c.when(2'500'101, 2'000'000) > 3'000'000);
  CHECK(c.at(3'000'000) == 2'500'100);
  CHECK(c.at(4'000'000) == 4'000'100);
  c.freeze(9'000'000, 4'000'000);
  c.mend(5'000'000);
  CHECK(c.at(5'000'000) == 4'000'100);
  CHECK(c.at(6'000'000) == 5'000'100);
}

TEST_CASE("a link that is cut twice works when both cuts are mended") {
  stream draw{3, 1};
  weather none{draw, 0};
  coverage covered;
  network net{3, draw, none, covered};
  auto const arrives = [&] { return net.send(0, 1, 100, [](std::uint64_t, bool) {}); };
  CHECK(arrives());
  net.cut({{0, 1}}), net.cut({{0, 1}, {1, 2}});
  net.mend({{0, 1}});
  CHECK_FALSE(arrives());
  net.mend({{0, 1}, {1, 2}});
  CHECK(arrives());
}
TEST_CASE("without reordering nothing overtakes on a link") {
  stream draw{3, 1};
  weather w{draw, bit_of(fault::spikes), true};
  coverage covered;
  network net{2, draw, w, covered};
  std::uint64_t last = 0;
  for (std::uint64_t now = 0; now < 20'000; ++now)
    net.send(0, 1, now, [&](std::uint64_t when, bool) {
      REQUIRE(when >= last);
      last = when;
    });
}
TEST_CASE("a partition cuts both directions, and a bridge hears both sides") {
  bool alone = false, bridge = false;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    stream draw{seed, 1};
    auto const links = draw_partition(draw, 5, 2);
    unsigned out[5]{};
    for (auto const& [a, b] : links) {
      ++out[a];
      REQUIRE(std::find(links.begin(), links.end(), std::pair{b, a}) != links.end());
    }
    for (unsigned n = 0; n < 5; ++n) alone = alone || (out[n] == 4 && links.size() == 8);
    bridge = bridge || (links.size() == 8 && out[0] + out[1] + out[2] + out[3] + out[4] == 8 &&
                        std::count(out, out + 5, 2U) == 4);
  }
  CHECK(alone);
  CHECK(bridge);
}

} // namespace
} // namespace quorate::sim
