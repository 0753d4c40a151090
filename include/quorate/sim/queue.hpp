// What is to happen, earliest first; of two at one time, what was put there first.
#pragma once

#include "quorate/core/config.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace quorate::sim {

// A plain value: what `what` and the numbers mean is the user's.
struct event {
  std::uint64_t time = 0;
  std::uint64_t sequence = 0;
  std::uint32_t what = 0;
  std::uint32_t node = 0;
  std::uint64_t argument = 0;
};

class event_queue {
public:
  void put(std::uint64_t time, std::uint32_t what, std::uint32_t node, std::uint64_t argument = 0) {
    heap_.push_back({time, ++count_, what, node, argument});
    std::push_heap(heap_.begin(), heap_.end(), later{});
  }
  bool empty() const { return heap_.empty(); }
  event const& first() const { return heap_.front(); }
  event take() {
    std::pop_heap(heap_.begin(), heap_.end(), later{});
    auto const e = heap_.back();
    heap_.pop_back();
    return e;
  }

private:
  struct later { // a type, so that the heap's code has it in line
    bool operator()(event const& a, event const& b) const {
      return a.time > b.time || (a.time == b.time && a.sequence > b.sequence);
    }
  };
  std::vector<event> heap_{};
  std::uint64_t count_ = 0;
};

} // namespace quorate::sim
