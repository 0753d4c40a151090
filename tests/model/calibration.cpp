// The explorer is tried on models that others have published, with the counts that they give, before it is
// trusted with our own: the same models, written here, must come to the same numbers.
//
// Of transaction commit and two-phase commit with three resource managers the TLA+ examples say how many states
// there are, how many TLC generates (the initial one and each transition) and how many a longest of all shortest
// ways has (one more than our depth). The other counts are those of stateright's own tests.
#include "actor_paxos.hpp"
#include "explored.hpp"
#include "transaction.hpp"
#include "word_model.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace quorate::check {
namespace {

template <class System>
exploration words_of(System const& s, bounds const& b = {}) {
  return explore_model(word_model{s}, b);
}

// How many states there are to a search that always goes on from the newest.
template <class Model>
std::size_t depth_first(Model const& m) {
  typename Model::worker w{m};
  visited seen;
  std::size_t states = 0;
  std::vector<std::vector<std::uint32_t>> waiting;
  auto const found = [&](row r, fingerprint f) {
    if (seen.insert(f)) ++states, waiting.emplace_back(r.begin(), r.end());
  };
  w.initial([&](row r, fingerprint f, char const*) { found(r, f); });
  while (!waiting.empty()) {
    auto const newest = waiting.back();
    waiting.pop_back();
    w.expand(newest, [&](std::uint32_t, row r, fingerprint f, char const*) { found(r, f); });
  }
  return states;
}

TEST_CASE("transaction commit with three managers has TLC's 34 states") {
  auto const x = words_of(transaction_commit{3});
  CHECK(x.complete);
  CHECK(x.states == 34);
  CHECK(x.transitions + 1 == 94);
  CHECK(x.depth + 1 == 7);
}

TEST_CASE("two-phase commit with three managers has TLC's and stateright's 288 states") {
  auto const x = words_of(two_phase{3}, {.lasting = true});
  CHECK_FALSE(x.broken);
  CHECK(x.complete);
  CHECK(x.states == 288);
  CHECK(x.transitions + 1 == 1146);
  CHECK(x.depth + 1 == 11);
}

TEST_CASE("two-phase commit with five managers has stateright's 8,832 states, whichever way they are searched") {
  auto const x = words_of(two_phase{5});
  CHECK_FALSE(x.broken);
  CHECK(x.complete);
  CHECK(x.states == 8832);
  CHECK(depth_first(word_model{two_phase{5}}) == 8832);
}

// To sort managers by stage alone gives alike states different forms, and a state is gone on from as it was
// found: so how many forms are met depends on the order of the search. Stateright's 665 is the number of its
// depth-first search with its order of actions. A form that all alike states share has one number.
TEST_CASE("two-phase commit with five managers, sorted by stage, has stateright's 665 states depth first") {
  CHECK(depth_first(word_model{two_phase{5, symmetry::by_stage}}) == 665);
  CHECK(words_of(two_phase{5, symmetry::by_stage}).states == 508);
  CHECK(depth_first(word_model{two_phase{5, symmetry::full}}) == 314);
  CHECK(words_of(two_phase{5, symmetry::full}).states == 314);
}

TEST_CASE("a transaction manager that commits too soon is caught in a shortest way") {
  for (auto const names : {symmetry::none, symmetry::by_stage, symmetry::full}) {
    auto const x = words_of(two_phase{3, names, true});
    REQUIRE(x.broken);
    CHECK_FALSE(x.complete);
    using t = two_phase;
    CHECK(x.broken->actions == std::vector{t::action_of(t::tm, t::commit), t::action_of(0, t::obey)});
  }
}

// Client 0 writes 1 and reads 3, which client 2 is still writing; client 1 writes 2 and reads 1.
register_clients three_clients(bool one_after_the_other) {
  register_clients c{3};
  if (!one_after_the_other) c.has_written(1);
  c.has_written(0);
  c.has_read(0, 3);
  if (one_after_the_other) c.has_written(1);
  c.has_read(1, 1);
  std::vector const words{c.word(0), c.word(1), c.word(2)};
  return register_clients::of(words);
}

TEST_CASE("a read of what was overwritten is linearizable only if it began before that was seen") {
  CHECK(three_clients(false).linearizable());
  CHECK_FALSE(three_clients(true).linearizable());
}

TEST_CASE("Paxos among three servers with two clients has stateright's 16,668 states") {
  actors::paxos<actors::linearizable> const m{2};
  auto const x = explore_model(m);
  CHECK_FALSE(x.broken);
  CHECK(x.complete);
  CHECK(x.states == 16668);
  CHECK(depth_first(m) == 16668);
  auto const apart = explore_model(m, {.threads = 3});
  CHECK(apart.states == x.states);
  CHECK(apart.transitions == x.transitions);
  CHECK(apart.depth == x.depth);
}

TEST_CASE("in that Paxos a value is read after eight deliveries at the earliest, as stateright finds") {
  actors::paxos<actors::never_answered> const m{2};
  auto const x = explore_model(m);
  REQUIRE(x.broken);
  CHECK(x.broken->actions.size() == 8);
  CHECK(actors::envelope::of(x.broken->actions.front()).what == actors::kind::put);
  CHECK(actors::envelope::of(x.broken->actions.back()).what == actors::kind::get);
}

TEST_CASE("a leader that forgets what was promised to it is caught by what clients read") {
  actors::paxos<actors::linearizable> const m{2, {.forgetful = true}};
  auto const x = explore_model(m);
  REQUIRE(x.broken);
  CHECK(x.broken->what == "what the clients saw is not linearizable");
}

} // namespace
} // namespace quorate::check
