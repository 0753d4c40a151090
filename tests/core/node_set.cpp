#include "quorate/core/node_set.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <random>
#include <set>
#include <type_traits>

namespace quorate {
namespace {

// As wide as its bound needs, and no wider.
static_assert(sizeof(node_set<1>) == 1 && sizeof(node_set<8>) == 1);
static_assert(sizeof(node_set<9>) == 2 && sizeof(node_set<16>) == 2);
static_assert(sizeof(node_set<17>) == 4 && sizeof(node_set<32>) == 4);
static_assert(sizeof(node_set<33>) == 8 && sizeof(node_set<64>) == 8);
static_assert(std::is_trivially_copyable_v<node_set<64>>);
static_assert(node_set<7>::capacity == 7);

constexpr node_index n(std::size_t i) { return node_index{static_cast<std::uint8_t>(i)}; }

using model = std::set<std::size_t>;

template <std::size_t Capacity>
model members_of(node_set<Capacity> s) {
  model out;
  auto least = -1;
  s.for_each([&](node_index i) {
    CHECK(least < static_cast<int>(i.value)); // least first, each once
    least = i.value;
    out.insert(i.value);
  });
  return out;
}

template <std::size_t Capacity>
void check_against_a_set(std::uint64_t seed) {
  std::mt19937_64 random{seed};
  node_set<Capacity> s, other;
  model m, other_m;
  for (int step = 0; step < 300; ++step) {
    auto const i = random() % 256; // far more than there are nodes
    switch (random() % 4) {
    case 0:
      s.insert(n(i));
      if (i < Capacity) m.insert(i);
      break;
    case 1:
      s.erase(n(i));
      m.erase(i);
      break;
    case 2:
      other = other.with(n(i));
      if (i < Capacity) other_m.insert(i);
      break;
    default:
      if (m.empty()) break;
      s.drop_least();
      m.erase(m.begin());
    }
    REQUIRE(members_of(s) == m);
    CHECK(s.size() == m.size());
    CHECK(s.empty() == m.empty());
    for (std::size_t k = 0; k < 256; ++k) CHECK(s.contains(n(k)) == m.contains(k));
    model both, either = m, only = m;
    for (auto const k : other_m) {
      if (m.contains(k)) both.insert(k);
      either.insert(k), only.erase(k);
    }
    CHECK(members_of(s & other) == both);
    CHECK(members_of(s | other) == either);
    CHECK(members_of(s.without(other)) == only);
    CHECK((s == other) == (m == other_m));
  }
}

TEST_CASE("a node set is a set of the indices below its capacity; others are never members of it") {
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    check_against_a_set<1>(seed), check_against_a_set<7>(seed), check_against_a_set<8>(seed);
    check_against_a_set<9>(seed), check_against_a_set<33>(seed), check_against_a_set<64>(seed);
  }
}

TEST_CASE("no_node is a member of no set, not even of the widest") {
  auto all = node_set<64>::first(64);
  CHECK(!all.contains(no_node));
  auto const before = all;
  all.insert(no_node), all.erase(no_node);
  CHECK(all == before);
  CHECK(node_set<64>::of(no_node).empty());
}

TEST_CASE("the first n nodes are 0..n-1, none and all of them included") {
  for (std::size_t k = 0; k <= 64; ++k) {
    auto const s = node_set<64>::first(k);
    CHECK(s.size() == k);
    for (std::size_t i = 0; i < 64; ++i) CHECK(s.contains(n(i)) == (i < k));
  }
  CHECK(node_set<7>::first(7).size() == 7);
  CHECK(node_set<8>::first(8).size() == 8);
}

TEST_CASE("with, without and of leave the set that they are asked of as it was") {
  auto const s = node_set<7>::of(n(3));
  CHECK(members_of(s.with(n(5))) == model{3, 5});
  CHECK(members_of(s.without(n(3))).empty());
  CHECK(members_of(s) == model{3});
}

static_assert([] {
  std::size_t sum = 0;
  (node_set<9>::first(3) | node_set<9>::of(node_index{8})).for_each([&](node_index i) { sum += i.value; });
  return sum;
}() == 0 + 1 + 2 + 8);

} // namespace
} // namespace quorate
