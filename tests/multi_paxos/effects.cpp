// One step at a time, and all that it says: the exact list of effects.
#include "quorate/core/log_shape.hpp"
#include "quorate/effect/batch.hpp"
#include "quorate/multi_paxos/invariant.hpp"
#include "quorate/multi_paxos/node.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>

namespace quorate::test {
namespace {

using namespace multi_paxos;
using core = multi_paxos::node<limits<limit_values{.nodes = 3}>>;
using effects = batch<core>;
using effect = effects::effect;

constexpr node_index A{0}, B{1}, C{2};
constexpr configuration three{node_set<64>::first(3)};
constexpr std::uint64_t all = 1; // the number of the founding configuration
constexpr stamp ballot(std::uint64_t round, node_index owner) { return make_ballot(round, owner); }
constexpr log_index at(std::uint64_t n) { return log_index{n}; }

// A core, its log, and what the last step said. What was written is carried out when the step is over.
struct one {
  log_shape<64> log{};
  core it{};
  effects out{};

  explicit one(std::initializer_list<entry_run> runs = {}, promise_and_mark const& hard = {}) {
    (void)log.put({at(1), 1, stamp{}, entry_kind::configuration}, three);
    for (auto const& r : runs) REQUIRE(log.put(r));
    it = core{A, hard, log};
  }
  template <class Event>
  void step(Event const& e) {
    out.clear();
    it.step(e, log, out);
    CHECK(!out.overflowed());
    for (auto const& x : out.effects())
      if (auto const* run = std::get_if<entry_run>(&x)) {
        log.truncate(run->first); // no test here writes anywhere but over the end
        REQUIRE(log.put(*run));
      }
    CHECK(holds(it.state(), log));
  }
  template <class M>
  void hear(node_index who, M const& m) {
    step(from<M>{who, m});
  }
};

template <class M>
effect said(node_index to, M const& m, std::uint64_t after = 0) {
  return effect{effects::message{to, m, after}};
}
effect arms(timer t) { return effect{armed<timer>{t}}; }
effect arms_after(std::uint64_t write, timing how = timing::campaign) {
  return effect{armed<timer>{timer::election, write, how}};
}
effect disarms(timer t) { return effect{disarmed<timer>{t}}; }
bool says(one const& o, std::initializer_list<effect> expected) {
  if (o.out.effects().size() != expected.size()) return false;
  std::size_t i = 0;
  for (auto const& e : expected)
    if (!(o.out.effects()[i++] == e)) return false;
  return true;
}
// What is asked at (4, B) is answered with, by one that has promised (5, B).
refused const no{ballot(4, B), ballot(5, B), all};

one promised_five() {
  one o;
  o.hear(B, prepare{ballot(5, B), at(2), all});
  CHECK(says(o, {effect{promise_and_mark{ballot(5, B), at(1)}}, arms_after(1),
                 said(B, promise{ballot(5, B), at(2), at(1), at(1), stamp{}, 0, {}, all}, 1)}));
  return o;
}

TEST_CASE("prepare: below refused, at the promise answered after the last write, above written first") {
  auto o = promised_five();
  o.hear(B, prepare{ballot(4, B), at(2), all});
  CHECK(says(o, {said(B, no)}));
  o.hear(B, prepare{ballot(5, B), at(2), all});
  CHECK(says(o, {said(B, promise{ballot(5, B), at(2), at(1), at(1), stamp{}, 0, {}, all}, 1)}));
  o.hear(C, prepare{ballot(5, C), at(2), all});
  CHECK(says(o, {effect{promise_and_mark{ballot(5, C), at(1)}}, arms_after(2),
                 said(C, promise{ballot(5, C), at(2), at(1), at(1), stamp{}, 0, {}, all}, 2)}));
}

TEST_CASE("accept: below refused, at the promise written, above promised and written") {
  auto const of = [](std::uint64_t round) {
    return accept{ballot(round, B), ballot(round, B), at(2), at(1), all, 2, entry_kind::command};
  };
  auto o = promised_five();
  o.hear(B, of(4));
  CHECK(says(o, {said(B, no)}));
  o.hear(B, of(5));
  CHECK(says(o, {disarms(timer::election), arms(timer::election), arms(timer::contact),
                 effect{entry_run{at(2), 2, ballot(5, B), entry_kind::command}}}));
  o.step(flush{});
  CHECK(says(o, {said(B, accepted{ballot(5, B), at(2), all, 2, 1}, 2)}));
  o.hear(B, of(5)); // again: acknowledged, not written
  CHECK(says(o, {arms(timer::election), arms(timer::contact)}));
  o.step(flush{});
  CHECK(says(o, {said(B, accepted{ballot(5, B), at(2), all, 2, 1}, 2)}));
  o.step(flush{});
  CHECK(says(o, {}));
  o.hear(B, accept{ballot(5, B), ballot(5, B), at(3), at(1), all, 0, entry_kind::command}); // "say it again"
  o.out.clear();
  o.step(flush{});
  CHECK(says(o, {said(B, accepted{ballot(5, B), at(3), all, 1, 1}, 2)}));
  o.hear(B,
         accept{ballot(5, B), ballot(5, B), at(4), at(1), all, 0, entry_kind::command}); // which it does not hold
  o.out.clear();
  o.step(flush{});
  CHECK(says(o, {}));
  o.hear(B, of(6));
  CHECK(says(o, {effect{promise_and_mark{ballot(6, B), at(1)}}, disarms(timer::election), arms(timer::election),
                 arms(timer::contact), effect{entry_run{at(2), 2, ballot(6, B), entry_kind::command}}}));
}

// The tail was voted for at an earlier ballot, and may be of other values: to acknowledge it would be a lie.
TEST_CASE("what is said again is what is verified, and no slot of an older tail behind it") {
  one o{{{at(2), 1, ballot(5, B), entry_kind::command}, {at(3), 2, ballot(1, C), entry_kind::command}},
        {ballot(5, B), {}}};
  o.hear(B, accept{ballot(5, B), ballot(5, B), at(2), at(1), all, 1, entry_kind::command}); // which it has
  o.step(flush{});
  REQUIRE(o.log.last() == at(4));
  o.hear(B, accept{ballot(5, B), ballot(5, B), at(2), at(1), all, 0, entry_kind::command});
  o.step(flush{});
  REQUIRE(o.out.effects().size() == 1);
  auto const* m = std::get_if<effects::message>(&o.out.effects()[0]);
  REQUIRE(m != nullptr);
  CHECK(std::get<accepted>(m->message) == accepted{ballot(5, B), at(2), all, 1, 1});
}

TEST_CASE("one acknowledgement says what two say only if it goes on at the same ballot") {
  accepted const early{ballot(5, B), at(2), all, 3, 1};
  accepted later{ballot(5, B), at(5), all, 2, 2};
  REQUIRE(later.take_in(early));
  CHECK(later == accepted{ballot(5, B), at(2), all, 5, 3});
  for (auto other : {accepted{ballot(6, B), at(5), all, 2, 2}, accepted{ballot(5, B), at(6), all, 2, 2},
                     accepted{ballot(5, B), at(4), all, 2, 2}, accepted{ballot(5, B), at(5), 3, 2, 2},
                     accepted{ballot(5, B), at(5), all, 2, 255}}) {
    auto const before = other;
    CHECK_FALSE(other.take_in(early));
    CHECK(other == before);
  }
}

TEST_CASE("heartbeat: below refused, at and above answered, and what is verified is chosen") {
  auto o = promised_five();
  o.hear(B, heartbeat{ballot(4, B), at(1), 3, all});
  CHECK(says(o, {said(B, no)}));
  o.hear(B, accept{ballot(5, B), ballot(5, B), at(2), at(1), all, 2, entry_kind::command});
  o.hear(B, heartbeat{ballot(5, B), at(9), 3, all});
  CHECK(says(o, {arms(timer::election), arms(timer::contact), effect{committed{at(3)}},
                 said(B, heartbeat_answer{ballot(5, B), at(3), 3, all})}));
  o.hear(C, heartbeat{ballot(5, C), at(9), 3, all});
  CHECK(says(o, {effect{promise_and_mark{ballot(5, C), at(3)}}, disarms(timer::election), arms(timer::election),
                 arms(timer::contact), said(C, heartbeat_answer{ballot(5, C), at(3), 3, all})}));
}

TEST_CASE("canvass: only above the promise, beside no leader, and nothing is changed by it") {
  auto o = promised_five();
  auto const before = o.it;
  o.hear(C, canvass{ballot(4, C), at(2), all});
  CHECK(says(o, {said(C, refused{ballot(4, C), ballot(5, B), all})}));
  o.hear(B, canvass{ballot(5, B), at(2), all});
  CHECK(says(o, {said(B, refused{ballot(5, B), ballot(5, B), all})}));
  o.hear(C, canvass{ballot(6, C), at(2), all});
  CHECK(says(o, {said(C, canvass_granted{ballot(6, C), all})}));
  CHECK(o.it == before);
  o.hear(B, heartbeat{ballot(5, B), at(1), 0, all});
  o.hear(C, canvass{ballot(6, C), at(2), all});
  CHECK(says(o, {said(C, refused{ballot(6, C), ballot(5, B), all})}));
  o.hear(C, prepare{ballot(6, C), at(2), all}); // a living leader is not disturbed
  CHECK(says(o, {}));
}

TEST_CASE("fetch: only what was voted for at that ballot, for the candidate that it has promised") {
  one o{{{at(2), 3, ballot(2, C), entry_kind::command}}, {ballot(5, B), {}}};
  o.hear(B, fetch{ballot(5, B), at(2), 9, ballot(2, C), all});
  CHECK(says(o, {said(B, fetched{ballot(5, B), at(2), 3, ballot(2, C), entry_kind::command, all})}));
  for (auto const& f :
       {fetch{ballot(4, B), at(2), 9, ballot(2, C), all}, fetch{ballot(6, B), at(2), 9, ballot(2, C), all},
        fetch{ballot(5, B), at(2), 9, ballot(1, C), all}, fetch{ballot(5, B), at(2), 0, ballot(2, C), all},
        fetch{ballot(5, B), at(5), 1, ballot(2, C), all}, fetch{ballot(5, B), at(0), 1, stamp{}, all}}) {
    o.hear(B, f);
    CHECK(says(o, {}));
  }
}

TEST_CASE("an election and a decision, effect by effect") {
  one o;
  o.step(start{});
  CHECK(says(o, {arms(timer::election)}));
  o.step(timer::election);
  CHECK(says(o, {arms(timer::election), said(B, canvass{ballot(1, A), at(2), all}),
                 said(C, canvass{ballot(1, A), at(2), all}), arms(timer::heartbeat)}));
  o.hear(B, canvass_granted{ballot(1, A), all});
  promise const own{ballot(1, A), at(2), at(1), at(1), stamp{}, 0, {}, all};
  CHECK(says(o, {effect{promise_and_mark{ballot(1, A), at(1)}}, said(A, own, 1),
                 said(B, prepare{ballot(1, A), at(2), all}, 1), said(C, prepare{ballot(1, A), at(2), all}, 1),
                 effect{armed<timer>{timer::election, 1, timing::campaign}}, arms(timer::heartbeat)}));
  o.hear(C, own);
  CHECK(says(o, {})); // without its own it does not lead
  o.hear(A, own);
  CHECK(says(
      o, {disarms(timer::election), disarms(timer::contact), arms(timer::heartbeat), arms(timer::quorum_check)}));
  o.step(flush{});
  auto const beat = [](std::uint64_t commit, std::uint64_t round) {
    return heartbeat{ballot(1, A), at(commit), round, all, 1};
  };
  CHECK(says(o, {said(B, beat(1, 0)), said(C, beat(1, 0))}));
  o.step(propose{2});
  entry_run const run{at(2), 2, ballot(1, A), entry_kind::command};
  CHECK(says(o, {effect{run}, effect{proposed{run}}}));
  o.step(flush{});
  accept const a{ballot(1, A), ballot(1, A), at(2), at(1), all, 2, entry_kind::command};
  CHECK(says(o, {said(B, a), said(C, a), said(A, accepted{ballot(1, A), at(2), all, 2, 0}, 2)}));
  o.hear(B, accepted{ballot(1, A), at(2), all, 2, 1});
  CHECK(says(o, {}));
  o.hear(A, accepted{ballot(1, A), at(2), all, 2, 0});
  CHECK(says(o, {effect{committed{at(3)}}}));
  o.step(read{1});
  CHECK(says(o, {}));
  o.step(flush{});
  CHECK(says(o, {said(B, beat(3, 1)), said(C, beat(3, 1))}));
  o.hear(C, heartbeat_answer{ballot(1, A), at(1), 1, all});
  CHECK(says(o, {effect{readable{1, at(3)}}}));
}

TEST_CASE("asked again once a heartbeat: what was lost is sent again from where the peer stands, else nothing but "
          "a word") {
  one o{{}, {ballot(1, C), {}}};
  o.step(timer::election);
  o.step(timer::heartbeat); // those that have not answered
  CHECK(says(o, {said(B, canvass{ballot(2, A), at(2), all}), said(C, canvass{ballot(2, A), at(2), all}),
                 arms(timer::heartbeat)}));
  o.hear(B, canvass_granted{ballot(2, A), all});
  promise const own{ballot(2, A), at(2), at(1), at(1), stamp{}, 0, {}, all};
  o.step(timer::heartbeat); // its own promise is not durable: no request is said twice
  CHECK(says(o, {said(A, own, 1), arms(timer::heartbeat)}));
  o.hear(A, own);
  o.step(timer::heartbeat);
  CHECK(says(o, {said(B, prepare{ballot(2, A), at(2), all}, 1), said(C, prepare{ballot(2, A), at(2), all}, 1),
                 arms(timer::heartbeat)}));
  o.hear(B, own);
  o.step(propose{3});
  o.step(flush{});
  heartbeat_answer const stands_at_3{ballot(2, A), at(3), 0, all};
  o.hear(B, stands_at_3); // to a heartbeat of before
  CHECK(says(o, {}));
  o.step(timer::heartbeat);
  o.step(flush{});
  o.hear(B, heartbeat_answer{ballot(2, A), at(4), 0, all, o.it.state().beat}); // it has them all
  CHECK(says(o, {said(B, accept{ballot(2, A), ballot(2, A), at(2), at(1), all, 0, entry_kind::command})}));
  o.hear(B, heartbeat_answer{ballot(2, A), at(4), 0, all, o.it.state().beat}); // once a heartbeat
  CHECK(says(o, {}));
  o.step(timer::heartbeat);
  o.step(flush{});
  auto again = stands_at_3;
  again.beat = o.it.state().beat;
  o.hear(B, again); // of what it has it is asked to say so, and of what it has not it is sent more
  CHECK(says(o, {said(B, accept{ballot(2, A), ballot(2, A), at(2), at(1), all, 0, entry_kind::command})}));
  o.step(flush{});
  CHECK(says(o, {said(B, accept{ballot(2, A), ballot(2, A), at(4), at(1), all, 1, entry_kind::command})}));
  o.step(timer::heartbeat);
  o.step(flush{});
  o.hear(B, accepted{ballot(2, A), at(2), all, 3, 2}); // of all that there is, before the answer
  o.hear(B, heartbeat_answer{ballot(2, A), at(4), 0, all, o.it.state().beat});
  CHECK(says(o, {}));
  o.step(timer::heartbeat);
  o.step(flush{});
  o.hear(B, heartbeat_answer{ballot(2, A), at(1), 0, all,
                             o.it.state().beat}); // it has started again, and knows no more what it holds
  o.out.clear();
  o.step(flush{});
  CHECK(says(o, {said(B, accept{ballot(2, A), ballot(2, A), at(2), at(1), all, 3, entry_kind::command})}));
}

// A leader of ballot 1, to which B has acknowledged nothing.
one leading() {
  one o;
  o.step(timer::election);
  o.hear(B, canvass_granted{ballot(1, A), all});
  promise const own{ballot(1, A), at(2), at(1), at(1), stamp{}, 0, {}, all};
  o.hear(A, own), o.hear(B, own);
  REQUIRE(o.it.leads());
  return o;
}
std::size_t accepts_to(one const& o, node_index to) {
  std::size_t n = 0;
  for (auto const& e : o.out.effects())
    if (auto const* m = std::get_if<effects::message>(&e))
      n += m->to == to && std::get_if<accept>(&m->message) != nullptr ? 1 : 0;
  return n;
}

TEST_CASE("a peer's acknowledgements open the window, which closes when nothing is acknowledged") {
  auto o = leading();
  std::size_t sent = 0;
  for (int i = 0; i < 30; ++i) {
    o.step(propose{1});
    o.step(flush{});
    sent += accepts_to(o, B);
  }
  CHECK(sent == core::options::limit.window);
  auto const full = o.it.state().peer(B).in_flight;
  CHECK_FALSE(o.it.state().active.contains(B));
  o.hear(B, accepted{ballot(1, A), at(2), all, 1, 3});
  CHECK(o.it.state().peer(B).in_flight == full - 3);
  CHECK(o.it.state().active.contains(B));
  auto const next = o.it.state().peer(B).next;
  o.hear(B,
         accepted{ballot(1, A), at(3), all, static_cast<std::uint32_t>(next - at(3)), 1}); // the others were lost
  CHECK(o.it.state().peer(B).in_flight == 0);
}

TEST_CASE("peers that stand apart are each sent what they lack") {
  auto o = leading();
  o.step(propose{1});
  o.step(flush{});
  for (int i = 0; i < 30; ++i) { // C acknowledges, and B has a full window
    o.hear(C, accepted{ballot(1, A), at(2), all, static_cast<std::uint32_t>(i + 1), 1});
    o.step(propose{1});
    o.step(flush{});
  }
  auto const stands = o.it.state().peer(B).next;
  REQUIRE(stands < o.it.state().peer(C).next);
  auto const of_c = o.it.state().peer(C).next;
  o.hear(B, accepted{ballot(1, A), at(2), all, static_cast<std::uint32_t>(stands - at(2)), 16});
  o.step(propose{1});
  o.step(flush{});
  REQUIRE(accepts_to(o, B) == 1);
  REQUIRE(accepts_to(o, C) == 1);
  for (auto const& e : o.out.effects())
    if (auto const* m = std::get_if<effects::message>(&e))
      if (auto const* a = std::get_if<accept>(&m->message)) CHECK(a->first == (m->to == B ? stands : of_c));
}

TEST_CASE("what was found is fetched, written at the own ballot, and the rest asked for, in one step") {
  one o{{}, {ballot(1, C), {}}};
  o.step(timer::election);
  o.hear(B, canvass_granted{ballot(2, A), all});
  o.hear(A, promise{ballot(2, A), at(2), at(1), at(1), stamp{}, 0, {}, all});
  o.hear(B, promise{ballot(2, A), at(2), at(1), at(1), ballot(1, C), 3, entry_kind::command, all});
  CHECK(says(o, {said(B, fetch{ballot(2, A), at(2), 3, ballot(1, C), all})}));
  o.hear(B, fetched{ballot(2, A), at(2), 2, ballot(1, C), entry_kind::command, all}); // a part
  CHECK(says(o, {effect{entry_run{at(2), 2, ballot(2, A), entry_kind::command}}, arms_after(2, timing::election),
                 said(B, fetch{ballot(2, A), at(4), 1, ballot(1, C), all})}));
  o.hear(B, fetched{ballot(2, A), at(4), 1, ballot(1, C), entry_kind::command, all});
  CHECK(says(o, {effect{entry_run{at(4), 1, ballot(2, A), entry_kind::command}}, arms_after(3, timing::election),
                 said(B, prepare{ballot(2, A), at(5), all}, 3), said(C, prepare{ballot(2, A), at(5), all}, 3)}));
}

// Found by reading: a candidate whose own log was in many pieces settled all of them in one step.
TEST_CASE("a log in many pieces is settled in several steps, none with more effects than are allowed") {
  one o;
  for (std::uint64_t i = 2; i <= 50; ++i) // at alternating ballots
    REQUIRE(o.log.put({at(i), 1, ballot(1, i % 2 == 0 ? B : C), entry_kind::command}));
  o.it = core{A, {ballot(1, C), {}}, o.log};
  o.step(timer::election);
  o.hear(B, canvass_granted{ballot(2, A), all});
  o.hear(B, promise{ballot(2, A), at(2), at(1), at(1), stamp{}, 0, {}, all});
  auto own = promise{ballot(2, A), at(2), at(1), at(1), ballot(1, B), 1, entry_kind::command, all};
  int steps = 0;
  for (bool told = true; told && !o.it.leads(); ++steps) {
    o.out.clear();
    o.it.step(from<promise>{A, own}, o.log, o.out);
    REQUIRE(!o.out.overflowed());
    told = false;
    for (auto const& x : o.out.effects())
      if (auto const* m = std::get_if<effects::message>(&x); m != nullptr && m->to == A)
        if (auto const* p = std::get_if<promise>(&m->message)) own = *p, told = true;
  }
  CHECK(o.it.leads());
  CHECK(steps > 10);
}

} // namespace
} // namespace quorate::test
