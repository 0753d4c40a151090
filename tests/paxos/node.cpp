// Roles composed: each message goes to those that take it, and what one role of a node tells another stays inside.
#include "quorate/paxos/node.hpp"

#include "support/paxos_batch.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <deque>
#include <variant>

namespace quorate::test {
namespace {

using namespace paxos;
using core = full_node<number>;
using fx = effects_of<core>;
using ef = fx::effect;

constexpr ballot at(std::uint64_t round, node_index owner) { return ballot_at(round, owner); }

TEST_CASE("a node's prepare to itself waits for its floor like the others', and so does its own promise") {
  core a{A, roster::of(3)};
  batch<core> out;
  CHECK(fx::are(step(a, out, start{}), {ef{fx::timer_on{timer::inquiry}}}));
  CHECK(fx::are(step(a, out, propose_value<number>{7}),
                {ef{ballot_floor{1}}, ef{fx::said{A, prepare{at(1, A)}, 1}}, ef{fx::said{B, prepare{at(1, A)}, 1}},
                 ef{fx::said{C, prepare{at(1, A)}, 1}}, ef{fx::timer_on{timer::resend}}}));
  CHECK(fx::are(hear(a, out, A, prepare{at(1, A)}),
                {ef{acceptor_record<number>{at(1, A), {}}}, ef{fx::said{A, promise<number>{at(1, A), {}}, 2}}}));
}

TEST_CASE("its own acceptor's refusal comes home in the same step, and no message to itself is advisory") {
  core a{A, roster::of(3)};
  batch<core> out;
  step(a, out, propose_value<number>{7});
  hear(a, out, B, prepare{at(1, B)});
  CHECK(fx::are(hear(a, out, A, prepare{at(1, A)}), {ef{fx::timer_on{timer::backoff}}}));
  CHECK(a.as<proposer>().state().now.refused == core::options::nodes::of(A));
  hear(a, out, B, promise<number>{at(1, A), {}}), hear(a, out, C, promise<number>{at(1, A), {}});
  CHECK(fx::are(hear(a, out, A, accept<number>{at(1, A), 7}), {}));
  CHECK(a.as<acceptor>().state().kept == acceptor_record<number>{at(1, B), {}});
}

TEST_CASE("what its acceptor has promised to others its proposer goes above at once") {
  core a{A, roster::of(3)};
  batch<core> out;
  hear(a, out, C, prepare{at(6, C)});
  step(a, out, propose_value<number>{7});
  CHECK(a.as<proposer>().state().now.at == at(7, A));
}

TEST_CASE("a vote goes to proposer and learner; what the learner knows, the proposer need not find out") {
  core a{A, roster::of(3)};
  batch<core> out;
  step(a, out, propose_value<number>{7});
  hear(a, out, B, accepted<number>{at(1, B), 5});
  CHECK(fx::are(hear(a, out, C, accepted<number>{at(1, B), 5}),
                {ef{fx::timer_off{timer::inquiry}}, ef{learned<number>{at(1, B), 5}},
                 ef{fx::timer_off{timer::resend}}, ef{fx::timer_off{timer::backoff}},
                 ef{decided<number>{at(1, B), 5}}}));
  CHECK(fx::are(step(a, out, propose_value<number>{8}), {ef{decided<number>{at(1, B), 5}}}));
}

TEST_CASE("its learner asks its own acceptor without a message, and the answer waits for the disk") {
  core a{A, roster::of(3)};
  batch<core> out;
  hear(a, out, B, accept<number>{at(1, B), 5});
  CHECK(fx::are(step(a, out, timer::inquiry),
                {ef{fx::said{B, inquiry{}, 0}}, ef{fx::said{C, inquiry{}, 0}}, ef{fx::timer_on{timer::inquiry}},
                 ef{fx::said{A, accepted<number>{at(1, B), 5}, 1}}}));
}

TEST_CASE("a restart keeps promise, vote and floor, and nothing else") {
  core a{A, roster::of(3), {{at(4, B), {at(3, C), 5}}, {6}}};
  batch<core> out;
  promise<number> const again{at(4, B), {at(3, C), 5}};
  CHECK(fx::are(hear(a, out, B, prepare{at(4, B)}), {ef{fx::said{B, again, 0}}}));
  step(a, out, propose_value<number>{7});
  CHECK(a.as<proposer>().state().now.at == at(7, A));
  CHECK(a.as<learner>() == learner<number>{A, roster::of(3)});
}

TEST_CASE("the fullest step is within the bound") {
  using distinct = full_node<number, learning<distinguished>>;
  distinct a{A, roster::of(7)};
  batch<distinct> out;
  step(a, out, propose_value<number>{7});
  for (auto const n : {B, C, D}) hear(a, out, n, accepted<number>{at(1, B), 5});
  hear(a, out, E, accepted<number>{at(1, B), 5});
  CHECK(out.effects().size() == 2 + 6 + 3);
  CHECK(!out.overflowed());
  CHECK(distinct::effects_bound >= 2 + 6 + 3 + 3); // and the three that a proposer that is done as well has
}

// --- each role where no other is: two proposers, three acceptors and a learner on six nodes

template <class Role, class Core>
struct alone {
  node_index self;
  Role role;
  batch<Core> out{};
};

struct six {
  roster who{};
  std::deque<std::pair<node_index, typename batch<core>::message>> net{};
  alone<proposer<number>, core> proposers[2]{{A, {}}, {B, {}}};
  alone<acceptor<number>, core> acceptors[3]{{C, {}}, {D, {}}, {E, {}}};
  alone<learner<number>, core> only{node_index{5}, {}};
  std::size_t decisions = 0, lessons = 0;
  number decided_value = 0, learned_value = 0;

