// The explorer itself, on graphs that are written down or drawn, beside a search that is too simple to be wrong.
#include "explored.hpp"
#include "graph.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <utility>
#include <vector>

namespace quorate::check {
namespace {

graph of(std::vector<std::vector<std::uint32_t>> edges) {
  graph g{};
  for (auto& to : edges) g.at.push_back({.to = std::move(to)});
  return g;
}
// Two ways on from each state, and one to somewhere else.
graph bush(std::uint32_t states) {
  graph g{std::vector<graph::place>(states)};
  for (std::uint32_t i = 0; i < states; ++i)
    for (auto const to : {2 * i + 1, 2 * i + 2, i * 7919 % states})
      if (to < states) g.at[i].to.push_back(to);
  return g;
}

struct plain_search {
  std::map<std::uint32_t, std::uint64_t> distance{{0, 0}};
  std::uint64_t transitions = 0, depth = 0;
  std::optional<std::uint64_t> to_bad{};
  std::set<std::uint32_t> without_a_goal{}; // and without a way to one

  explicit plain_search(graph const& g) {
    if (g.at[0].bad) to_bad = 0;
    for (std::vector<std::uint32_t> level{0}, next; !level.empty(); level = std::exchange(next, {}))
      for (auto const from : level)
        for (auto const to : g.at[from].to) {
          ++transitions;
          auto const d = distance[from] + 1;
          if (g.at[to].bad && !to_bad) to_bad = d;
          if (distance.try_emplace(to, d).second) next.push_back(to), depth = d;
        }
    for (auto const& [state, d] : distance)
      if (!g.at[state].goal) without_a_goal.insert(state);
    while (std::erase_if(without_a_goal, [&](auto from) {
      auto const& to = g.at[from].to;
      return std::any_of(to.begin(), to.end(), [&](auto s) { return !without_a_goal.contains(s); });
    })) {}
  }
};

std::uint32_t end_of(graph const& g, std::vector<std::uint32_t> const& way) {
  std::uint32_t at = 0;
  for (auto const action : way) at = g.at[at].to.at(action);
  return at;
}

TEST_CASE("on drawn graphs the explorer finds what a plain search finds, with one thread and with several") {
  std::uint64_t broken = 0, stuck = 0, fine = 0;
  for (std::uint64_t seed = 0; seed < 80; ++seed) {
    CAPTURE(seed);
    auto const g = graph::drawn(seed);
    plain_search const known{g};
    for (std::size_t const threads : {1U, 4U}) {
      auto const x = explore_model(g, {.threads = threads, .lasting = true});
      CHECK(x.complete == !known.to_bad);
      if (known.to_bad) {
        REQUIRE(x.broken);
        CHECK(x.broken->what == "bad");
        CHECK(x.broken->actions.size() == *known.to_bad);
        CHECK(g.at[end_of(g, x.broken->actions)].bad);
        ++broken;
        continue;
      }
      CHECK(x.states == known.distance.size());
      CHECK(x.transitions == known.transitions);
      CHECK(x.depth == known.depth);
      CHECK(x.broken.has_value() == !known.without_a_goal.empty());
      if (x.broken) CHECK(known.without_a_goal.contains(end_of(g, x.broken->actions)));
      ++(x.broken ? stuck : fine);
    }
  }
  CHECK(broken > 0);
  CHECK(stuck > 0);
  CHECK(fine > 0);
}

TEST_CASE("what is broken is shown by a shortest way to it") {
  auto g = of({{1, 4}, {2}, {3}, {}, {5, 3}, {}});
  g.at[3].bad = true;
  auto const x = explore_model(g);
  REQUIRE(x.broken);
  CHECK(x.broken->actions == std::vector<std::uint32_t>{1, 1});
  CHECK_FALSE(x.complete);
}

TEST_CASE("an initial state that is broken is found, with no step") {
  auto g = of({{1}, {}});
  g.at[0].bad = true;
  auto const x = explore_model(g);
  REQUIRE(x.broken);
  CHECK(x.broken->actions.empty());
  CHECK_FALSE(x.complete);
}

// Throws where it comes to a state that is broken.
struct throwing_graph : graph {
  struct worker : graph::worker {
    explicit worker(throwing_graph const& g) : graph::worker{g} {}
    template <class Emit>
    void expand(row r, Emit&& emit) const {
      graph::worker::expand(r, [&](std::uint32_t a, row to, fingerprint f, char const* broken) {
        if (broken != nullptr) throw std::runtime_error(broken);
        emit(a, to, f, broken);
      });
    }
  };
};
TEST_CASE("what a model throws comes out of the run, whichever thread met it") {
  throwing_graph g{bush(20000)};
  for (auto const bad : {3000U, 9000U, 19999U}) g.at[bad].bad = true;
  for (std::size_t const threads : {1U, 2U, 8U})
    CHECK_THROWS_WITH_AS(explore_model(g, {.threads = threads}), "bad", std::runtime_error);
}

struct aimless_graph : graph {
  struct worker : private graph::worker {
    explicit worker(aimless_graph const& g) : graph::worker{g} {}
    using graph::worker::expand, graph::worker::initial;
  };
};
TEST_CASE("what must stay possible can't be looked for without a goal") {
  aimless_graph const g{of({{1}, {}})};
  CHECK(explore_model(g).complete);
  CHECK_THROWS_AS(explore_model(g, {.lasting = true}), std::invalid_argument);
}

TEST_CASE("several threads find the same states, transitions and depth") {
  auto const g = bush(20000);
  auto const one = explore_model(g);
  CHECK(one.complete);
  CHECK(one.states == 20000);
  CHECK(one.depth == 14);
  for (std::size_t const threads : {2U, 5U, 16U, 40U}) {
    auto const x = explore_model(g, {.threads = threads});
    CHECK(x.complete);
    CHECK(x.states == one.states);
    CHECK(x.transitions == one.transitions);
    CHECK(x.depth == one.depth);
  }
}

TEST_CASE("a count that a row can't keep is refused, and named") {
  struct {
    std::uint32_t budgets[2];
  } const largest{{0, 15}}, too_many{{1, 16}};
  CHECK_NOTHROW((void)counted(largest));
  CHECK_THROWS_WITH_AS((void)counted(too_many),
                       "quorate: check: a count of the bounds is 16: expected at most 15; give less",
                       std::invalid_argument);
}

TEST_CASE("a bound of states, depth or bytes stops the search, and says that it is not complete") {
  auto const g = bush(20000);
  auto const all = explore_model(g);
  auto const states = explore_model(g, {.states = 5000});
  CHECK_FALSE(states.complete);
  CHECK(states.states == 5000);
  CHECK(explore_model(g, {.states = 5000, .threads = 3}).states == 5000);
  CHECK(explore_model(g, {.states = 20000}).complete); // there are no more

  auto const depth = explore_model(g, {.depth = 9});
  CHECK_FALSE(depth.complete);
  CHECK(depth.depth == 9);
  auto const known = plain_search{g}.distance;
  CHECK(depth.states == std::count_if(known.begin(), known.end(), [](auto const& s) { return s.second <= 9; }));

  auto const bytes = explore_model(g, {.bytes = all.bytes / 2});
  CHECK_FALSE(bytes.complete);
  CHECK(bytes.states < all.states);
  CHECK(bytes.bytes >= all.bytes / 2);
}

TEST_CASE("a single state without a way on is a complete search of depth 0") {
  auto const x = explore_model(of({{}}));
  CHECK(x.complete);
  CHECK(x.states == 1);
  CHECK(x.transitions == 0);
  CHECK(x.depth == 0);
}

TEST_CASE("a cycle that never comes to the goal is found, with a way into it") {
  auto g = of({{1, 2}, {1, 4}, {3}, {2}, {}});
  g.at[4].goal = true;
  auto const x = explore_model(g, {.lasting = true});
  REQUIRE(x.broken);
  CHECK(x.broken->actions == std::vector<std::uint32_t>{1});
  CHECK_FALSE(explore_model(g).broken); // unless nobody asks
}

TEST_CASE("a cycle that can be left for the goal is none to complain of") {
  auto g = of({{1}, {2}, {0, 1, 3}, {}});
  g.at[3].goal = true;
  auto const x = explore_model(g, {.lasting = true});
  CHECK(x.complete);
  CHECK_FALSE(x.broken);
}

TEST_CASE("where no goal is at all, the initial state itself has no way to one") {
  auto const x = explore_model(of({{1}, {0}}), {.lasting = true});
  REQUIRE(x.broken);
  CHECK(x.broken->actions.empty());
}

} // namespace
} // namespace quorate::check
