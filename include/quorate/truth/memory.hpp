// What a watcher of several nodes remembers. The explorer compares millions of states: for it the memory is small
// bounded values. Walks and the simulator watch one long run: for them the memory is containers that grow.
#pragma once

#include "quorate/core/ballot.hpp"
#include "quorate/core/bounded.hpp"
#include "quorate/core/id.hpp"

#include <cstddef>
#include <cstdint>
#include <set>
#include <vector>

namespace quorate::truth {

// A few terms, or ballots of at most the first four members, as one bit each. Precondition: no number above 31.
struct few_eras {
  std::uint32_t bits = 0;

  static constexpr std::uint32_t bit_of(stamp era) {
    ballot const b{era.value};
    return std::uint32_t{1} << ((b.none() ? era.value : b.round_number() * 4 + founded_place(b.owner()).value) &
                                31);
  }
  constexpr bool has(stamp era) const { return (bits & bit_of(era)) != 0; }
  constexpr void add(stamp era) { bits |= bit_of(era); }
  constexpr bool shares_one_with(few_eras other) const { return (bits & other.bits) != 0; }
  constexpr bool several() const { return (bits & (bits - 1)) != 0; }
  friend constexpr bool operator==(few_eras, few_eras) = default;
};
class all_eras {
public:
  bool has(stamp era) const { return eras_.contains(era); }
  void add(stamp era) { eras_.insert(era); }
  bool shares_one_with(all_eras const& other) const {
    for (auto const e : eras_)
      if (other.has(e)) return true;
    return false;
  }
  bool several() const { return eras_.size() > 1; }
  friend bool operator==(all_eras const&, all_eras const&) = default;

private:
  std::set<stamp> eras_{};
};

// What a watcher's lists are made of.
struct bounded_memory {
  using eras = few_eras;
  template <class T, std::size_t Most>
  using list = bounded<T, Most>;
};
struct growing_memory {
  using eras = all_eras;
  template <class T, std::size_t>
  using list = std::vector<T>;
};

// Appends; false if there is no room.
template <class T, std::size_t Most>
constexpr bool append(bounded<T, Most>& list, T const& x) {
  return list.push_back(x);
}
template <class T>
bool append(std::vector<T>& list, T const& x) {
  return list.push_back(x), true;
}

} // namespace quorate::truth
