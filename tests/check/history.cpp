#include "quorate/history/history.hpp"
#include "histories.hpp"
#include "quorate/history/models.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace quorate::test {
namespace {

using namespace quorate::check;
using cell = register_model;
using verb = register_model::verb;
using instants = std::uint64_t;

auto write(instants from, instants to, std::int64_t v) { return did<cell>(from, to, {verb::write, v}, {}); }
auto write(instants from, std::int64_t v) { return began<cell>(from, {verb::write, v}); }
auto read(instants from, instants to, std::optional<std::int64_t> v) {
  return did<cell>(from, to, {verb::read}, {v});
}
auto cas(instants from, instants to, std::int64_t expected, std::int64_t v, bool done) {
  return did<cell>(from, to, {verb::compare_and_set, v, expected}, {{}, done});
}

judgement judged(history<cell> const& h, budget const& limit = {}) {
  register_model m;
  return check_history(m, h, limit);
}
bool linearizable(history<cell> const& h) { return judged(h).found == verdict::linearizable; }

TEST_CASE("nothing that happened is linearizable") { CHECK(linearizable({})); }

TEST_CASE("a read returns what was written last, and at first nothing") {
  CHECK(linearizable({read(1, 2, {}), write(3, 4, 7), read(5, 6, 7)}));
  CHECK_FALSE(linearizable({write(1, 2, 7), read(3, 4, {})}));
  CHECK_FALSE(linearizable({write(1, 2, 7), write(3, 4, 8), read(5, 6, 7)}));
  CHECK_FALSE(linearizable({read(1, 2, 7), write(3, 4, 7)}));
}

TEST_CASE("a read beside a write returns either value, but two reads in a row do not go back") {
  CHECK(linearizable({write(1, 2, 7), write(3, 10, 8), read(4, 5, 7), read(6, 7, 8)}));
  CHECK_FALSE(linearizable({write(1, 2, 7), write(3, 10, 8), read(4, 5, 8), read(6, 7, 7)}));
  CHECK(linearizable({write(1, 2, 7), write(3, 10, 8), read(4, 7, 8), read(6, 9, 7)}));
}

TEST_CASE("what returns at the instant at which another begins overlaps it") {
  CHECK(linearizable({write(1, 3, 7), read(3, 4, {})}));
  CHECK_FALSE(linearizable({write(1, 3, 7), read(4, 4, {})}));
}

TEST_CASE("a compare-and-set answers as the register was") {
  CHECK(linearizable({write(1, 2, 7), cas(3, 4, 7, 8, true), read(5, 6, 8)}));
  CHECK(linearizable({write(1, 2, 7), cas(3, 4, 9, 8, false), read(5, 6, 7)}));
  CHECK_FALSE(linearizable({write(1, 2, 7), cas(3, 4, 7, 8, false)}));
  CHECK_FALSE(linearizable({write(1, 2, 7), cas(3, 4, 9, 8, true)}));
  CHECK_FALSE(linearizable({cas(1, 2, 0, 8, true)})); // nothing is not 0
  CHECK_FALSE(linearizable({write(1, 2, 7), cas(3, 8, 7, 8, true), cas(3, 8, 7, 9, true)}));
}

TEST_CASE(
    "an operation of unknown outcome happens at any later time, or never, but once and not before it began") {
  auto const open = write(3, 8);
  CHECK(linearizable({write(1, 2, 7), open, read(90, 91, 7)}));
  CHECK(linearizable({write(1, 2, 7), open, read(90, 91, 8)}));
  CHECK(linearizable({write(1, 2, 7), open, read(80, 81, 7), read(90, 91, 8)}));
  CHECK_FALSE(linearizable({read(1, 2, 8), open}));
  CHECK_FALSE(linearizable({open, read(4, 5, 8), write(6, 7, 7), read(8, 9, 7), read(10, 11, 8)}));
  CHECK(linearizable({open, read(4, 5, 8), write(6, 7, 7), write(6, 8), read(10, 11, 8)})); // a second one
}

TEST_CASE("the order that explains a history is given, with the unknown ones that did happen") {
  history<cell> const h = {read(10, 11, 8), write(1, 12, 7), write(20, 9), write(2, 8), read(13, 14, 7)};
  auto const j = judged(h);
  CHECK(j.found == verdict::linearizable);
  CHECK(j.order == numbers{3, 0, 1, 4});
  CHECK(j.stuck.empty());
}

TEST_CASE("of a history that has no order the longest beginning is given, and what can't come next") {
  history<cell> const h = {write(1, 2, 7), read(3, 4, 7),          read(5, 9, 6),
                           read(6, 9, 7),  cas(6, 10, 5, 1, true), read(11, 12, 7)};
  auto const j = judged(h);
  CHECK(j.found == verdict::not_linearizable);
  CHECK(j.order == numbers{0, 1, 3});
  CHECK(j.stuck == numbers{2, 4});
}

TEST_CASE("the longest beginning is right when it branches off from one that was shorter") {
  // Whichever write comes last, one of the reads is wrong; with 1 last there is one more operation before that.
  history<cell> const h = {write(1, 4, 1), write(1, 4, 2), read(5, 6, 1), read(7, 8, 1), read(9, 10, 3)};
  auto const j = judged(h);
  CHECK(j.order == numbers{1, 0, 2, 3});
  CHECK(j.stuck == numbers{4});
}

// A register that says nothing of what its requests hang on, so that nothing is seen ahead.
struct plain_register {
  using state = cell::state;
  using request = cell::request;
  using answer = cell::answer;
  state initial() const { return {}; }
  answer apply(state& s, request const& r) const { return cell{}.apply(s, r); }
  bool only_reads(request const& r, answer const& a) const { return cell{}.only_reads(r, a); }
};
template <class Progress = no_progress>
judgement judged_plainly(history<cell> const& h, budget const& limit = {}, Progress&& progress = {}) {
  history<plain_register> plain;
  for (auto const& op : h) plain.push_back({op.asked, op.answered, op.invoked, op.returned, op.client});
  plain_register m;
  return check_history(m, plain, limit, progress);
}

// `count` writes of different values side by side, and then a read of something else.
history<cell> writes_side_by_side(std::int64_t count) {
  history<cell> h;
  for (std::int64_t v = 0; v < count; ++v) h.push_back(write(1, 2, v));
  h.push_back(read(3, 4, count));
  return h;
}

TEST_CASE("each set of writes is visited once for each that may have been last, and not once for each order") {
  auto const states = [](std::int64_t n) { return judged_plainly(writes_side_by_side(n)).spent.states; };
  CHECK(states(8) == 8 * 128);
  CHECK(states(14) == 14 * 8192);
}

TEST_CASE("a search that reaches its budget is undecided") {
  auto const h = writes_side_by_side(12);
  auto const all = judged_plainly(h).spent;
  CHECK(judged_plainly(h, {.states = all.states}).found == verdict::not_linearizable);
  CHECK(judged_plainly(h, {.states = all.states / 2}).found == verdict::undecided);
  CHECK(judged_plainly(h, {.bytes = all.bytes / 2}).found == verdict::undecided);
  CHECK(judged_plainly(h, {.bytes = all.bytes / 2}).order.empty());
}

TEST_CASE("what a search takes stays within its budget") {
  auto const h = writes_side_by_side(14);
  for (std::uint64_t const bytes : {1'000'000U, 2'000'000U, 4'000'000U}) {
    auto const j = judged_plainly(h, {.bytes = bytes});
    CHECK(j.found == verdict::undecided);
    CHECK(j.spent.bytes <= bytes);
    CHECK(j.spent.bytes > bytes / 10 * 9);
  }
}

TEST_CASE("an answer that nothing leads to is seen from far ahead") {
  auto h = writes_side_by_side(20);
  CHECK(judged(h).found == verdict::not_linearizable);
  h.back() = read(3, 4, 7);
  CHECK(judged(h).found == verdict::linearizable);
  h.push_back(read(5, 6, 8)); // no write of 8 is left
  CHECK(judged(h).found == verdict::not_linearizable);
  h.back() = read(5, 6, 7);
  h.push_back(cas(7, 8, 7, 8, true));
  h.push_back(cas(9, 10, 7, 9, false));
  h.push_back(read(11, 12, 8));
  CHECK(judged(h).found == verdict::linearizable);
  CHECK(judged(h).spent.states < 20'000);
}

TEST_CASE("a hundred writes of unknown outcome are no hundred bits of search") {
  history<cell> h;
  for (std::int64_t v = 0; v < 100; ++v) {
    auto const t = static_cast<instants>(10 * v);
    h.insert(h.end(), {write(t, -v), write(t + 1, t + 2, v), read(t + 3, t + 4, v % 5 == 4 ? -v : v)});
  }
  auto j = judged(h);
  CHECK(j.found == verdict::linearizable);
  CHECK(j.spent.states <= 4 * h.size());
  h.push_back(read(2000, 2001, 1000));
  j = judged(h);
  CHECK(j.found == verdict::not_linearizable);
  CHECK(j.spent.states <= 100 * h.size());
}

TEST_CASE("of unknown writes of one value only how many is of interest") {
  history<cell> h = {write(1, 2, 0)};
  for (int i = 0; i < 40; ++i) h.push_back(write(1, 5));
  h.insert(h.end(), {read(3, 4, 5), write(5, 6, 1), read(7, 8, 5), write(9, 10, 1), read(11, 12, 6)});
  auto const j = judged(h);
  CHECK(j.found == verdict::not_linearizable);
  CHECK(j.spent.states <= 100);
}

TEST_CASE("states, time and memory grow as the history does") {
  dice random{5};
  history<cell> h;
  std::optional<std::int64_t> now;
  for (instants t = 0; t < 50'000; ++t) { // six or so at a time, each of which happens when it returns
    auto const from = 10 * t, to = from + 9 + random(60);
    h.push_back({{verb::write, static_cast<std::int64_t>(random(5))}, register_model::answer{}, from, to});
    if (random(2) == 0) h.back().asked.what = verb::read;
  }
  std::sort(h.begin(), h.end(), [](auto const& one, auto const& other) { return one.returned < other.returned; });
  for (auto& op : h) {
    if (op.asked.what == verb::read)
      op.answered->read = now, op.asked.value = 0;
    else
      now = op.asked.value;
  }
  auto const j = judged(h);
  CHECK(j.found == verdict::linearizable);
  CHECK(j.order.size() == h.size());
  CHECK(j.spent.states <= 10 * h.size());
  CHECK(j.spent.bytes <= 200 * j.spent.states + 300 * h.size());
}

TEST_CASE("progress is told now and then") {
  std::vector<std::uint64_t> told;
  auto const h = writes_side_by_side(14);
  auto const j = judged_plainly(h, {}, [&](std::uint64_t states) { told.push_back(states); });
  CHECK(told.size() == j.spent.states / 65536);
  CHECK(std::is_sorted(told.begin(), told.end()));
}

TEST_CASE("who is told of the progress may end it") {
  auto const j = judged_plainly(writes_side_by_side(14), {}, [](std::uint64_t) { return false; });
  CHECK(j.found == verdict::undecided);
  CHECK(j.spent.states == 65536);
}

} // namespace
} // namespace quorate::test
