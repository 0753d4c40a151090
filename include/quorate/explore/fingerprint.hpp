// 128-bit fingerprints that add up: a state's is the sum of its parts', so that a step changes it by what it
// changed.
#pragma once

#include "quorate/core/id.hpp"
#include "quorate/core/node_set.hpp"

#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace quorate::check {

// Of a value, as a `digester` made it, or of a bag of values, as their sum. Two different states have the same one
// with odds of 2^-128; odds_of_a_miss() says what that is over a whole run.
struct fingerprint {
  std::uint64_t low = 0; // two halves: not all targets have integers of 128 bits
  std::uint64_t high = 0;

  constexpr fingerprint& operator+=(fingerprint f) {
    low += f.low;
    high += f.high + (low < f.low ? 1 : 0);
    return *this;
  }
  constexpr fingerprint& operator-=(fingerprint f) {
    high -= f.high + (low < f.low ? 1 : 0);
    low -= f.low;
    return *this;
  }
  friend constexpr fingerprint operator+(fingerprint a, fingerprint b) { return a += b; }
  friend constexpr bool operator==(fingerprint, fingerprint) = default;
  friend constexpr bool operator<(fingerprint a, fingerprint b) {
    return a.high != b.high ? a.high < b.high : a.low < b.low;
  }
};

// At most n^2 / 2^129 (the birthday bound): how likely it is that some state of n was taken for another.
constexpr double odds_of_a_miss(std::uint64_t n) {
  auto const x = static_cast<double>(n) / 18446744073709551616.0;
  return x * x / 2;
}

// Another seed gives other fingerprints: a run that finds as many states with another one has missed none.
class digester {
public:
  constexpr explicit digester(std::uint64_t seed = 0) : a_{mixed(seed + 1)}, b_{mixed(~seed)} {}

  template <class T>
  requires std::integral<T> || std::is_enum_v<T>
  constexpr void add(T x) {
    auto const w = static_cast<std::uint64_t>(x);
    a_ = mixed(a_ ^ w) * 0x9e3779b97f4a7c15U;
    b_ = mixed(b_ + w * 0xc2b2ae3d27d4eb4fU) ^ 0x165667b19e3779f9U;
  }
  template <class T>
  requires is_strong_id<T>
  constexpr void add(T x) { add(x.value); }
  constexpr fingerprint result() const { return {mixed(b_), mixed(a_ + 0x27d4eb2f165667c5U)}; }

private:
  static constexpr std::uint64_t mixed(std::uint64_t x) {
    x = (x ^ x >> 32) * 0xd6e8feb86659fd93U;
    x = (x ^ x >> 32) * 0xd6e8feb86659fd93U;
    return x ^ x >> 32;
  }
  std::uint64_t a_, b_;
};

// Another name for each node: node i is called to[i]. A node is a host, and so a member, and, of founders, a
// place: all three are renamed as one. No renaming may move a place that is not its host's own.
struct renaming {
  std::uint8_t to[64]{};
  std::uint8_t back[64]{};

  static constexpr renaming none() {
    renaming r;
    for (std::uint8_t i = 0; i < 64; ++i) r.to[i] = r.back[i] = i;
    return r;
  }
  constexpr node_index operator()(node_index n) const { return n.value < 64 ? node_index{to[n.value]} : n; }
  constexpr node_index before(node_index n) const { return n.value < 64 ? node_index{back[n.value]} : n; }
  constexpr member_id operator()(member_id m) const {
    auto const n = founded_place(m);
    return n == no_node ? m : founder_at((*this)(n));
  }
  constexpr peer operator()(peer p) const { return {(*this)(p.place), (*this)(p.member)}; }
  template <std::size_t Capacity>
  constexpr node_set<Capacity> operator()(node_set<Capacity> s) const {
    node_set<Capacity> renamed{};
    s.for_each([&](node_index n) { renamed.insert((*this)(n)); });
    return renamed;
  }
};

} // namespace quorate::check
