#include "quorate/history/memo.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace quorate::test {
namespace {

using words = std::vector<std::uint64_t>;

// All with one hash, as if everything collided.
struct memory {
  check::history_detail::memo<int> of;
  bool visit(int state, std::size_t first, words const& done, words const& used) {
    return of.visit(7, state, {first, done}, used);
  }
};

TEST_CASE("a configuration is known when it was visited, and not because its hash was") {
  memory m;
  CHECK(m.visit(1, 2, {5}, {0}));
  CHECK_FALSE(m.visit(1, 2, {5}, {0}));
  CHECK(m.visit(2, 2, {5}, {0}));
  CHECK(m.visit(1, 3, {5}, {0}));
  CHECK(m.visit(1, 2, {6}, {0}));
  CHECK(m.visit(1, 2, {5, 1}, {0}));
  CHECK(m.visit(1, 2, {}, {0}));
  for (auto const state : {1, 2}) CHECK_FALSE(m.visit(state, 2, {5}, {0}));
}

TEST_CASE("who used more of the unanswered is known, who used fewer or others is not") {
  memory m;
  CHECK(m.visit(1, 0, {1}, {0b0110, 0b1}));
  CHECK_FALSE(m.visit(1, 0, {1}, {0b0111, 0b1}));
  CHECK_FALSE(m.visit(1, 0, {1}, {0b0110, 0b11}));
  CHECK(m.visit(1, 0, {1}, {0b1010, 0b1}));
  CHECK(m.visit(1, 0, {1}, {0b0110, 0b0}));
  CHECK_FALSE(m.visit(1, 0, {1}, {0b0110, 0b1}));
  CHECK_FALSE(m.visit(1, 0, {1}, {0b1010, 0b1}));
}

TEST_CASE("nothing is forgotten when the table grows, and it takes some words each") {
  memory m;
  for (int state = 0; state < 500; ++state) CHECK(m.visit(state, 0, {1}, {}));
  for (int state = 0; state < 500; ++state) CHECK_FALSE(m.visit(state, 0, {1}, {}));
  CHECK(m.of.bytes() < 500 * 150);
}

} // namespace
} // namespace quorate::test
