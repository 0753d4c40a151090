// Is there one order of what the clients did that explains every answer, and in which nothing comes before what
// had ended when it began? The linearizability checker: its words, and check_history().
#pragma once

#include "quorate/history/search.hpp"
#include "quorate/history/types.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

namespace quorate::check {

namespace history_detail {

// The parts that can be judged apart, in the order in which they begin: by Herlihy and Wing's locality a history
// is linearizable when those of its objects are.
template <keyed_model Model>
std::vector<std::vector<std::size_t>> parts_of(Model& model, std::span<operation<Model> const> history) {
  std::vector<std::vector<std::size_t>> parts;
  std::unordered_map<std::uint64_t, std::size_t> part_of;
  for (std::size_t i = 0; i < history.size(); ++i) {
    auto const [at, is_new] = part_of.try_emplace(model.key(history[i].asked), parts.size());
    if (is_new) parts.emplace_back();
    parts[at->second].push_back(i);
  }
  return parts;
}

template <sequential_model Model>
std::vector<std::vector<std::size_t>> parts_of(Model&, std::span<operation<Model> const> history) {
  std::vector<std::size_t> all(history.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  return {std::move(all)};
}

// One order out of those of the parts: each operation gets an instant between its invocation and its return at
// which it may be said to have happened, and these instants do not go back within a part.
template <sequential_model Model>
std::vector<std::size_t> merged(std::vector<std::vector<std::size_t>> const& orders,
                                std::span<operation<Model> const> history) {
  std::vector<std::pair<std::uint64_t, std::size_t>> points;
  for (auto const& order : orders) {
    std::uint64_t now = 0;
    for (auto const i : order) {
      now = (std::max)(now, history[i].invoked);
      points.emplace_back(now, i);
    }
  }
  std::stable_sort(points.begin(), points.end(),
                   [](auto const& one, auto const& other) { return one.first < other.first; });
  std::vector<std::size_t> all;
  for (auto const& [instant, i] : points) all.push_back(i);
  return all;
}

} // namespace history_detail

// Judges `history`, whose operations may stand in any order. A model that has a `key` is judged key by key, up to
// the first key that fails. The model is not const because it may keep tables (history/models.hpp).
// `progress(states)` is called now and then with the number of states visited so far in this call.
template <sequential_model Model, class Progress = no_progress>
judgement check_history(Model& model, std::type_identity_t<std::span<operation<Model> const>> history,
                        budget const& limit = {}, Progress&& progress = {}) {
  judgement all;
  std::vector<std::vector<std::size_t>> orders;
  for (auto& part : history_detail::parts_of(model, history)) {
    history_detail::search<Model> one{model, history, std::move(part)};
    auto const found = one.run(limit, all.spent, progress);
    if (found == verdict::not_linearizable) {
      all.found = found;
      all.order = one.deepest();
      all.stuck = one.stuck();
      return all;
    }
    if (found == verdict::undecided) all.found = found;
    orders.push_back(one.order());
  }
  if (all.found == verdict::linearizable) all.order = history_detail::merged<Model>(orders, history);
  return all;
}

} // namespace quorate::check
