// A driver may sleep exactly as a turn tells it to.
#pragma once

#include "replica/replicated_log/names.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace quorate {
namespace {

// A driver that does exactly what a turn's result says: nothing before the deadline, nothing but for a
// message, a request or `pending`.
struct sleeper {
  cluster c;
  std::size_t turns = 0;
  explicit sleeper(std::uint32_t n = 3) : c{n} {
    for (auto const id : c.members()) wake(id.value);
  }
  void wake(std::uint32_t id) {
    auto& h = c[id];
    int at_once = 0;
    do {
      ++turns;
      c.turn(id);
      REQUIRE_MESSAGE(++at_once < 50, "a driver would spin");
    } while (h.next.pending);
    // A deadline may be early once (a timer that was armed anew), but not at the same instant for ever.
    while (h.next.deadline && *h.next.deadline <= c.now) {
      ++turns;
      c.turn(id);
      REQUIRE_MESSAGE(++at_once < 50, "a driver would spin");
    }
  }
  // Moves on to the next thing that happens, at most to `end`. Messages take one tick.
  void run_until(std::uint64_t end) {
    while (c.now < end) {
      auto next = end;
      if (!c.net.empty()) next = std::min(next, c.now + 1);
      for (auto const id : c.members())
        if (auto& h = c[id.value]; h.up() && h.next.deadline) next = std::min(next, *h.next.deadline);
      c.now = std::max(next, c.now);
      node_set<64> touched;
      c.deliver(
          [&](auto const& p) { return touched.insert(node_index{static_cast<std::uint8_t>(p.to.value)}), true; });
      for (auto const id : c.members()) {
        auto& h = c[id.value];
        bool const due = h.next.deadline && *h.next.deadline <= c.now;
        if (h.up() && (due || touched.contains(node_index{static_cast<std::uint8_t>(id.value)}))) wake(id.value);
      }
    }
  }
};

TEST_CASE("a driver that sleeps exactly as told makes progress, and does not spin") {
  sleeper s;
  s.run_until(1000);
  auto const l = s.c.leader();
  REQUIRE(l != 0);
  auto const f = s.c.other_than(l);
  for (std::uint64_t i = 0; i < 100; ++i) {
    auto const on = i % 2 == 0 ? l : f;
    (void)s.c.propose(on, 1 + i);
    (void)s.c.read(on);
    s.wake(on);
    s.run_until(s.c.now + i % 7);
  }
  s.run_until(s.c.now + 100);
  CHECK(s.c.book.where.size() == 100);
  CHECK(s.c[l].told.size() + s.c[f].told.size() == 100);
  CHECK(s.c[l].read.size() + s.c[f].read.size() == 100);
  for (std::uint32_t id = 1; id <= 3; ++id) CHECK(s.c[id].applied.size() == 100);
  // Left alone, the cluster costs its heartbeats: of 1,000 ticks at one each 30, on three nodes.
  auto const before = s.turns;
  s.run_until(s.c.now + 1000);
  CHECK(s.turns - before < 600);
}

TEST_CASE("a driver that sleeps as told hears in time that there is no leader") {
  sleeper s;
  s.c.crash(2);
  s.c.crash(3);
  s.run_until(500);
  auto const token = s.c.propose(1, 1);
  auto const read = s.c.read(1);
  s.wake(1);
  auto const asked = s.c.now;
  s.run_until(asked + s.c.settings.request - 1);
  CHECK(s.c[1].told.empty());
  s.run_until(asked + s.c.settings.request + 1);
  CHECK(s.c.fate_of(1, token) == fate::refused);
  REQUIRE(s.c[1].read.contains(read));
  CHECK(s.c[1].read.at(read).what == fate::refused);
}

TEST_CASE("K6: a driver that sleeps as told asks again in time for a read whose request was lost") {
  sleeper s;
  s.run_until(1000);
  auto const l = s.c.leader();
  REQUIRE(l != 0);
  auto const f = s.c.other_than(l);
  auto const token = s.c.read(f);
  s.wake(f);
  s.c.net.clear(); // the request; from now on the follower hears of nobody, so only its own deadline wakes it
  auto const asked = s.c.now;
  while (s.c.net.empty()) {
    REQUIRE(s.c[f].next.deadline);
    s.c.now = *s.c[f].next.deadline;
    REQUIRE(s.c.now <= asked + s.c.settings.heartbeat + 1);
    s.wake(f);
  }
  s.run_until(s.c.now + 20);
  REQUIRE(s.c[f].read.contains(token));
  CHECK(s.c[f].read.at(token).what == fate::done);
}

TEST_CASE("a sole node under a driver that sleeps as told elects itself, commits and answers within one waking") {
  sleeper s{1};
  s.run_until(300);
  REQUIRE(s.c.leader() == 1);
  auto const token = s.c.propose(1, 5);
  auto const read = s.c.read(1);
  s.wake(1);
  CHECK(s.c.fate_of(1, token) == fate::done);
  CHECK(s.c[1].read.contains(read));
}

} // namespace
} // namespace quorate
