// What no honest node of Multi-Paxos says: each sentence once, and beside it the nearest message that one may say.
#include "support/multi_paxos_world.hpp"

#include "quorate/core/log_shape.hpp"
#include "quorate/multi_paxos/doubt.hpp"
#include "quorate/multi_paxos/node.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string_view>

namespace quorate::test {
namespace {

using namespace multi_paxos;

constexpr std::uint64_t far = std::uint64_t{1} << 20;
constexpr std::uint64_t half = std::uint64_t{1} << 46;
constexpr std::uint64_t last_round = quorate::ballot::last_round;
constexpr log_index nowhere{~std::uint64_t{0}};
constexpr auto command = entry_kind::command;
constexpr std::uint64_t all3 = world<3>::config;

template <class World, class M>
std::string_view doubt_of(World const& w, node_index n, M const& m) {
  auto const why = w[n].core.doubt(m, w.log(n));
  return why == nullptr ? std::string_view{} : std::string_view{why};
}
bool says(std::string_view sentence, std::string_view part) {
  return sentence.find(part) != std::string_view::npos;
}

template <class F>
void of_every_message(stamp b, F&& f) {
  f(canvass{b, at(1), all3});
  f(canvass_granted{b, all3});
  f(prepare{b, at(1), all3});
  f(promise{b, at(1), at(1), at(1), {}, 0, command, all3});
  f(refused{b, {}, all3});
  f(refused{{}, b, all3});
  f(fetch{b, at(1), 1, {}, all3});
  f(fetched{b, at(1), 0, {}, command, all3});
  f(accept{b, {}, at(1), at(1), all3, 0, command});
  f(accepted{b, at(1), all3, 0, 1});
  f(heartbeat{b, {}, 0, all3});
  f(heartbeat_answer{b, {}, 0, all3});
}

TEST_CASE("K2: a round 2^20 above the own, or above 2^46, is believed in no message") {
  world<3> w;
  w.elect(A);
  w.settle();
  auto const own = quorate::ballot{w.state(B).promised.value}.round_number();
  REQUIRE(own > 0);
  of_every_message(ballot(own + far, C), [&](auto const& m) { CHECK(doubt_of(w, B, m).empty()); });
  for (auto const r : {own + far + 1, half, last_round})
    of_every_message(ballot(r, C),
                     [&](auto const& m) { CHECK(says(doubt_of(w, B, m), "2^20 above this node's")); });
  of_every_message(stamp{}, [&](auto const& m) { CHECK(doubt_of(w, B, m).empty()); });
}

TEST_CASE(
    "a node that has promised nothing yet takes the first ballot that it hears of, and never one of the last") {
  world<3> const w;
  REQUIRE(w.state(B).promised == stamp{});
  for (auto const r : {std::uint64_t{1}, far + 7, half})
    of_every_message(ballot(r, C), [&](auto const& m) { CHECK(doubt_of(w, B, m).empty()); });
  for (auto const r : {half + 1, last_round})
    of_every_message(ballot(r, C), [&](auto const& m) { CHECK(says(doubt_of(w, B, m), "above 2^46")); });
}

TEST_CASE("slots and votes that are in no log") {
  world<3> w;
  w.elect(A);
  w.settle();
  auto const b = ballot(3, A), older = ballot(2, C), newer = ballot(4, C);
  CHECK(doubt_of(w, B, accept{b, b, at(5), nowhere, all3, 3, command}).empty());
  CHECK(doubt_of(w, B, accept{b, older, at(5), at(7), all3, 3, command}).empty()); // it teaches what is chosen
  CHECK(says(doubt_of(w, B, accept{b, older, at(5), at(6), all3, 3, command}), "not chosen"));
  CHECK(says(doubt_of(w, B, accept{b, newer, at(5), at(9), all3, 3, command}), "later ballot"));
  CHECK(says(doubt_of(w, B, accept{b, b, at(0), at(9), all3, 3, command}), "no log has"));
  CHECK(says(doubt_of(w, B, accept{b, b, nowhere, at(9), all3, 3, command}), "no log has"));
  CHECK(says(doubt_of(w, B, accept{b, b, at(5), at(9), all3, 3, entry_kind::hole}), "holes"));
  CHECK(says(doubt_of(w, B, accept{b, b, at(5), at(9), all3, 1, entry_kind::configuration}), "fixed"));
  CHECK(doubt_of(w, B, promise{b, at(5), at(1), at(4), b, 2, command, all3}).empty());
  CHECK(says(doubt_of(w, B, promise{b, at(5), at(1), at(4), newer, 2, command, all3}), "later ballot"));
  CHECK(says(doubt_of(w, B, promise{b, nowhere, at(1), at(4), b, 2, command, all3}), "no log has"));
  CHECK(doubt_of(w, B, fetched{b, at(5), 2, older, command, all3}).empty());
  CHECK(says(doubt_of(w, B, fetched{b, at(5), 2, newer, command, all3}), "later ballot"));
  CHECK(says(doubt_of(w, B, fetched{b, at(5), 2, older, entry_kind::hole, all3}), "holes"));
  CHECK(says(doubt_of(w, B, prepare{b, nowhere, all3}), "no log has"));
  auto const gap = entry_kind::hole;
  CHECK(doubt_of(w, B, promise{b, at(5), at(5), at(4), {}, longest_gap, gap, all3}).empty());
  CHECK(says(doubt_of(w, B, promise{b, at(5), at(5), at(4), {}, longest_gap + 1, gap, all3}), "a gap of more"));
  CHECK(says(doubt_of(w, B, promise{b, at(5), at(6), at(4), {}, 0, gap, all3}), "compacted beyond"));
}

TEST_CASE("an acknowledgement at this ballot of what its leader does not have") {
  world<3> w;
  w.elect(A);
  w.propose(A, 3);
  w.settle();
  auto const b = w.state(A).promised;
  auto const last = w.log(A).last();
  CHECK(doubt_of(w, A, accepted{b, last, all3, 1, 1}).empty());
  CHECK(doubt_of(w, A, accepted{b, last + 1, all3, 0, 1}).empty()); // of nothing
  CHECK(says(doubt_of(w, A, accepted{b, last, all3, 2, 1}), "does not have"));
  CHECK(doubt_of(w, A, accepted{ballot(9, C), last, all3, 2, 1}).empty());
  CHECK(doubt_of(w, B, accepted{b, last, all3, 2, 1}).empty());
}

TEST_CASE(
    "a round of an earlier version counts for nothing: the next ballot is above it, and no leap to anybody") {
  stamp const earlier{(std::uint64_t{1} << 46) << 8 | 1}; // of B, whose place was 1
  CHECK(owner_of(earlier) == founder_at(B));
  auto const next = ballot_above(earlier, C);
  CHECK(next == make_ballot(1, C));
  CHECK(*next > earlier);
  log_shape<4> log;
  REQUIRE(log.put({log_index{1}, 1, stamp{}, entry_kind::configuration}, {node_set<64>::first(3)}));
  for (auto const own : {earlier, stamp{}}) {
    multi_paxos::node<> const it{A, promise_and_mark{own, at(1)}, log};
    CHECK(it.doubt(prepare{*next, at(2), 1}, log) == nullptr);
    CHECK(it.doubt(prepare{earlier, at(2), 1}, log) == nullptr);
  }
}

} // namespace
} // namespace quorate::test
