// A core without one of its rules still works while nothing goes wrong: one that could not do its work at all
// would be caught by any test, and would prove nothing of the test that caught it.
#include "quorate/mutant/multi_paxos.hpp"

#include "support/each_rule.hpp"
#include "support/multi_paxos_world.hpp"

#include <doctest/doctest.h>

#include <string>

namespace quorate::test {
namespace {

using multi_paxos::rule;
using bounds = limits<limit_values{.nodes = 3, .window = 2, .reads = 2, .append_entries = 4}>;

// A is elected, has values chosen and reads; B takes over, and does the same.
template <rule R>
void a_quiet_life() {
  CAPTURE(std::string{name_of(R)});
  world<3, careless<multi_paxos::node<bounds, without<R>>>> w;
  for (auto const leader : {A, B}) {
    w.elect(leader);
    CHECK(w.leads(leader));
    for (std::uint32_t i = 1; i <= 3; ++i) {
      w.propose(leader, i);
      w.read(leader);
      w.settle();
    }
    for (int beat = 0; beat < 2; ++beat) {
      w.expire(leader, timer::heartbeat);
      w.settle();
    }
    CHECK(w[leader].readable == 3);
    auto const last = at(leader == A ? 7 : 13); // the founding configuration, and six commands of each leader
    for (auto const n : {A, B, C}) {
      CHECK(w.state(n).commit == last);
      CHECK(w.log(n).last() == last);
      for (std::uint64_t i = 1; i <= last.value; ++i) CHECK(w.log(n)[at(i)].what == w.log(leader)[at(i)].what);
    }
  }
}

TEST_CASE("without any one of its rules, Multi-Paxos works as long as nothing goes wrong") {
  each_rule<rule, multi_paxos::rules>([]<rule R>() { a_quiet_life<R>(); });
}

static_assert(multi_paxos::rules >= 15 && name_of(rule::ballots_have_owners) == "ballots_have_owners");
static_assert(name_of(static_cast<rule>(multi_paxos::rules - 1)) == "installs_are_of_this_era");
static_assert(!bent<bounds> && lacks<bounds, without<rule::gaps_are_filled>>(rule::gaps_are_filled));
static_assert(sizeof(careless<multi_paxos::node<without<rule::gaps_are_filled>>>) == sizeof(multi_paxos::node<>));

} // namespace
} // namespace quorate::test
