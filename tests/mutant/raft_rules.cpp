// A core without one of its rules still works while nothing goes wrong: one that could not do its work at all
// would be caught by any test, and would prove nothing of the test that caught it.
#include "quorate/mutant/raft.hpp"

#include "support/each_rule.hpp"
#include "support/raft_world.hpp"

#include <doctest/doctest.h>

#include <string>
#include <type_traits>

namespace quorate::test {
namespace {

using raft::rule;
using bounds = limits<limit_values{.nodes = 3, .window = 2, .reads = 2, .append_entries = 4}>;

// A is elected, commits and reads; B takes over, and does the same. (Without higher_terms_depose A stays: who led
// once can't follow any more.)
template <rule R>
void a_quiet_life() {
  CAPTURE(std::string{name_of(R)});
  world<3, careless<raft::node<bounds, without<R>>>> w;
  std::uint64_t committed = 2; // the configuration, and a leader's first entry
  for (auto const leader : {A, B}) {
    if (R == rule::higher_terms_depose && leader != A) break;
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
    committed += 6;
    CHECK(w.state(leader).commit == at(committed));
    CHECK(w[leader].readable == 3);
    for (auto const n : {A, B, C}) {
      CHECK(w.state(n).commit == at(committed));
      CHECK(w.log(n) == w.log(leader));
      CHECK(w[n].contradictions == 0);
    }
    ++committed;
  }
}

TEST_CASE("without any one of its rules, Raft works as long as nothing goes wrong") {
  each_rule<rule, raft::rules>([]<rule R>() { a_quiet_life<R>(); });
}

// What the keyword says of a core, and that it leaves nothing in one of which no rule is taken out.
static_assert(raft::rules >= 30 && name_of(rule::votes_once) == "votes_once");
static_assert(name_of(static_cast<rule>(raft::rules - 1)) == "installs_are_of_this_era");
static_assert(!bent<> && !bent<bounds, quorum<majority>> && bent<bounds, without<rule::votes_once>>);
static_assert(!lacks<without<rule::conflicts_are_removed>>(rule::votes_once));
static_assert(lacks<bounds, without<rule::conflicts_are_removed>>(rule::conflicts_are_removed));
using two = without<rule::votes_once, rule::votes_count_once>;
static_assert(lacks<two, bounds>(rule::votes_once) && lacks<two, bounds>(rule::votes_count_once));
static_assert(std::is_same_v<raft::options<without<rule::votes_once>>::quorum_type, majority>);
static_assert(sizeof(careless<raft::node<without<rule::votes_once>>>) == sizeof(raft::node<>));

} // namespace
} // namespace quorate::test
