// The global operator new, counting: the tests of what a peer can make us allocate ask here.
#include <algorithm>
#include <cstdlib>
#include <new>

#include <malloc.h>

namespace {
std::size_t live = 0;
std::size_t largest = 0;
} // namespace

namespace quorate::test {
std::size_t heap_live_bytes() { return live; }
std::size_t heap_largest_since_reset() { return largest; }
void heap_reset() { largest = 0; }
} // namespace quorate::test

// Clang's thread sanitizer has its own, which can't be replaced: with it nothing is counted.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define QUORATE_TEST_HEAP_IS_NOT_OURS
#endif
#endif

#ifndef QUORATE_TEST_HEAP_IS_NOT_OURS
namespace {
void* take(std::size_t n) {
  void* const p = std::malloc(n);
  if (!p) throw std::bad_alloc{};
  live += malloc_usable_size(p);
  largest = std::max(largest, n);
  return p;
}

void give(void* p) noexcept {
  if (p) live -= malloc_usable_size(p);
  std::free(p);
}
} // namespace

void* operator new(std::size_t n) { return take(n); }
void* operator new[](std::size_t n) { return take(n); }
void operator delete(void* p) noexcept { give(p); }
void operator delete[](void* p) noexcept { give(p); }
void operator delete(void* p, std::size_t) noexcept { give(p); }
void operator delete[](void* p, std::size_t) noexcept { give(p); }
#endif
