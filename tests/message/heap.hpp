// What operator new has been asked for in this program (heap.cpp).
#pragma once

#include <cstddef>

namespace heap {
extern std::size_t allocations;
extern std::size_t allocated; // bytes, ever
} // namespace heap
