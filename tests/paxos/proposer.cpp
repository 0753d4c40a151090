// One step of a proposer: its exact effects.
#include "quorate/paxos/proposer.hpp"

#include "support/paxos_batch.hpp"

#include "quorate/paxos/change.hpp"
#include "quorate/paxos/invariant.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>

namespace quorate::test {
namespace {

using namespace paxos;
using core = full_node<number>;
using fx = effects_of<core>;
using ef = fx::effect;

constexpr ballot mine(std::uint64_t round) { return ballot_at(round, A); }

template <class... Keywords>
struct subject {
  using whole = full_node<number, Keywords...>;
  using x = effects_of<whole>;
  proposer<number, Keywords...> p;
  batch<whole> out{};

  explicit subject(std::size_t nodes = 3, ballot_floor kept = {}) : p{A, roster::of(nodes), kept} {}
  template <class Event>
  auto const& does(Event const& e) {
    test::step(p, out, e);
    CHECK(holds(p.state()));
    return out;
  }
  template <class M>
  auto const& hears(node_index n, M const& m) {
    return does(from<M>{n, m});
  }
  bool is(phase in) const { return p.state().now.is == in; }
};

TEST_CASE("a proposal writes its floor, then asks for promises, which wait for it") {
  subject s;
  CHECK(fx::are(s.does(propose_value<number>{7}),
                {ef{ballot_floor{1}}, ef{fx::said{A, prepare{mine(1)}, 1}}, ef{fx::said{B, prepare{mine(1)}, 1}},
                 ef{fx::said{C, prepare{mine(1)}, 1}}, ef{fx::timer_on{timer::resend}}}));
  CHECK(s.is(phase::preparing));
}

TEST_CASE("a quorum of promises without votes: its own value; the votes of a quorum: decided") {
  subject s;
  s.does(propose_value<number>{7});
  CHECK(fx::are(s.hears(B, promise<number>{mine(1), {}}), {}));
  accept<number> const ask{mine(1), 7};
  CHECK(fx::are(s.hears(C, promise<number>{mine(1), {}}),
                {ef{fx::said{A, ask, 1}}, ef{fx::said{B, ask, 1}}, ef{fx::said{C, ask, 1}},
                 ef{fx::timer_on{timer::resend}}}));
  CHECK(fx::are(s.hears(A, accepted<number>{mine(1), 7}), {}));
  CHECK(fx::are(
      s.hears(C, accepted<number>{mine(1), 7}),
      {ef{fx::timer_off{timer::resend}}, ef{fx::timer_off{timer::backoff}}, ef{decided<number>{mine(1), 7}}}));
  CHECK(fx::are(s.hears(B, accepted<number>{mine(1), 7}), {}));
  CHECK(fx::are(s.does(propose_value<number>{8}), {ef{decided<number>{mine(1), 7}}}));
  for (auto const t : {timer::resend, timer::backoff, timer::inquiry}) CHECK(fx::are(s.does(t), {}));
}

TEST_CASE("of the votes that are promised the highest is proposed, in whichever order they come") {
  vote<number> const votes[] = {{}, {ballot_at(1, C), 3}, {ballot_at(2, B), 4}, {ballot_at(2, C), 5}};
  for (auto const& one : votes)
    for (auto const& other : votes) {
      subject s{3, {6}};
      s.does(propose_value<number>{7});
      s.hears(B, promise<number>{mine(7), one});
      s.hears(C, promise<number>{mine(7), other});
      auto const& high = one.at > other.at ? one : other;
      CAPTURE(one.value);
      CAPTURE(other.value);
      CHECK(s.is(phase::accepting));
      CHECK(s.p.state().now.value == (high.at.none() ? 7 : high.value));
    }
}

TEST_CASE("a refusal names who is ahead: it waits for a while, and its next ballot is above") {
  subject s;
  s.does(propose_value<number>{7});
  CHECK(fx::are(s.hears(B, refused{mine(1), ballot_at(4, C)}), {ef{fx::timer_on{timer::backoff}}}));
  CHECK(fx::are(s.hears(C, refused{mine(1), ballot_at(3, C)}), {}));
  CHECK(fx::are(s.does(timer::backoff),
                {ef{ballot_floor{5}}, ef{fx::said{A, prepare{mine(5)}, 2}}, ef{fx::said{B, prepare{mine(5)}, 2}},
                 ef{fx::said{C, prepare{mine(5)}, 2}}, ef{fx::timer_on{timer::resend}}}));
  CHECK(fx::are(s.does(timer::backoff), {})); // a late one
  CHECK(s.p.state().now == attempt<core::options>{mine(5), phase::preparing, {}, {}, {}, {}});
}

TEST_CASE("who has not answered is asked again, and who has refused is not") {
  subject s;
  s.does(propose_value<number>{7});
  s.hears(A, promise<number>{mine(1), {}});
  s.hears(C, refused{mine(1), ballot_at(1, C)});
  CHECK(fx::are(s.does(timer::resend), {ef{fx::said{B, prepare{mine(1)}, 1}}, ef{fx::timer_on{timer::resend}}}));
  accept<number> const ask{mine(1), 7};
  CHECK(fx::are(s.hears(B, promise<number>{mine(1), {}}),
                {ef{fx::said{A, ask, 1}}, ef{fx::said{B, ask, 1}}, ef{fx::timer_on{timer::resend}}}));
  s.hears(B, accepted<number>{mine(1), 7});
  CHECK(fx::are(s.does(timer::resend), {ef{fx::said{A, ask, 1}}, ef{fx::timer_on{timer::resend}}}));
}

TEST_CASE("what is of another ballot, another phase or no acceptor changes nothing") {
  roster who = roster::of(4);
  who.acceptors = node_set<64>::first(3);
  proposer<number> p{A, who, {4}};
  batch<core> out;
  auto const nothing = [&] {
    auto const before = p;
    for (auto const at : {mine(4), mine(6), ballot_at(5, B), ballot{}, ballot{255}}) {
      CHECK(fx::are(hear(p, out, B, promise<number>{at, {}}), {}));
      CHECK(fx::are(hear(p, out, B, accepted<number>{at, 7}), {}));
      CHECK(fx::are(hear(p, out, B, refused{at, ballot_at(9, B)}), {}));
    }
    CHECK(fx::are(hear(p, out, D, promise<number>{mine(5), {}}), {}));
    CHECK(fx::are(hear(p, out, D, accepted<number>{mine(5), 7}), {}));
    CHECK(fx::are(hear(p, out, D, refused{mine(5), ballot_at(9, B)}), {}));
    for (auto const promised : {ballot{}, mine(4), mine(5)}) // a refusal that does not say why
      CHECK(fx::are(hear(p, out, B, refused{mine(5), promised}), {}));
    CHECK(p == before);
  };
  nothing(); // idle
  test::step(p, out, propose_value<number>{7});
  CHECK(fx::are(hear(p, out, B, accepted<number>{mine(5), 7}), {}));
  nothing();
  hear(p, out, B, promise<number>{mine(5), {}}), hear(p, out, C, promise<number>{mine(5), {}});
  REQUIRE(p.state().now.is == phase::accepting);
  CHECK(fx::are(hear(p, out, A, promise<number>{mine(5), {mine(4), 1}}), {}));
  nothing();
  hear(p, out, B, accepted<number>{mine(5), 7}), hear(p, out, C, accepted<number>{mine(5), 7});
  REQUIRE(p.state().now.is == phase::done);
  nothing();
}

TEST_CASE("a value at work refuses another; what a learner knows ends it") {
  subject s;
  s.does(propose_value<number>{7});
  CHECK(fx::are(s.does(propose_value<number>{8}), {ef{proposal_refused{refusal::busy}}}));
  CHECK(fx::are(s.hears(D, chosen<number>{ballot_at(9, D), 1}), {})); // no learner
  CHECK(fx::are(s.hears(C, chosen<number>{ballot_at(2, C), 9}),
                {ef{fx::timer_off{timer::resend}}, ef{fx::timer_off{timer::backoff}},
                 ef{decided<number>{ballot_at(2, C), 9}}}));
  CHECK(fx::are(s.hears(B, chosen<number>{ballot_at(3, C), 9}), {}));
  CHECK(fx::are(s.hears(B, chosen<number>{ballot_at(3, C), 8}), {ef{conflict{ballot_at(3, C)}}}));
  CHECK(fx::are(s.does(propose_value<number>{8}), {ef{decided<number>{ballot_at(2, C), 9}}}));
}

TEST_CASE("a vote at its own ballot, or another value there, is a conflict: a floor was lost") {
  subject s;
  s.does(propose_value<number>{7});
  CHECK(fx::are(s.hears(B, promise<number>{mine(1), {mine(1), 6}}), {ef{conflict{mine(1)}}}));
  s.hears(B, promise<number>{mine(1), {}}), s.hears(C, promise<number>{mine(1), {}});
  CHECK(fx::are(s.hears(B, accepted<number>{mine(1), 6}), {ef{conflict{mine(1)}}}));
  CHECK(s.is(phase::accepting));
}

TEST_CASE("when there is no ballot left, that is said, and nothing wraps") {
  subject s{3, {ballot::last_round - 1}};
  s.does(propose_value<number>{7});
  CHECK(s.p.state().now.at == mine(ballot::last_round));
  s.hears(B, refused{mine(ballot::last_round), ballot_at(ballot::last_round, C)});
  CHECK(fx::are(s.does(timer::backoff),
                {ef{fx::timer_off{timer::resend}}, ef{fx::timer_off{timer::backoff}}, ef{exhausted{}}}));
  CHECK(s.is(phase::idle));
  s.does(propose_value<number>{7});
  CHECK(s.out.effects().back() == ef{exhausted{}});
}

TEST_CASE("ballots in blocks: one write for several attempts, and the block ends where the rounds do") {
  subject<ballots_ahead<3>> s;
  using bx = subject<ballots_ahead<3>>::x;
  auto const again = [&](ballot at) {
    s.hears(B, refused{at, ballot{at.value + 1}}); // B's, of the same round
    return s.does(timer::backoff);
  };
  auto const prepares = [&](std::uint64_t round, std::uint64_t after) {
    auto const& e = s.out.effects();
    bool all = true;
    for (std::size_t i = e.size() - 4; i + 1 < e.size(); ++i)
      all = all && e[i] == bx::effect{bx::said{node_index{static_cast<std::uint8_t>(i + 4 - e.size())},
                                               prepare{mine(round)}, after}};
    return all;
  };
  s.does(propose_value<number>{7});
  CHECK(s.out.effects()[0] == bx::effect{ballot_floor{3}});
  CHECK(prepares(1, 1));
  CHECK(again(mine(1)).effects().size() == 4);
  CHECK(prepares(2, 1));
  CHECK(again(mine(2)).effects().size() == 4);
  CHECK(again(mine(3)).effects()[0] == bx::effect{ballot_floor{6}});
  CHECK(prepares(4, 2));

  subject<ballots_ahead<3>> last{3, {ballot::last_round - 2}};
  last.does(propose_value<number>{7});
  CHECK(last.out.effects()[0] == bx::effect{ballot_floor{ballot::last_round}});
}

TEST_CASE("a thrifty proposer asks a quorum of those who promised, and all others when a timer says so") {
  subject<thrifty<true>> s{5};
  using tx = subject<thrifty<true>>::x;
  s.does(propose_value<number>{7});
  s.hears(C, promise<number>{mine(1), {}}), s.hears(E, promise<number>{mine(1), {}});
  accept<number> const ask{mine(1), 7};
  using te = tx::effect;
  CHECK(tx::are(s.hears(D, promise<number>{mine(1), {}}),
                {te{tx::said{C, ask, 1}}, te{tx::said{D, ask, 1}}, te{tx::said{E, ask, 1}},
                 te{tx::timer_on{timer::resend}}}));
  s.hears(C, accepted<number>{mine(1), 7});
  CHECK(tx::are(s.does(timer::resend), {te{tx::said{A, ask, 1}}, te{tx::said{B, ask, 1}}, te{tx::said{D, ask, 1}},
                                        te{tx::said{E, ask, 1}}, te{tx::timer_on{timer::resend}}}));
}

TEST_CASE("a thrifty proposer does not count on one that has promised and then refused") {
  subject<thrifty<true>> s{5};
  using tx = subject<thrifty<true>>::x;
  using te = tx::effect;
  accept<number> const ask{mine(1), 7};
  s.does(propose_value<number>{7});
  s.hears(B, promise<number>{mine(1), {}});
  s.hears(B, refused{mine(1), ballot_at(1, D)}); // its prepare came twice, another's between
  s.hears(C, promise<number>{mine(1), {}});
  CHECK(tx::are(s.hears(A, promise<number>{mine(1), {}}), // without B these are no quorum: all but B are asked
                {te{tx::said{A, ask, 1}}, te{tx::said{C, ask, 1}}, te{tx::said{D, ask, 1}},
                 te{tx::said{E, ask, 1}}, te{tx::timer_on{timer::resend}}}));
}

} // namespace
} // namespace quorate::test
