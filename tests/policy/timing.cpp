// The laws of policy/timing.hpp, held by every timer that there is: ours, and the least one.
#include "quorate/policy/timing.hpp"

#include "archetype/least_policies.hpp"
#include "quorate/conform/timer.hpp"
#include "quorate/raft/node.hpp"
#include "quorate/timer/manual.hpp"
#include "quorate/timer/steady.hpp"
#include "support/breaks_just.hpp"

#include <doctest/doctest.h>

#include <cstdint>

namespace quorate {

template <>
struct sim::timer_fitting<test::least_timer<>> { // whose settings are those of the archetype
  static test::least_timer<> make(sim::timings const&, std::uint64_t seed) {
    return test::least_timer<>{seed % 11};
  }
  static test::moment at(std::uint64_t n) { return test::moment::of(n); }
};

namespace {

// What a core wants of its timers (raft/options.hpp): `election` jittered, `contact` and `quorum_check` exactly T.
static_assert(raft::node<>::timing_of(raft::timer::election) == timing::election);
static_assert(raft::node<>::timing_of(raft::timer::contact) == timing::contact);
static_assert(raft::node<>::timing_of(raft::timer::quorum_check) == timing::contact);
static_assert(raft::node<>::timing_of(raft::timer::heartbeat) == timing::heartbeat);
static_assert(raft::timers <= manual_timer::slot_count);

TEST_CASE_TEMPLATE("every timer that there is keeps its laws", Timer, manual_timer, steady_timer,
                   test::least_timer<>) {
  test::keeps_its_laws(check::check_timer<Timer>({.lives = 2000, .steps = 200}));
}

} // namespace
} // namespace quorate
