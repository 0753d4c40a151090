// For tests that go through all numbers of an options struct, each with 0, 1, the default and the largest.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

namespace quorate::test {

// 0, 1, the default and the largest that the number's type can hold.
template <class Number>
std::vector<Number> tried_values(Number as_usual) {
  return {Number{0}, Number{1}, as_usual, std::numeric_limits<Number>::max()};
}

} // namespace quorate::test
