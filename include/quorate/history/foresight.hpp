// What a search can know of the operations that are still to come: whether a state leaves some answer without
// hope, and whether anything will ever tell it from another.
#pragma once

#include "quorate/history/types.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

namespace quorate::check::history_detail {

// For a foreseeing model (history/types.hpp). The states that answers need are a forest by `parent`, numbered so
// that what is below a state are neighbours: each state stands for a range. A step from one range into another
// leaves some needs behind; each that is still to be met must have a request to come that sets out anew above it.
// And a state below which nothing is needed or minded any more is as good as any other such: it is dead.
template <foreseeing_model Model>
class foresight {
public:
  using state_type = typename Model::state;

  // Operations are those of `part`, and are called by their place in it.
  foresight(Model& model, std::span<operation<Model> const> history, std::vector<std::size_t> const& part)
      : nodes_above_(1), of_(part.size()) {
    for (std::size_t i = 0; i < part.size(); ++i) {
      auto const& op = history[part[i]];
      if (op.answered) of_[i].needs = node(model, model.needs(op.asked, *op.answered));
      if (of_[i].needs == none) of_[i].minds = node(model, model.minds(op.asked));
    }
    number();
    for (std::size_t i = 0; i < part.size(); ++i) {
      auto const s = model.sets(history[part[i]].asked);
      auto const at = s ? nodes_.find(*s) : nodes_.end();
      of_[i].sets_some = s.has_value();
      if (at == nodes_.end()) continue;
      of_[i].sets = at->second;
      at_[at->second].setter = at->second;
    }
    for (std::uint32_t n = 1; n < at_.size(); ++n)
      if (at_[n].setter == none) at_[n].setter = at_[at_[n].above].setter;
    for (std::size_t i = 0; i < part.size(); ++i) take_back(i);
    first_ = range(model.initial());
    std::uint64_t number = 0;
    do nowhere_ = model.nowhere(number++);
    while (nodes_.find(nowhere_) != nodes_.end());
  }

  void place(std::size_t i) {
    --at_[of_[i].needs].needed;
    --at_[of_[i].minds].minded;
    minders_ -= of_[i].minds != none ? 1 : 0;
    --at_[of_[i].sets].set;
  }
  void take_back(std::size_t i) {
    ++at_[of_[i].needs].needed;
    ++at_[of_[i].minds].minded;
    minders_ += of_[i].minds != none ? 1 : 0;
    ++at_[of_[i].sets].set;
  }

  // Whether some need is hopeless from the beginning on.
  bool doomed_at_first() const {
    return hopeless(1, first_.from) || hopeless(first_.to, static_cast<std::uint32_t>(at_.size()));
  }
  // Whether the step from one state to another leaves a need behind without hope.
  bool dooms(state_type const& from, state_type const& to) const {
    auto const left = range(from), kept = range(to);
    return hopeless(left.from, (std::min)(left.to, kept.from)) ||
           hopeless((std::max)(left.from, kept.to), left.to);
  }

  // Whether the operation sets a state, whatever was there.
  bool sets(std::size_t i) const { return of_[i].sets_some; }
  bool is_dead(state_type const& s) const {
    auto const [from, to] = range(s);
    for (auto n = from; n < to; ++n)
      if (at_[n].needed > 0 || at_[n].minded > 0) return false;
    return true;
  }
  // A state that is dead at all times.
  state_type const& nowhere() const { return nowhere_; }
  // Whether an answer to come may need that a state is not there: then a dead state can be better than another.
  bool minds() const { return minders_ > 0; }

  std::size_t bytes() const {
    return at_.capacity() * sizeof(node_data) + nodes_above_.capacity() * sizeof(std::uint32_t) +
           of_.capacity() * sizeof(asks) + nodes_.bucket_count() * sizeof(void*) +
           nodes_.size() * (sizeof(std::pair<state_type, std::uint32_t>) + 4 * sizeof(void*));
  }

private:
  static constexpr std::uint32_t none = 0;
  struct asks { // of one operation: nodes
    std::uint32_t needs = none, minds = none, sets = none;
    bool sets_some = false; // be it no node
  };
  struct node_data {
    std::uint32_t above = none;
    std::uint32_t setter = none;                   // the nearest that some request sets: itself, or above it
    std::uint32_t end = 0;                         // behind the last that is below it
    std::uint32_t needed = 0, minded = 0, set = 0; // by how many operations to come
  };
  struct extent {
    std::uint32_t from, to;
  };

  // The node of a state, made together with those above it.
  std::uint32_t node(Model const& model, std::optional<state_type> s) {
    std::uint32_t first = none, below = none;
    for (; s; s = model.parent(*s)) {
      auto const [at, is_new] = nodes_.try_emplace(*s, static_cast<std::uint32_t>(nodes_above_.size()));
      if (is_new) nodes_above_.push_back(none);
      if (below != none) nodes_above_[below] = at->second;
      if (first == none) first = at->second;
      below = at->second;
      if (!is_new) break;
    }
    return first;
  }

  // Numbers the nodes anew, each before all that are below it, and these before all others.
  void number() {
    auto const count = nodes_above_.size();
    std::vector<std::uint32_t> child(count, none), sibling(count, none), renamed(count, none), open{none};
    for (auto n = static_cast<std::uint32_t>(count); --n > 0;)
      sibling[n] = std::exchange(child[nodes_above_[n]], n);
    at_.resize(count);
    for (std::uint32_t next = 0; !open.empty(); ++next) {
      auto const n = open.back();
      open.pop_back();
      renamed[n] = next;
      at_[next].above = renamed[nodes_above_[n]];
      at_[next].end = next + 1;
      for (auto c = child[n]; c != none; c = sibling[c]) open.push_back(c);
    }
    for (auto n = count; --n > 0;) at_[at_[n].above].end = (std::max)(at_[at_[n].above].end, at_[n].end);
    for (auto& [s, n] : nodes_) n = renamed[n];
    for (auto& op : of_) op = {renamed[op.needs], renamed[op.minds]};
    nodes_above_ = {};
  }

  extent range(state_type const& s) const {
    auto const at = nodes_.find(s);
    return at == nodes_.end() ? extent{1, 1} : extent{at->second, at_[at->second].end};
  }
  bool hopeless(std::uint32_t from, std::uint32_t to) const {
    for (auto n = from; n < to; ++n)
      if (at_[n].needed > 0 && !can_be_set(n)) return true;
    return false;
  }
  bool can_be_set(std::uint32_t n) const {
    for (auto m = at_[n].setter; m != none; m = at_[at_[m].above].setter)
      if (at_[m].set > 0) return true;
    return false;
  }

  std::unordered_map<state_type, std::uint32_t> nodes_;
  std::vector<std::uint32_t> nodes_above_; // only until they are numbered
  std::vector<node_data> at_;
  std::vector<asks> of_;
  extent first_{};
  state_type nowhere_{};
  std::size_t minders_ = 0; // to come
};

} // namespace quorate::check::history_detail
