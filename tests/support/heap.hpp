// What this program has asked of the heap, through either of its doors; heap.cpp, in the same program, replaces
// them.
#pragma once

#include <cstddef>

namespace quorate::test {

struct heap_calls {
  std::size_t news = 0;    // operator new, in all its forms
  std::size_t mallocs = 0; // malloc, calloc, realloc and the aligned ones, by whoever called them

  friend bool operator==(heap_calls const&, heap_calls const&) = default;
  friend heap_calls operator-(heap_calls a, heap_calls b) { return {a.news - b.news, a.mallocs - b.mallocs}; }
};

heap_calls heap_calls_so_far();

} // namespace quorate::test
