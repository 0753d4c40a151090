// A register: what its proposer asks for between the phases, and what becomes of it.
#include "quorate/paxos/change.hpp"

#include "support/paxos_batch.hpp"

#include "quorate/paxos/invariant.hpp"

#include <doctest/doctest.h>

#include <cstdint>

namespace quorate::test {
namespace {

using namespace paxos;
using core = register_node<number>;
using fx = effects_of<core>;
using ef = fx::effect;

constexpr ballot mine(std::uint64_t round) { return ballot_at(round, A); }

struct subject {
  proposer<number, rewritable<true>> p{A, roster::of(3)};
  batch<core> out{};

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
  // An edit that has come to its change, of what was accepted at `best`.
  void asked(vote<number> const& best) {
    does(edit{});
    auto const at = p.state().now.at;
    hears(B, promise<number>{at, best});
    hears(C, promise<number>{at, {}});
  }
};

TEST_CASE("after a quorum of promises it asks what is to become of the value, and goes on with the answer") {
  subject s;
  s.does(edit{});
  s.hears(B, promise<number>{mine(1), {}});
  CHECK(fx::are(s.hears(C, promise<number>{mine(1), {}}),
                {ef{fx::timer_off{timer::resend}}, ef{change<number>{mine(1), 0}}}));
  CHECK(fx::are(s.does(changed<number>{mine(2), 5}), {})); // the answer to another question
  accept<number> const ask{mine(1), 5};
  CHECK(fx::are(s.does(changed<number>{mine(1), 5}), {ef{fx::said{A, ask, 1}}, ef{fx::said{B, ask, 1}},
                                                      ef{fx::said{C, ask, 1}}, ef{fx::timer_on{timer::resend}}}));
  CHECK(fx::are(s.does(changed<number>{mine(1), 6}), {})); // only the first answer counts
  s.hears(A, accepted<number>{mine(1), 5});
  CHECK(fx::are(s.hears(B, accepted<number>{mine(1), 5}),
                {ef{fx::timer_off{timer::resend}}, ef{fx::timer_off{timer::backoff}},
                 ef{rewritten<number>{mine(1), 0, 5}}}));
}

TEST_CASE("the next edit has a ballot of its own, whatever became of the last one") {
  subject s;
  s.asked({});
  s.does(changed<number>{mine(1), 5});
  CHECK(fx::are(s.does(edit{}), {ef{proposal_refused{refusal::busy}}}));
  s.hears(A, accepted<number>{mine(1), 5}), s.hears(B, accepted<number>{mine(1), 5});
  s.does(edit{});
  CHECK(s.p.state().now.at == mine(2));
}

TEST_CASE("refused before it was sent, a change is asked for again; after, its fate is unknown, but for one that "
          "changes nothing") {
  for (auto const sent : {false, true})
    for (number const value : {3U, 4U}) {
      subject s;
      s.p = {A, roster::of(3), {1}};
      s.asked({ballot_at(1, B), 3});
      if (sent) s.does(changed<number>{s.p.state().now.at, value});
      s.hears(B, refused{mine(2), ballot_at(2, B)});
      s.does(timer::backoff);
      CAPTURE(sent);
      CAPTURE(value);
      if (sent && value != 3)
        CHECK(fx::are(s.out, {ef{fx::timer_off{timer::resend}}, ef{fx::timer_off{timer::backoff}},
                              ef{unsettled<number>{mine(2), 3, value}}}));
      else
        CHECK(s.p.state().now.at == mine(3));
    }
}

TEST_CASE("withdrawn before it was sent, a change is not made; after, its fate is unknown") {
  subject s;
  CHECK(fx::are(s.does(withdraw{}), {}));
  s.does(edit{});
  CHECK(fx::are(s.does(withdraw{}),
                {ef{fx::timer_off{timer::resend}}, ef{fx::timer_off{timer::backoff}}, ef{withdrawn{}}}));
  CHECK(fx::are(s.hears(B, promise<number>{mine(1), {}}), {}));
  s.asked({});
  s.does(withdraw{});
  CHECK(s.out.effects().back() == ef{withdrawn{}});
  CHECK(fx::are(s.does(changed<number>{mine(2), 5}), {}));
  s.asked({});
  s.does(changed<number>{mine(3), 5});
  s.does(withdraw{});
  CHECK(s.out.effects().back() == ef{unsettled<number>{mine(3), 0, 5}});
}

TEST_CASE("the changes that everybody needs") {
  change<number> const asked{mine(4), 3};
  auto const is = [](changed<number> const& c, number value) { return c.at == mine(4) && c.value == value; };
  CHECK(is(apply(asked, read_value{}), 3));
  CHECK(is(apply(asked, write_value{number{8}}), 8));
  CHECK(is(apply(asked, compare_and_set{number{3}, number{8}}), 8));
  CHECK(is(apply(asked, compare_and_set{number{4}, number{8}}), 3));
  CHECK(is(apply(asked, [](number x) { return x + 1; }), 4));
}

} // namespace
} // namespace quorate::test
