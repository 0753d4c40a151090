// From which states of a finite graph a goal can't be reached any more.
#pragma once

#include "quorate/core/config.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace quorate::check {

// A state by the name that edges give it, and the caller's own number of it.
struct graph_state {
  std::uint64_t name, number;
  bool goal;
};
struct graph_edge {
  std::uint64_t from, to; // names
};

// The number of the first state, as they stand in the vector, from which no way leads to a goal. In a finite graph
// that is "eventually, if whatever stays possible happens": a fair run that never meets the goal must stay among
// states that can't reach it. Edges to names that are no state's are ignored.
inline std::optional<std::uint64_t> without_a_way(std::vector<graph_state> const& states,
                                                  std::vector<graph_edge> const& edges) {
  std::vector<std::pair<std::uint64_t, std::uint32_t>> places;
  places.reserve(states.size());
  for (std::uint32_t i = 0; i < states.size(); ++i) places.emplace_back(states[i].name, i);
  std::sort(places.begin(), places.end());
  auto const place = [&](std::uint64_t name) {
    auto const at = std::lower_bound(places.begin(), places.end(), std::pair{name, std::uint32_t{0}});
    return at != places.end() && at->first == name ? at->second : ~std::uint32_t{0};
  };

  // Backwards: where edges to state i begin are from[first[i]] .. from[first[i + 1]].
  std::vector<std::pair<std::uint32_t, std::uint32_t>> back;
  back.reserve(edges.size());
  for (auto const& e : edges) {
    auto const a = place(e.from), b = place(e.to);
    if (a != ~std::uint32_t{0} && b != ~std::uint32_t{0}) back.emplace_back(b, a);
  }
  std::sort(back.begin(), back.end());

  std::vector<bool> good(states.size());
  std::vector<std::uint32_t> todo;
  for (std::uint32_t i = 0; i < states.size(); ++i)
    if (states[i].goal) good[i] = true, todo.push_back(i);
  while (!todo.empty()) {
    auto const to = todo.back();
    todo.pop_back();
    for (auto e = std::lower_bound(back.begin(), back.end(), std::pair{to, std::uint32_t{0}});
         e != back.end() && e->first == to; ++e)
      if (!good[e->second]) good[e->second] = true, todo.push_back(e->second);
  }
  for (std::size_t i = 0; i < states.size(); ++i)
    if (!good[i]) return states[i].number;
  return {};
}

} // namespace quorate::check
