// Ids are ordered, and mix with nothing; positions have the little arithmetic that they need.
#include "quorate/core/id.hpp"

#include <doctest/doctest.h>

#include <compare>
#include <concepts>
#include <cstdint>
#include <type_traits>

namespace quorate {
namespace {

template <class A, class B = A>
constexpr bool adds = requires(A a, B b) {
  a + b;
};
template <class A, class B = A>
constexpr bool subtracts = requires(A a, B b) {
  a - b;
};
template <class A, class B>
constexpr bool compares = requires(A a, B b) {
  a == b;
}
|| requires(A a, B b) { a < b; };

template <class... Ids>
constexpr bool are_ids = (... &&
                          (is_strong_id<Ids> && std::totally_ordered<Ids> && std::is_trivially_copyable_v<Ids> &&
                           sizeof(Ids) == sizeof(typename Ids::rep) &&
                           !std::is_convertible_v<typename Ids::rep, Ids> &&
                           !std::is_convertible_v<Ids, typename Ids::rep> && !compares<Ids, typename Ids::rep>));
static_assert(are_ids<stamp, node_id, node_index, incarnation_id, store_id, cluster_id, log_index>);
static_assert(!is_strong_id<std::uint64_t> && !is_strong_id<int>);

template <class A, class... Others>
constexpr bool mixes_with_none = (... && (!std::is_convertible_v<A, Others> &&
                                          !std::is_constructible_v<A, Others> && !compares<A, Others>));
static_assert(mixes_with_none<stamp, node_id, node_index, incarnation_id, store_id, cluster_id, log_index>);
static_assert(mixes_with_none<log_index, stamp, node_id, node_index, incarnation_id, store_id, cluster_id>);
static_assert(mixes_with_none<node_id, stamp, node_index, incarnation_id, store_id, cluster_id, log_index>);
static_assert(std::is_same_v<term_id, stamp>); // one notion, by Raft's name

static_assert(!adds<stamp> && !subtracts<stamp> && !adds<stamp, int> && !adds<node_id> && !adds<node_index, int>);
static_assert(!adds<log_index> && adds<log_index, int> && subtracts<log_index, int> && subtracts<log_index>);
static_assert(std::is_same_v<decltype(log_index{} - log_index{}), std::uint64_t>);
static_assert(std::is_same_v<decltype(log_index{} - 0), log_index>);

// Zero: before any leader, the place before the first entry.
static_assert(stamp{}.value == 0 && log_index{}.value == 0 && node_id{}.value == 0);
static_assert(sizeof(node_index) == 1 && no_node.value == 0xff);

TEST_CASE("ids are ordered by their numbers, to the ends of their range") {
  constexpr auto most = ~std::uint64_t{0};
  std::uint64_t const numbers[] = {0, 1, 2, most / 2, most / 2 + 1, most - 1, most};
  for (auto const a : numbers)
    for (auto const b : numbers) {
      CHECK((stamp{a} <=> stamp{b}) == (a <=> b));
      CHECK((log_index{a} <=> log_index{b}) == (a <=> b));
      CHECK((stamp{a} == stamp{b}) == (a == b));
    }
}

TEST_CASE("the next stamp is one above, and the arithmetic of positions undoes itself") {
  CHECK(next(stamp{41}) == stamp{42});
  for (std::uint64_t i = 0; i < 20; ++i)
    for (std::uint64_t k = 0; k < 20; ++k) {
      auto const further = log_index{i} + k;
      CHECK(further.value == i + k);
      CHECK(further - log_index{i} == k);
      CHECK(further - k == log_index{i});
    }
  CHECK(log_index{~std::uint64_t{0}} - log_index{} == ~std::uint64_t{0});
}

} // namespace
} // namespace quorate
