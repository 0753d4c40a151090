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

// The parts of one history, judged in rounds: each that is open gets a small budget, then each twice as much, and
// so on. Of a search that gave up nothing is kept, so that the memory in use is that of one. The first round does
// not look ahead: that does for most, and tells the most of what fails.
template <sequential_model Model, class Progress>
class rounds {
public:
  rounds(Model& model, std::span<operation<Model> const> history, budget const& limit, Progress& progress)
      : model_{model}, history_{history}, limit_{limit}, progress_{progress}, parts_{parts_of(model, history)},
        orders_(parts_.size()) {
    for (std::size_t part = 0; part < parts_.size(); ++part) open_.push_back(part);
  }

  judgement run() {
    auto states = (std::min)(first_round, limit_.states);
    for (bool ahead = false; !open_.empty(); ahead = can_look_ahead) {
      bool const as_well_as_it_can = ahead == can_look_ahead;
      if (open_.size() == 1 && as_well_as_it_can) states = limit_.states;
      if (!one_round(states, ahead) || (states == limit_.states && as_well_as_it_can)) break;
      if (as_well_as_it_can) states = (std::min)(2 * states, limit_.states);
    }
    if (all_.found == verdict::not_linearizable) return std::move(all_);
    if (!open_.empty()) all_.found = verdict::undecided;
    if (all_.found == verdict::linearizable) all_.order = merged<Model>(orders_, history_);
    return std::move(all_);
  }

private:
  static constexpr bool can_look_ahead = foreseeing_model<Model>;
  static constexpr std::uint64_t first_round = 4096;
  static constexpr std::uint64_t to_tell = 65536; // states, to find how far an order goes

  // All that are open, once; false if that was the last round.
  bool one_round(std::uint64_t states, bool ahead) {
    std::vector<std::size_t> still;
    for (auto const part : open_) {
      auto const end = judge(part, states, ahead);
      if (all_.found == verdict::not_linearizable) return false;
      if (end == search_end::told) return false;
      if (end == search_end::bytes) all_.found = verdict::undecided; // as it would be the next time
      if (end == search_end::states) still.push_back(part);
    }
    open_ = std::move(still);
    return true;
  }

  search_end judge(std::size_t part, std::uint64_t states, bool ahead) {
    auto const end = with_search(part, ahead, [&](auto& one) {
      auto const found = one.run({states, limit_.bytes}, all_.spent, progress_);
      if (found == verdict::linearizable) orders_[part] = one.order();
      if (found == verdict::not_linearizable) all_.found = found;
      if (found == verdict::not_linearizable && !ahead) tell(one);
      return one.why();
    });
    if (ahead && all_.found == verdict::not_linearizable)
      with_search(part, false, [&](auto& one) {
        one.run({(std::min)(to_tell, limit_.states), limit_.bytes}, all_.spent, progress_);
        return tell(one), one.why();
      });
    return end;
  }
  void tell(search<Model> const& one) {
    all_.order = one.deepest();
    all_.stuck = one.stuck();
  }

  // The model's tables are afterwards what they were.
  template <class Use>
  search_end with_search(std::size_t part, bool ahead, Use use) {
    auto const as_it_was = [&] {
      if constexpr (requires { model_.forget(model_.mark()); })
        return model_.mark();
      else
        return 0;
    }();
    auto const end = [&] {
      search<Model> one{model_, history_, parts_[part], ahead};
      return use(one);
    }();
    if constexpr (requires { model_.forget(as_it_was); }) model_.forget(as_it_was);
    return end;
  }

  Model& model_;
  std::span<operation<Model> const> history_;
  budget limit_;
  Progress& progress_;
  std::vector<std::vector<std::size_t>> parts_, orders_;
  std::vector<std::size_t> open_;
  judgement all_;
};

} // namespace history_detail

// Judges `history`, whose operations may stand in any order. A model that has a `key` is judged key by key, up to
// the first key that fails: each with a small budget, then those still open with twice as much, up to `limit`. The
// model is not const because it may keep tables (history/models.hpp). `progress(states)` is called now and then
// with the number of states visited so far in this call; if it answers false, that is the end, undecided.
template <sequential_model Model, class Progress = no_progress>
judgement check_history(Model& model, std::type_identity_t<std::span<operation<Model> const>> history,
                        budget const& limit = {}, Progress&& progress = {}) {
  return history_detail::rounds<Model, std::remove_reference_t<Progress>>{model, history, limit, progress}.run();
}

} // namespace quorate::check
