// The laws of policy/timing.hpp, held by every timer that there is: ours, and the least one.
#include "quorate/policy/timing.hpp"

#include "archetype/least_policies.hpp"
#include "quorate/raft/node.hpp"
#include "quorate/timer/manual.hpp"
#include "quorate/timer/steady.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>

namespace quorate {
namespace {

// What a core wants of its timers (raft/options.hpp): `election` jittered, `contact` and `quorum_check` exactly T.
static_assert(raft::node<>::timing_of(raft::timer::election) == timing::election);
static_assert(raft::node<>::timing_of(raft::timer::contact) == timing::contact);
static_assert(raft::node<>::timing_of(raft::timer::quorum_check) == timing::contact);
static_assert(raft::node<>::timing_of(raft::timer::heartbeat) == timing::heartbeat);
static_assert(raft::timers <= manual_timer::slots);

// A timer under test, and its moments by number. T is 10 of them, a heartbeat 3, a request 1000.
struct manual_model {
  using timer = manual_timer;
  static timer make(std::uint64_t seed) { return timer{{10, 3, 1000}, seed}; }
  static std::uint64_t at(std::uint64_t n) { return n; }
};
struct steady_model {
  using timer = steady_timer;
  using milliseconds = std::chrono::milliseconds;
  static timer make(std::uint64_t seed) {
    return timer{{milliseconds{10}, milliseconds{3}, milliseconds{1000}}, seed};
  }
  static timer::time at(std::uint64_t n) { return timer::time{milliseconds{n}}; }
};
struct least_model {
  using timer = test::least_timer<>;
  static timer make(std::uint64_t seed) { return timer{seed % 11}; }
  static test::moment at(std::uint64_t n) { return test::moment::of(n); }
};

constexpr std::uint64_t least_of(timing how) {
  return how == timing::heartbeat ? 3 : how == timing::request ? 1000 : 10;
}

TEST_CASE_TEMPLATE("after is the time itself: no jitter, and nothing is armed by it",
                   Model, manual_model, steady_model, least_model) {
  auto t = Model::make(1);
  for (auto const how : {timing::election, timing::contact, timing::heartbeat, timing::request})
    for (std::uint64_t const now : {0U, 7U, 123456U})
      CHECK(t.after(how, Model::at(now)) == Model::at(now + least_of(how)));
  CHECK(!t.deadline());
  CHECK(!t.expired(Model::at(1000000)));
}

TEST_CASE_TEMPLATE("an armed timer expires once: not before its time, and a jittered one not after 2T",
                   Model, manual_model, steady_model, least_model) {
  for (std::uint64_t seed = 0; seed < 50; ++seed)
    for (auto const how : {timing::election, timing::contact, timing::heartbeat, timing::request}) {
      CAPTURE(seed);
      auto t = Model::make(seed);
      t.arm(2, how, Model::at(100));
      std::optional<std::uint64_t> expired_at;
      for (std::uint64_t now = 100; now < 2000 && !expired_at; ++now) {
        REQUIRE(t.deadline());
        bool const may = !(Model::at(now) < *t.deadline());
        if (auto const slot = t.expired(Model::at(now))) {
          CHECK(*slot == 2);
          CHECK(may); // none expires before the deadline that was told
          expired_at = now;
        }
      }
      REQUIRE(expired_at);
      CHECK(*expired_at >= 100 + least_of(how));
      CHECK(*expired_at <= 100 + (how == timing::election ? 2 : 1) * least_of(how));
      CHECK(!t.expired(Model::at(100000)));
      CHECK(!t.deadline());
    }
}

TEST_CASE_TEMPLATE("arming anew forgets the earlier request, whether that was for sooner or for later",
                   Model, manual_model, steady_model, least_model) {
  auto t = Model::make(3);
  t.arm(1, timing::heartbeat, Model::at(0));
  t.arm(1, timing::contact, Model::at(0)); // at 10 and not at 3
  CHECK(!t.expired(Model::at(9)));
  CHECK(t.expired(Model::at(10)) == 1U);
  CHECK(!t.expired(Model::at(5000)));

  t.arm(1, timing::request, Model::at(0));
  t.arm(1, timing::heartbeat, Model::at(0)); // at 3 and not at 1000
  REQUIRE(t.deadline());
  CHECK(*t.deadline() == Model::at(3));
  CHECK(t.expired(Model::at(3)) == 1U);
  CHECK(!t.expired(Model::at(5000)));
}

TEST_CASE_TEMPLATE("a disarmed timer does not expire, the others do, and disarming what is not armed is nothing",
                   Model, manual_model, steady_model, least_model) {
  auto t = Model::make(4);
  t.disarm(0);
  t.arm(0, timing::heartbeat, Model::at(0));
  t.arm(3, timing::contact, Model::at(0));
  t.disarm(0), t.disarm(0);
  CHECK(!t.expired(Model::at(9)));
  CHECK(t.expired(Model::at(10)) == 3U);
  t.arm(3, timing::contact, Model::at(10));
  t.disarm(3);
  CHECK(!t.deadline());
  CHECK(!t.expired(Model::at(5000)));
}

TEST_CASE_TEMPLATE("of several that have expired the lowest comes first, whichever was due first",
                   Model, manual_model, steady_model, least_model) {
  auto t = Model::make(5);
  t.arm(3, timing::heartbeat, Model::at(0));
  t.arm(0, timing::contact, Model::at(0));
  t.arm(2, timing::contact, Model::at(0));
  for (std::size_t const slot : {0U, 2U, 3U}) CHECK(t.expired(Model::at(50)) == slot);
  CHECK(!t.expired(Model::at(50)));
  CHECK(!t.deadline());
}

TEST_CASE_TEMPLATE("a copy goes on by itself, and as its original would have",
                   Model, manual_model, steady_model, least_model) {
  auto t = Model::make(6);
  t.arm(1, timing::election, Model::at(0));
  auto copy = t;
  CHECK(copy.deadline() == t.deadline());
  copy.disarm(1);
  CHECK(t.expired(Model::at(20)) == 1U);
  auto again = t;
  again.arm(1, timing::election, Model::at(20));
  t.arm(1, timing::election, Model::at(20));
  CHECK(again.deadline() == t.deadline());
}

// Four slots, armed and disarmed at random; what is not jittered is known exactly.
template <class Model>
void live(std::uint64_t seed) {
  std::mt19937_64 random{seed};
  auto t = Model::make(seed);
  std::optional<std::uint64_t> due[4];
  std::uint64_t now = 0;
  for (int step = 0; step < 400; ++step) {
    auto const slot = random() % 4;
    auto const how = random() % 2 == 0 ? timing::heartbeat : timing::contact;
    switch (random() % 4) {
    case 0: t.disarm(slot), due[slot].reset(); break;
    case 1: t.arm(slot, how, Model::at(now)), due[slot] = now + least_of(how); break;
    default: now += random() % 4;
    }
    std::optional<std::uint64_t> first;
    for (auto const& d : due)
      if (d) first = std::min(first.value_or(*d), *d);
    CHECK(t.deadline().has_value() == first.has_value());
    if (first) CHECK(!(Model::at(*first) < *t.deadline()));
    for (std::size_t i = 0; i < 4; ++i)
      if (due[i] && *due[i] <= now) {
        REQUIRE(t.expired(Model::at(now)) == i);
        due[i].reset();
      }
    REQUIRE(!t.expired(Model::at(now)));
  }
}

TEST_CASE_TEMPLATE("whatever is armed and disarmed, each slot expires when it should, and no deadline is late",
                   Model, manual_model, steady_model, least_model) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    CAPTURE(seed);
    live<Model>(seed);
  }
}

} // namespace
} // namespace quorate
