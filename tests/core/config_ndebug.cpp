// Assertions under NDEBUG: nothing is evaluated, and nothing is unused.
#include "quorate/core/config.hpp"

#ifndef NDEBUG
#error "this file is compiled with NDEBUG"
#endif

#include "quorate/core/bounded.hpp"
#include "quorate/core/id.hpp"

#include <doctest/doctest.h>

namespace quorate {
namespace {

static_assert(!asserts);

constexpr int half(int n) {
  bool const even = n % 2 == 0; // used by the assertion alone
  QUORATE_ASSERT(even, "half of ", n, " is none");
  return n / 2;
}
static_assert(half(5) == 2, "a constant does not hear of it either");

TEST_CASE("neither the condition nor a part is evaluated") {
  int evaluated = 0;
  QUORATE_ASSERT(++evaluated > 10, "this is ", ++evaluated);
  QUORATE_ASSERT(++evaluated > 10);
  CHECK(evaluated == 0);
  CHECK(log_index{3} - 2 == log_index{1});
}

} // namespace
} // namespace quorate
