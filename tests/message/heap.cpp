// A file of its own, so that a compiler can't inline half of it and warn of the other half.
#include "heap.hpp"

#include <cstdlib>
#include <new>

namespace heap {
std::size_t allocations = 0;
std::size_t allocated = 0;
} // namespace heap

// Clang's thread sanitizer has its own, which can't be replaced: with it nothing is counted.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define QUORATE_TEST_HEAP_IS_NOT_OURS
#endif
#endif

#ifndef QUORATE_TEST_HEAP_IS_NOT_OURS
void* operator new(std::size_t n) {
  ++heap::allocations;
  heap::allocated += n;
  if (auto* p = std::malloc(n == 0 ? 1 : n)) return p;
  std::abort();
}
void* operator new[](std::size_t n) { return operator new(n); }
void operator delete(void* p) noexcept { std::free(p); }
void operator delete[](void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
void operator delete[](void* p, std::size_t) noexcept { std::free(p); }
#endif