  six() {
    who.proposers = node_set<64>{}.with(A).with(B);
    who.acceptors = node_set<64>{}.with(C).with(D).with(E);
    who.learners = node_set<64>::of(only.self);
    for (auto& p : proposers) p.role = {p.self, who};
    for (auto& a : acceptors) a.role = {a.self, who};
    only.role = {only.self, who};
  }
  template <class Alone, class Event>
  void step(Alone& at, Event const& e) {
    if constexpr (requires { at.role.step(e, at.out); }) at.role.step(e, at.out);
    for (auto const& effect : at.out.effects()) {
      if (auto const* m = std::get_if<fx::said>(&effect)) net.emplace_back(at.self, *m);
      if (auto const* d = std::get_if<decided<number>>(&effect)) ++decisions, decided_value = d->value;
      if (auto const* l = std::get_if<learned<number>>(&effect)) ++lessons, learned_value = l->value;
    }
    at.out.clear();
  }
  void settle() {
    for (; !net.empty(); net.pop_front()) {
      auto const [sender, sent] = net.front();
      std::visit(
          [&, by = sender, to = sent.to](auto const& m) {
            from<std::remove_cvref_t<decltype(m)>> const e{by, m};
            for (auto& p : proposers) p.self == to ? step(p, e) : void();
            for (auto& a : acceptors) a.self == to ? step(a, e) : void();
            if (only.self == to) step(only, e);
          },
          sent.message);
    }
  }
};

TEST_CASE("each role alone, on six machines: two proposers duel, three acceptors decide, one learner learns") {
  six w;
  w.step(w.proposers[0], propose_value<number>{7});
  w.step(w.proposers[1], propose_value<number>{9});
  w.settle();
  CHECK(w.decisions == 1);
  CHECK(w.lessons == 1);
  w.step(w.proposers[0], timer::backoff);
  w.settle();
  CHECK(w.decisions == 2);
  CHECK(w.lessons == 1);
  CHECK(w.decided_value == w.learned_value);
}

TEST_CASE("any set of roles is a node, and takes what these take") {
  using asks = node<proposer<number>, learner<number>>;
  static_assert(asks::plays<proposer> && asks::plays<learner> && !asks::plays<acceptor>);
  asks a{A, roster::of(3)};
  batch<asks> out;
  step(a, out, start{});
  step(a, out, propose_value<number>{7});
  hear(a, out, B, prepare{at(1, B)}); // it is no acceptor
  CHECK(effects_of<asks>::are(out, {}));
  hear(a, out, B, accepted<number>{at(1, B), 5}), hear(a, out, C, accepted<number>{at(1, B), 5});
  CHECK(out.effects().back() == effects_of<asks>::effect{decided<number>{at(1, B), 5}});
}

} // namespace
} // namespace quorate::test
