// What a store has let go of, until there is time to free it.
#pragma once

#include "quorate/service/work_budget.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>

namespace quorate::service {

// To free a million values, or a thousand large ones, takes many milliseconds: more than one operation may. They
// are put here instead, which takes no time, and are freed bit by bit. Not part of a store's state: a copy has
// none of it, and it makes no two stores different.
//
// Map is a std::map of keys, whose bytes are the member `text`, to values whose memory() says how many bytes each
// holds.
template <class Map>
class garbage {
public:
  using value = typename Map::mapped_type;

  garbage() = default;
  garbage(garbage const&) {}
  garbage(garbage&& other) noexcept : values_{std::move(other.values_)}, maps_{std::move(other.maps_)} {}
  garbage& operator=(garbage const&) { return *this; }
  garbage& operator=(garbage&& other) noexcept {
    values_.swap(other.values_);
    maps_.swap(other.maps_);
    return *this;
  }
  friend bool operator==(garbage const&, garbage const&) { return true; }

  // Takes a value that is not wanted any more. Freeing a small one takes no longer than putting it here.
  void add(value&& v) {
    if (v.memory() < small_value)
      v = value{};
    else
      values_.push_back(std::move(v));
  }
  void add(Map&& map) {
    if (map.empty()) return;
    maps_.push_back(std::move(map));
  }

  bool empty() const { return values_.empty() && maps_.empty(); }

  // Frees until the budget is used up; the last thing is one key and its value. Whether all is freed.
  bool tidy(work_budget& budget) {
    while (!empty())
      if (!budget.spend(values_.empty() ? free_key() : free_value())) break;
    return empty();
  }

private:
  static constexpr std::size_t small_value = 4096;
  // The system takes pages back one by one.
  static std::uint64_t cost(std::size_t bytes) { return 500 + bytes / 4; }

  std::uint64_t free_value() {
    auto const units = cost(values_.front().memory());
    values_.pop_front();
    return units;
  }
  std::uint64_t free_key() {
    auto& map = maps_.front();
    auto const first = map.begin();
    auto const units = cost(first->first.text.capacity() + first->second.memory());
    map.erase(first);
    if (map.empty()) maps_.pop_front();
    return units;
  }

  std::deque<value> values_;
  std::deque<Map> maps_;
};

} // namespace quorate::service
