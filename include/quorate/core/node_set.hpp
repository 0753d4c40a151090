// A set of dense node indices, as wide as its bound needs.
#pragma once

#include "quorate/core/id.hpp"

#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace quorate {

// Capacity is the number of nodes, at most 64; indices at or above it are never members (a vote from outside the
// configuration counts for nothing, scenario P37).
template <std::size_t Capacity>
struct node_set {
  static_assert(Capacity >= 1 && Capacity <= 64, "quorate: a node_set holds between 1 and 64 nodes");
  using word =
      std::conditional_t<Capacity <= 8, std::uint8_t,
                         std::conditional_t<Capacity <= 16, std::uint16_t,
                                            std::conditional_t<Capacity <= 32, std::uint32_t, std::uint64_t>>>;

  word bits{};

  static constexpr std::size_t capacity = Capacity;

  // The nodes 0..n-1. Precondition: n <= Capacity.
  static constexpr node_set first(std::size_t n) {
    QUORATE_ASSERT(n <= Capacity, "node_set: the first ", n, " nodes of ", Capacity);
    return {n == 64 ? static_cast<word>(~std::uint64_t{0}) : static_cast<word>((std::uint64_t{1} << n) - 1)};
  }
  static constexpr node_set of(node_index n) { return node_set{}.with(n); }

  constexpr bool contains(node_index n) const { return n.value < Capacity && ((bits >> n.value) & 1U) != 0; }
  constexpr bool empty() const { return bits == 0; }
  constexpr std::size_t size() const {
    std::size_t n = 0; // not std::popcount: without -mpopcnt it is a call into libgcc
    for (word w = bits; w != 0; w = static_cast<word>(w & (w - 1))) ++n;
    return n;
  }
  constexpr node_set with(node_index n) const {
    return n.value < Capacity ? node_set{static_cast<word>(bits | (std::uint64_t{1} << n.value))} : *this;
  }
  constexpr node_set without(node_index n) const {
    return n.value < Capacity ? node_set{static_cast<word>(bits & ~(std::uint64_t{1} << n.value))} : *this;
  }
  constexpr node_set without(node_set other) const { return {static_cast<word>(bits & ~other.bits)}; }
  // Precondition: not empty.
  constexpr void drop_least() {
    QUORATE_ASSERT(!empty(), "node_set: drop_least() of none");
    bits = static_cast<word>(bits & (bits - 1));
  }
  constexpr void insert(node_index n) { *this = with(n); }
  constexpr void erase(node_index n) { *this = without(n); }

  // Calls f(node_index) for each member, least first.
  template <class F>
  constexpr void for_each(F&& f) const {
    for (word w = bits; w != 0; w = static_cast<word>(w & (w - 1)))
      f(node_index{static_cast<std::uint8_t>(std::countr_zero(w))});
  }

  friend constexpr node_set operator&(node_set a, node_set b) { return {static_cast<word>(a.bits & b.bits)}; }
  friend constexpr node_set operator|(node_set a, node_set b) { return {static_cast<word>(a.bits | b.bits)}; }
  friend constexpr bool operator==(node_set, node_set) = default;
};

} // namespace quorate
