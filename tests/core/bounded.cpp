// The bounded containers against the standard ones, which know no bound.
#include "quorate/core/bounded.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <random>
#include <type_traits>
#include <vector>

namespace quorate {
namespace {

static_assert(std::is_trivially_copyable_v<bounded<int, 3>>);
static_assert(std::is_trivially_copyable_v<bounded_queue<int, 3>>);
static_assert(bounded<int, 3>::capacity() == 3 && bounded_queue<int, 3>::capacity() == 3);

// Elements may themselves know how they are compared, and by nothing else.
struct odd_or_even {
  int value{};
  friend constexpr bool operator==(odd_or_even a, odd_or_even b) { return a.value % 2 == b.value % 2; }
};

template <std::size_t Capacity>
void check_vector(std::uint64_t seed) {
  std::mt19937_64 random{seed};
  bounded<int, Capacity> v;
  std::vector<int> model;
  for (int step = 0; step < 500; ++step) {
    auto const what = random() % 16;
    if (what == 0) {
      v.clear(), model.clear();
    } else if (what < 6 && !model.empty()) {
      v.pop_back(), model.pop_back();
    } else {
      bool const fits = model.size() < Capacity;
      CHECK(v.full() == !fits);
      auto const before = v;
      CHECK(v.push_back(step) == fits);
      if (fits)
        model.push_back(step);
      else
        CHECK(v == before);
    }
    REQUIRE(v.size() == model.size());
    CHECK(v.empty() == model.empty());
    CHECK(std::vector<int>(v.begin(), v.end()) == model);
    for (std::size_t i = 0; i < model.size(); ++i) CHECK(v[i] == model[i]);
    if (!model.empty()) CHECK(v.back() == model.back());
  }
}

template <std::size_t Capacity>
void check_queue(std::uint64_t seed) {
  std::mt19937_64 random{seed};
  bounded_queue<int, Capacity> q;
  std::deque<int> model;
  for (int step = 0; step < 500; ++step) {
    auto const what = random() % 32;
    if (what == 0) {
      q.clear(), model.clear();
    } else if (what < 15 && !model.empty()) {
      q.pop(), model.pop_front();
    } else {
      bool const fits = model.size() < Capacity;
      CHECK(q.full() == !fits);
      auto const before = q;
      CHECK(q.push(step) == fits);
      if (fits)
        model.push_back(step);
      else
        CHECK(q == before);
    }
    REQUIRE(q.size() == model.size());
    CHECK(q.room() == Capacity - model.size());
    CHECK(q.empty() == model.empty());
    for (std::size_t i = 0; i < model.size(); ++i) CHECK(q[i] == model[i]);
    if (!model.empty()) CHECK((q.front() == model.front() && q.back() == model.back()));

    bounded_queue<int, Capacity> same; // laid down from the start, wherever q's elements lie by now
    for (auto const x : model) REQUIRE(same.push(x));
    CHECK(q == same);
    if (!model.empty()) {
      same.back() += 1;
      CHECK(!(q == same));
    }
  }
}

TEST_CASE("a bounded vector is a vector until it is full, and then refuses and stays as it was") {
  for (std::uint64_t seed = 0; seed < 20; ++seed)
    check_vector<1>(seed), check_vector<3>(seed), check_vector<8>(seed);
}

TEST_CASE("a bounded queue is a queue until it is full, through every wrap, whether or not its capacity is a "
          "power of two") {
  for (std::uint64_t seed = 0; seed < 20; ++seed)
    check_queue<1>(seed), check_queue<3>(seed), check_queue<4>(seed), check_queue<7>(seed);
}

TEST_CASE("two are equal when their elements are, as those see it: what lay behind the last one does not count") {
  bounded<int, 4> a, b;
  REQUIRE((a.push_back(1) && a.push_back(2) && b.push_back(1)));
  CHECK(!(a == b));
  a.pop_back();
  CHECK(a == b);
  bounded<odd_or_even, 4> c, d;
  REQUIRE((c.push_back({1}) && d.push_back({3})));
  CHECK(c == d);
  REQUIRE((c.push_back({1}) && d.push_back({2})));
  CHECK(!(c == d));
}

TEST_CASE("what the oldest refers to stays where it is while others are pushed behind it") {
  bounded_queue<int, 3> q;
  REQUIRE((q.push(1) && q.push(2)));
  q.pop();
  auto const& oldest = q.front();
  REQUIRE((q.push(3) && q.push(4)));
  CHECK(!q.push(5));
  CHECK(oldest == 2);
  CHECK(&oldest == &q.front());
}

constexpr bool holds_while_compiling() {
  bounded<int, 2> v;
  bounded_queue<int, 2> q;
  bool const pushed = v.push_back(1) && v.push_back(2) && !v.push_back(3) && q.push(1) && q.push(2) && !q.push(3);
  q.pop();
  auto const copy = q;
  return pushed && q.push(4) && q[1] == 4 && copy.size() == 1 && v[1] == 2;
}
static_assert(holds_while_compiling());

} // namespace
} // namespace quorate
