// What no honest node of Raft says: each sentence once, and beside it the nearest message that one may say.
#include "support/raft_world.hpp"

#include "quorate/core/log_shape.hpp"
#include "quorate/effect/batch.hpp"
#include "quorate/raft/doubt.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string_view>
#include <variant>

namespace quorate::test {
namespace {

using namespace raft;

constexpr std::uint64_t far = std::uint64_t{1} << 32;
constexpr std::uint64_t half = std::uint64_t{1} << 63;
constexpr std::uint64_t greatest = ~std::uint64_t{0};

template <class World, class M>
std::string_view doubt_of(World const& w, node_index n, M const& m, witness const& known = {}) {
  auto const why = w[n].core.doubt(m, w.log(n), known);
  return why == nullptr ? std::string_view{} : std::string_view{why};
}
bool says(std::string_view sentence, std::string_view part) {
  return sentence.find(part) != std::string_view::npos;
}

// All that carries a term, which raises a node's own or is compared with it.
template <class F>
void of_every_message(term_id t, F&& f) {
  f(request_pre_vote{t, {}, {}});
  f(pre_vote_granted{t});
  f(pre_vote_refused{t});
  f(request_vote{t, {}, {}});
  f(vote_granted{t});
  f(vote_refused{t});
  f(append_entries{t, at(1), {}, {}, {}, 0, entry_kind::command});
  f(appended{t, at(1), 1});
  f(rejected{t, at(1), at(1), {}});
  f(heartbeat{t, {}, 0});
  f(heartbeat_answer{t, {}, 0});
}

TEST_CASE("K2: a term 2^32 above the own, or above 2^63, is believed in no message") {
  world<3> w;
  w.elect(A);
  w.settle();
  auto const own = w.state(B).current_term.value;
  REQUIRE(own > 0);
  of_every_message(term_id{own + far}, [&](auto const& m) { CHECK(doubt_of(w, B, m).empty()); });
  for (auto const t : {own + far + 1, half, half + 1, greatest})
    of_every_message(term_id{t}, [&](auto const& m) { CHECK(says(doubt_of(w, B, m), "2^32 above this node's")); });
  of_every_message(term_id{0}, [&](auto const& m) { CHECK(doubt_of(w, B, m).empty()); });
}

TEST_CASE("a node that has no term yet takes the first that it hears, and never one near to the last") {
  world<3> const w;
  REQUIRE(w.state(B).current_term == term_id{});
  for (auto const t : {std::uint64_t{1}, far + 7, half})
    of_every_message(term_id{t}, [&](auto const& m) { CHECK(doubt_of(w, B, m).empty()); });
  for (auto const t : {half + 1, greatest})
    of_every_message(term_id{t}, [&](auto const& m) { CHECK(says(doubt_of(w, B, m), "above 2^63")); });
}

TEST_CASE("entries that are in no log") {
  world<3> w;
  w.elect(A);
  w.settle();
  auto const one = entry_kind::command;
  CHECK(doubt_of(w, B, append_entries{term(2), at(5), term(1), term(2), at(greatest), 3, one}).empty());
  CHECK(says(doubt_of(w, B, append_entries{term(2), at(half), term(1), term(2), {}, 1, one}), "no log has"));
  CHECK(says(doubt_of(w, B, append_entries{term(2), at(greatest), term(1), term(2), {}, 1, one}), "no log has"));
  CHECK(says(doubt_of(w, B, append_entries{term(2), at(5), term(3), term(2), {}, 0, one}), "later term"));
  CHECK(says(doubt_of(w, B, append_entries{term(2), at(5), term(1), term(3), {}, 1, one}), "later term"));
  CHECK(says(doubt_of(w, B, append_entries{term(2), at(5), term(2), term(1), {}, 1, one}), "earlier term"));
  CHECK(says(doubt_of(w, B, append_entries{term(2), at(0), term(0), term(1), {}, 1, one}), "the founding one"));
  CHECK(says(doubt_of(w, B, append_entries{term(2), at(0), term(1), term(1), {}, 1, one}), "before the first"));
  CHECK(says(doubt_of(w, B, append_entries{term(2), at(5), term(1), term(1), {}, 1, entry_kind::hole}), "holes"));
  auto const config = entry_kind::configuration;
  CHECK(doubt_of(w, B, append_entries{term(2), at(0), {}, {}, {}, 1, config}).empty());
  CHECK(says(doubt_of(w, B, append_entries{term(2), at(5), term(1), term(1), {}, 1, config}), "fixed"));
  CHECK(says(doubt_of(w, B, append_entries{term(2), at(0), {}, term(1), {}, 1, config}), "fixed"));
  CHECK(says(doubt_of(w, B, append_entries{term(2), at(0), {}, {}, {}, 2, config}), "fixed"));
}

TEST_CASE("what a leader is told of its own log in its own term, and what it can't have been told to believe") {
  world<3> w;
  w.elect(A);
  w.propose(A, 3);
  w.settle();
  auto const t = w.state(A).current_term;
  auto const last = w.log(A).last();
  CHECK(doubt_of(w, A, appended{t, last, 1}).empty());
  CHECK(says(doubt_of(w, A, appended{t, last + 1, 1}), "does not have"));
  CHECK(doubt_of(w, A, appended{next(t), last + 1, 1}).empty());
  CHECK(doubt_of(w, B, appended{t, last + 1, 1}).empty()); // it was said to another, perhaps
  CHECK(doubt_of(w, A, heartbeat_answer{t, last, 0}).empty());
  CHECK(says(doubt_of(w, A, heartbeat_answer{t, last + 1, 0}), "does not have"));
  CHECK(doubt_of(w, A, rejected{t, at(4), at(4), t}).empty());
  CHECK(says(doubt_of(w, A, rejected{t, at(4), at(5), t}), "hint"));
}

TEST_CASE("a heartbeat tells of a new term what was acknowledged in it, which is nothing") {
  world<3> w;
  w.elect(A);
  w.propose(A, 3);
  w.settle();
  auto const t = w.state(B).current_term;
  CHECK(doubt_of(w, B, heartbeat{next(t), at(0), 0}).empty());
  CHECK(says(doubt_of(w, B, heartbeat{next(t), at(1), 0}), "beyond what this node has acknowledged"));
  CHECK(says(doubt_of(w, B, heartbeat{next(t), at(greatest), 0}), "beyond what this node has acknowledged"));
  // In the term that it started in it may have acknowledged that, and lost it since: the core hears it, and stops
  // (scenario L13). In another one it knows.
  CHECK(doubt_of(w, B, heartbeat{t, at(99), 0}).empty());
  witness const knows{.remembers = true};
  auto const all = w.state(B).verified;
  REQUIRE(all == w.log(B).last());
  CHECK(doubt_of(w, B, heartbeat{t, all, 0}, knows).empty());
  CHECK(says(doubt_of(w, B, heartbeat{t, all + 1, 0}, knows), "beyond what this node has acknowledged"));
}

TEST_CASE("each leap that was doubted makes a node believe as much again") {
  world<3> w;
  w.elect(A);
  w.settle();
  auto const own = w.state(B).current_term.value;
  request_vote const m{term_id{own + 3 * far}, {}, {}};
  CHECK(says(doubt_of(w, B, m, {.leaps = 1}), "2^32"));
  CHECK(doubt_of(w, B, m, {.leaps = 2}).empty());
  for (auto const leaps : {half, greatest})
    CHECK(says(doubt_of(w, B, request_vote{term_id{half + 1}, {}, {}}, {.leaps = leaps}), "above 2^63"));
}

TEST_CASE("behind the last term there is none: a node in it asks for no vote, and its term never wraps") {
  using plain = raft::node<pre_vote<off>, check_quorum<off>>;
  auto const stays = [](auto core, auto out) {
    log_shape<4> log;
    REQUIRE(log.put({log_index{1}, 1, stamp{}, entry_kind::configuration}, {node_set<64>::first(3)}));
    core = {A, term_and_vote{last_stamp, no_member}, log};
    for (int i = 0; i < 3; ++i) {
      core.step(timer::election, log, out);
      core.step(timer::heartbeat, log, out);
    }
    bool armed = true;
    for (auto const& e : out.effects()) armed = armed && std::get_if<quorate::armed<timer>>(&e) != nullptr;
    return armed && core.state().current_term == last_stamp && !core.campaigns();
  };
  CHECK(stays(raft::node<>{}, batch<raft::node<>>{}));
  CHECK(stays(plain{}, batch<plain>{}));
}

} // namespace
} // namespace quorate::test
