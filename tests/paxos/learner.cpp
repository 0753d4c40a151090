// One step of a learner: its exact effects, and what it counts.
#include "quorate/paxos/learner.hpp"

#include "support/paxos_batch.hpp"

#include "quorate/paxos/invariant.hpp"

#include <doctest/doctest.h>

#include <cstdint>

namespace quorate::test {
namespace {

using namespace paxos;
using core = full_node<number>;
using fx = effects_of<core>;
using ef = fx::effect;

constexpr ballot at(std::uint64_t round, node_index owner) { return ballot_at(round, owner); }

template <class... Keywords>
struct subject {
  using whole = full_node<number, Keywords...>;
  learner<number, Keywords...> l;
  batch<whole> out{};

  explicit subject(roster const& who = roster::of(3), node_index self = A) : l{self, who} {}
  template <class Event>
  auto const& does(Event const& e) {
    test::step(l, out, e);
    CHECK(holds(l.state()));
    return out;
  }
  template <class M>
  auto const& hears(node_index n, M const& m) {
    return does(from<M>{n, m});
  }
};

TEST_CASE("it begins by waiting, asks after a while, and again, until it knows") {
  subject s;
  CHECK(fx::are(s.does(start{}), {ef{fx::timer_on{timer::inquiry}}}));
  CHECK(fx::are(s.does(timer::inquiry),
                {ef{fx::said{B, inquiry{}, 0}}, ef{fx::said{C, inquiry{}, 0}}, ef{fx::timer_on{timer::inquiry}}}));
  CHECK(fx::are(s.does(timer::resend), {}));
  CHECK(fx::are(s.hears(B, inquiry{}), {}));
  s.hears(B, accepted<number>{at(1, B), 5}), s.hears(C, accepted<number>{at(1, B), 5});
  CHECK(fx::are(s.does(timer::inquiry), {}));
  CHECK(fx::are(s.does(start{}), {}));
  CHECK(fx::are(s.hears(B, inquiry{}), {ef{fx::said{B, chosen<number>{at(1, B), 5}, 0}}}));
  CHECK(fx::are(s.hears(D, inquiry{}), {}));
}

TEST_CASE("the votes of a quorum at one ballot are a lesson, once") {
  subject s;
  CHECK(fx::are(s.hears(B, accepted<number>{at(1, B), 5}), {}));
  CHECK(fx::are(s.hears(B, accepted<number>{at(1, B), 5}), {})); // twice is once
  CHECK(!s.l.knows());
  CHECK(fx::are(s.hears(A, accepted<number>{at(1, B), 5}),
                {ef{fx::timer_off{timer::inquiry}}, ef{learned<number>{at(1, B), 5}}}));
  CHECK(fx::are(s.hears(C, accepted<number>{at(1, B), 5}), {}));
  CHECK(fx::are(s.hears(C, chosen<number>{at(1, B), 5}), {}));
  CHECK(s.l.state().known == vote<number>{at(1, B), 5});
}

TEST_CASE("votes of different ballots are counted apart, and a higher one takes no lower one back") {
  subject s{roster::of(5)};
  s.hears(A, accepted<number>{at(1, B), 5});
  s.hears(B, accepted<number>{at(2, B), 5});
  s.hears(C, accepted<number>{at(3, B), 5}); // one value, three ballots: no quorum
  CHECK(!s.l.knows());
  s.hears(A, accepted<number>{at(3, B), 5});
  s.hears(B, accepted<number>{at(1, B), 5}); // late
  CHECK(!s.l.knows());
  CHECK(s.hears(C, accepted<number>{at(1, B), 5}).effects().size() == 2);
  CHECK(s.l.state().known == vote<number>{at(1, B), 5});
}

TEST_CASE("there is room for as many ballots as acceptors; then the lowest goes") {
  subject<limits<limit_values{.nodes = 3}>> s;
  for (std::uint64_t round : {2U, 3U, 4U}) s.hears(A, accepted<number>{at(round, B), round});
  s.hears(B, accepted<number>{at(1, B), 1}); // lower than all: not counted
  CHECK(s.l.state().tallies.full());
  s.hears(B, accepted<number>{at(1, B), 1}), s.hears(C, accepted<number>{at(1, B), 1});
  CHECK(!s.l.knows());
  s.hears(B, accepted<number>{at(5, B), 5}); // 2 goes
  for (auto const& t : s.l.state().tallies) CHECK(t.of.at != at(2, B));
  s.hears(C, accepted<number>{at(5, B), 5});
  CHECK(s.l.state().known == vote<number>{at(5, B), 5});
}

TEST_CASE("only acceptors' votes and learners' words count; a ballot of nobody never does") {
  roster who = roster::of(5);
  who.acceptors = who.learners = node_set<64>::first(3);
  subject s{who};
  for (auto const n : {D, E, no_node, node_index{63}}) {
    CHECK(fx::are(s.hears(n, accepted<number>{at(1, B), 5}), {}));
    CHECK(fx::are(s.hears(n, chosen<number>{at(1, B), 5}), {}));
  }
  for (auto const n : {A, B, C}) {
    CHECK(fx::are(s.hears(n, accepted<number>{ballot{}, 5}), {}));
    CHECK(fx::are(s.hears(n, chosen<number>{ballot{}, 5}), {}));
  }
  CHECK(s.l == subject{who}.l);
}

TEST_CASE("a learner's word is taken; another value at one ballot, or a second one chosen, is a conflict") {
  subject s;
  s.hears(B, accepted<number>{at(1, B), 5});
  CHECK(fx::are(s.hears(C, accepted<number>{at(1, B), 6}), {ef{conflict{at(1, B)}}}));
  CHECK(fx::are(s.hears(C, chosen<number>{at(1, B), 5}),
                {ef{fx::timer_off{timer::inquiry}}, ef{learned<number>{at(1, B), 5}}}));
  CHECK(fx::are(s.hears(B, chosen<number>{at(2, B), 6}), {ef{conflict{at(2, B)}}}));
}

TEST_CASE("a distinguished learner asks the acceptors and tells all; the others ask it") {
  roster who = roster::of(4);
  who.distinguished = node_set<64>::of(B);
  who.learners = node_set<64>{}.with(A).with(B).with(C);
  using told = subject<learning<distinguished>>;
  using tx = effects_of<told::whole>;
  using te = tx::effect;
  told first{who, B}, other{who, A};
  CHECK(tx::are(first.does(timer::inquiry), {te{tx::said{A, inquiry{}, 0}}, te{tx::said{C, inquiry{}, 0}},
                                             te{tx::said{D, inquiry{}, 0}}, te{tx::timer_on{timer::inquiry}}}));
  CHECK(tx::are(other.does(timer::inquiry), {te{tx::said{B, inquiry{}, 0}}, te{tx::timer_on{timer::inquiry}}}));
  first.hears(A, accepted<number>{at(1, D), 5}), first.hears(C, accepted<number>{at(1, D), 5});
  chosen<number> const word{at(1, D), 5};
  CHECK(tx::are(first.hears(D, accepted<number>{at(1, D), 5}),
                {te{tx::timer_off{timer::inquiry}}, te{learned<number>{at(1, D), 5}}, te{tx::said{A, word, 0}},
                 te{tx::said{C, word, 0}}, te{tx::said{D, word, 0}}})); // D proposes
  CHECK(tx::are(other.hears(B, word), {te{tx::timer_off{timer::inquiry}}, te{learned<number>{at(1, D), 5}}}));
}

} // namespace
} // namespace quorate::test
