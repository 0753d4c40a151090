// The calls and returns of one part of a history, as lists in the order of time. An operation is lifted from the
// lists when it is placed. It is put back when its place was wrong (Lowe, "Testing for linearizability", 2017).
#pragma once

#include "quorate/history/types.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

namespace quorate::check::history_detail {

// A doubly linked list of 1 to n, in which 0 stands before the first and behind the last.
class linked_list {
public:
  explicit linked_list(std::size_t n) : next_(n + 1), previous_(n + 1) {
    for (std::size_t i = 0; i <= n; ++i) {
      next_[i] = static_cast<std::uint32_t>(i == n ? 0 : i + 1);
      previous_[i] = static_cast<std::uint32_t>(i == 0 ? n : i - 1);
    }
  }
  std::uint32_t next(std::uint32_t i) const { return next_[i]; }
  void lift(std::uint32_t i) {
    next_[previous_[i]] = next_[i];
    previous_[next_[i]] = previous_[i];
  }
  // What was lifted last goes back first: what is lifted still knows between which it stood.
  void unlift(std::uint32_t i) {
    next_[previous_[i]] = i;
    previous_[next_[i]] = i;
  }

private:
  std::vector<std::uint32_t> next_, previous_;
};

// The answered operations of a part: `of[k]` is the k-th to begin, as a number in the history.
class answered_events {
public:
  struct event {
    std::uint64_t instant;
    bool returns;
    std::uint32_t k;
  };

  template <class Operation>
  answered_events(std::span<Operation const> history, std::vector<std::size_t> numbers)
      : of{std::move(numbers)}, call_(of.size()), return_(of.size()), list_{2 * of.size()} {
    events_.push_back({0, false, 0}); // so that events are numbered as the list's elements are
    for (std::uint32_t k = 0; k < of.size(); ++k) {
      events_.push_back({history[of[k]].invoked, false, k});
      events_.push_back({history[of[k]].returned, true, k});
    }
    // What shares an instant overlaps: calls before returns.
    std::sort(events_.begin() + 1, events_.end(), [](event const& one, event const& other) {
      return std::tuple{one.instant, one.returns, one.k} < std::tuple{other.instant, other.returns, other.k};
    });
    for (std::uint32_t e = 1; e < events_.size(); ++e) (events_[e].returns ? return_ : call_)[events_[e].k] = e;
  }

  std::uint32_t first() const { return list_.next(0); }
  std::uint32_t next(std::uint32_t e) const { return list_.next(e); }
  event const& operator[](std::uint32_t e) const { return events_[e]; }
  std::uint32_t call_of(std::uint32_t k) const { return call_[k]; }

  void lift(std::uint32_t k) {
    list_.lift(call_[k]);
    list_.lift(return_[k]);
  }
  void unlift(std::uint32_t k) {
    list_.unlift(return_[k]);
    list_.unlift(call_[k]);
  }

  // The first return: nothing that was invoked after it can be the next to happen. 0 when all are lifted.
  std::uint32_t first_return() const {
    auto e = first();
    while (e != 0 && !events_[e].returns) e = next(e);
    return e;
  }

  std::vector<std::size_t> const of;

private:
  std::vector<event> events_;
  std::vector<std::uint32_t> call_, return_; // by k
  linked_list list_;
};

} // namespace quorate::check::history_detail
