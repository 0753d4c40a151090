// What the explorer knows its states by.
#include "quorate/explore/fingerprint.hpp"

#include "quorate/explore/digest.hpp"
#include "quorate/explore/visited.hpp"
#include "quorate/explore/world.hpp"
#include "quorate/raft/hard.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

namespace quorate::check {
namespace {

template <class... T>
fingerprint print_of(T... x) {
  digester h;
  (h.add(x), ...);
  return h.result();
}

TEST_CASE("a digest depends on the values, their order, their number and the seed") {
  std::vector const all{print_of(),     print_of(0),    print_of(0, 0), print_of(1),      print_of(1, 0),
                        print_of(0, 1), print_of(1, 2), print_of(2, 1), print_of(1, 2, 0)};
  for (std::size_t i = 0; i < all.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      CHECK(all[i] != all[j]);
      CHECK(all[i].low != all[j].low);
      CHECK(all[i].high != all[j].high);
    }
  digester other{1};
  other.add(1);
  CHECK(other.result() != print_of(1));
}

TEST_CASE("a bag's fingerprint is the sum of its values', in any order, with how often each is in it") {
  auto const a = print_of(1), b = print_of(2), c = print_of(3);
  CHECK(a + b + c == c + a + b);
  CHECK(a + a != a);
  auto bag = a + b;
  bag -= b;
  CHECK(bag == a);
}

TEST_CASE("the odds of a missed state are those of two in a crowd that share a birthday") {
  CHECK(odds_of_a_miss(0) == 0);
  CHECK(odds_of_a_miss(std::uint64_t{1} << 32) == doctest::Approx(1.0 / (8.0 * 4611686018427387904.0)));
  CHECK(odds_of_a_miss(20'000'000) < 1e-24);
  CHECK(odds_of_a_miss(20'000'000) > 1e-25);
}

TEST_CASE("visited states are new once, however many there are, and a fingerprint of zero as well") {
  visited seen;
  CHECK(seen.insert({}));
  CHECK_FALSE(seen.insert({}));
  for (std::uint32_t i = 0; i < 100000; ++i) REQUIRE(seen.insert(print_of(i)));
  for (std::uint32_t i = 0; i < 100000; ++i) REQUIRE_FALSE(seen.insert(print_of(i)));
  CHECK_FALSE(seen.insert({}));
  CHECK(seen.bytes() >= 100000 * sizeof(fingerprint));
  CHECK(seen.bytes() <= 100000 * 64); // a table that has just doubled
}

TEST_CASE("visited states that share their low words are told apart by the high ones") {
  visited seen;
  for (std::uint64_t high = 0; high < 1000; ++high) REQUIRE(seen.insert({7, high}));
  for (std::uint64_t high = 0; high < 1000; ++high) REQUIRE_FALSE(seen.insert({7, high}));
}

TEST_CASE("a step keeps whence it came, to the last bit, and which action it was") {
  for (std::size_t const thread : {std::size_t{0}, std::size_t{1}, most_threads - 1})
    for (std::size_t const place : {std::size_t{0}, std::size_t{1}, (std::size_t{1} << 36) - 1})
      for (std::uint32_t const action : {0U, 1U, step_taken::most, step_taken::none}) {
        state_number const n{thread, place};
        CHECK(n.thread() == thread);
        CHECK(n.place() == place);
        step_taken const s{n, action};
        CHECK(s.from().thread() == thread);
        CHECK(s.from().place() == place);
        CHECK(s.from().bits() == n.bits());
        CHECK(s.action() == action);
      }
  static_assert(sizeof(step_taken) == 8);
}

using pair_of_numbers = std::pair<int, int>;
constexpr auto whole = [](pair_of_numbers const& x, renaming const&, digester& h) {
  h.add(x.first), h.add(x.second);
};
constexpr auto half = [](pair_of_numbers const& x, renaming const&, digester& h) { h.add(x.first); };

TEST_CASE("a table keeps each value once") {
  table<pair_of_numbers> t;
  std::vector const names{renaming::none()};
  auto const a = t.id_of({1, 2}, names, 0, whole);
  auto const b = t.id_of({1, 3}, names, 0, whole);
  CHECK(a != b);
  CHECK(t.id_of({1, 2}, names, 0, whole) == a);
  CHECK(t.size() == 2);
  CHECK(t[b].value == pair_of_numbers{1, 3});
}

TEST_CASE("who is renamed is renamed as a host, a place and a member alike") {
  auto swapped = renaming::none(); // A and C
  swapped.to[0] = swapped.back[0] = 2, swapped.to[2] = swapped.back[2] = 0;
  CHECK(swapped(member_id{1}) == member_id{3});
  CHECK(swapped(member_id{2}) == member_id{2});
  CHECK(swapped(no_member) == no_member);
  CHECK(swapped(member_id{1000}) == member_id{1000}); // no host's
  CHECK(swapped(peer{node_index{2}}) == peer{node_index{0}});
  CHECK(swapped(peer{}) == peer{});
  auto const digested = [](auto const& x, renaming const& p) {
    digester h;
    if constexpr (std::is_same_v<decltype(x), configuration const&>)
      digest_config(x, p, h);
    else
      digest_value(x, p, h);
    return h.result();
  };
  auto const none = renaming::none();
  raft::term_and_vote const for_a{term_id{2}, member_id{1}}, for_c{term_id{2}, member_id{3}};
  CHECK(digested(for_a, swapped) == digested(for_c, none));
  CHECK(digested(peer{node_index{0}}, swapped) == digested(peer{node_index{2}}, none));
  CHECK(digested(configuration{node_set<64>::first(3)}, swapped) ==
        digested(configuration{node_set<64>::first(3)}, none));
  configuration moved{node_set<64>::first(3)};
  moved.members[1] = member_id{4};
  CHECK(digested(moved, none) != digested(configuration{node_set<64>::first(3)}, none));
  CHECK(digested(moved, swapped) == digested(moved, none));
}

TEST_CASE("a digest that leaves out a part of a value is refused as soon as two values differ in that part") {
  table<pair_of_numbers> t;
  std::vector const names{renaming::none()};
  (void)t.id_of({1, 2}, names, 0, half);
  CHECK_NOTHROW((void)t.id_of({1, 2}, names, 0, half));
  CHECK_THROWS_AS((void)t.id_of({1, 3}, names, 0, half), std::logic_error);
}

} // namespace
} // namespace quorate::check
