// A core without one of its rules still works while nothing goes wrong: one that could not do its work at all
// would be caught by any test, and would prove nothing of the test that caught it.
#include "quorate/mutant/paxos.hpp"

#include "support/each_rule.hpp"
#include "support/paxos_world.hpp"

#include <doctest/doctest.h>

#include <string>

namespace quorate::test {
namespace {

using paxos::rule;
using bounds = limits<limit_values{.nodes = 3}>;

// A proposes, and everybody learns; B proposes another value, and is told the one that was chosen.
template <rule R>
void a_quiet_decision() {
  CAPTURE(std::string{name_of(R)});
  paxos_world<3, careless<paxos::full_node<number, bounds, without<R>>>> w;
  w.propose(A, 7);
  w.settle();
  w.propose(B, 8);
  w.settle();
  for (auto const n : {A, B}) CHECK(w[n].decided.value == 7);
  for (auto const n : {A, B, C}) {
    CHECK(w[n].learned.value == 7);
    CHECK(w[n].conflicts == 0);
  }
}

// A register is written by A, added to by B, and read by C. (What it holds is what it adopts: without that, the
// others find it empty.)
template <rule R>
void a_quiet_register() {
  CAPTURE(std::string{name_of(R)});
  paxos_world<3, careless<paxos::register_node<number, bounds, without<R>>>> w;
  auto const change = [&](node_index n, auto&& f) {
    w.edit(n);
    w.settle();
    w.answer(n, f);
    w.settle();
    REQUIRE(w[n].rewritten.size() == 1);
    return w[n].rewritten[0].value;
  };
  bool const remembers = R != rule::promises_tell_votes && R != rule::proposals_adopt_votes;
  CHECK(change(A, [](number) { return number{7}; }) == 7);
  CHECK(change(B, [](number x) { return x + 1; }) == (remembers ? 8 : 1));
  CHECK(change(C, [](number x) { return x; }) == (remembers ? 8 : 0));
}

TEST_CASE("without any one of its rules, Paxos decides as long as nothing goes wrong") {
  each_rule<rule, paxos::rules>([]<rule R>() { a_quiet_decision<R>(); });
}
TEST_CASE("without any one of its rules, a register is changed as long as nothing goes wrong") {
  each_rule<rule, paxos::rules>([]<rule R>() { a_quiet_register<R>(); });
}

static_assert(paxos::rules >= 12 && name_of(rule::ballots_have_owners) == "ballots_have_owners");
static_assert(name_of(static_cast<rule>(paxos::rules - 1)) == "reads_take_a_round");
static_assert(!bent<bounds> && bent<without<rule::promises_never_fall>>);
static_assert(lacks<bounds, without<rule::promises_never_fall>>(rule::promises_never_fall));
static_assert(sizeof(careless<paxos::full_node<number, without<rule::promises_never_fall>>>) ==
              sizeof(paxos::full_node<number>));

} // namespace
} // namespace quorate::test
