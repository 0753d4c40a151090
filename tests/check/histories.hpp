// Histories made by hand or by chance, and a judge of them too dumb to be wrong: it tries all orders.
#pragma once

#include "quorate/history/history.hpp"
#include "support/dice.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace quorate::test {

template <class Model>
using history = std::vector<check::operation<Model>>;
using numbers = std::vector<std::size_t>;

// From one instant to another; or from one on, with an outcome that nobody knows.
template <class Model>
check::operation<Model> did(std::uint64_t from, std::uint64_t to, typename Model::request asked,
                            typename Model::answer answered) {
  return {asked, answered, from, to};
}
template <class Model>
check::operation<Model> began(std::uint64_t from, typename Model::request asked) {
  return {asked, std::nullopt, from};
}

// Nothing comes before what had returned when it was invoked; an answered operation that is left out comes last.
template <class Model>
bool keeps_real_time(history<Model> const& all, numbers const& order) {
  for (std::size_t later = 0; later < order.size(); ++later)
    for (std::size_t earlier = 0; earlier < later; ++earlier) {
      auto const& last = all[order[later]];
      if (last.answered && last.returned < all[order[earlier]].invoked) return false;
    }
  return true;
}

// `explains(all, order)`: whether each answer in the order is what a plain object of that kind would have said.
template <class Model, class Explains>
bool some_order(history<Model> const& all, Explains explains) {
  numbers answered, open;
  for (std::size_t i = 0; i < all.size(); ++i) (all[i].answered ? answered : open).push_back(i);
  for (std::size_t chosen = 0; chosen < std::size_t{1} << open.size(); ++chosen) {
    auto order = answered;
    for (std::size_t i = 0; i < open.size(); ++i)
      if ((chosen >> i & 1) != 0) order.push_back(open[i]);
    std::sort(order.begin(), order.end());
    do {
      if (keeps_real_time(all, order) && explains(all, order)) return true;
    } while (std::next_permutation(order.begin(), order.end()));
  }
  return false;
}

// What clients might have seen: each operation happens at a point of its own, in a strict history between its
// invocation and its return, in a loose one at any time. `request(random)` draws what they ask.
template <class Model, class Request>
history<Model> drawn(Model& model, dice& random, std::size_t count, bool strict, Request request) {
  struct happening {
    std::uint64_t point;
    std::size_t number;
  };
  history<Model> all;
  std::vector<happening> points;
  auto const times = 3 * count;
  for (std::size_t i = 0; i < count; ++i) {
    auto const from = random(times), to = from + random(1 + times / 4);
    bool const open = random(4) == 0;
    auto const span = open ? times - from + 1 : to - from + 1;
    auto const point = strict ? from + random(span) : random(times);
    all.push_back({request(random), std::nullopt, from, to});
    if (!open || random(2) == 0) points.push_back({point, i});
    if (!open) all[i].answered.emplace();
  }
  std::stable_sort(points.begin(), points.end(),
                   [](auto const& one, auto const& other) { return one.point < other.point; });
  std::vector<std::pair<std::uint64_t, typename Model::state>> states; // by key
  for (auto const& [point, i] : points) {
    std::uint64_t key = 0;
    if constexpr (check::keyed_model<Model>) key = model.key(all[i].asked);
    auto at = std::find_if(states.begin(), states.end(), [&](auto const& s) { return s.first == key; });
    if (at == states.end()) at = states.insert(at, {key, model.initial()});
    auto const answer = model.apply(at->second, all[i].asked);
    if (all[i].answered) all[i].answered = answer;
  }
  return all;
}

} // namespace quorate::test
