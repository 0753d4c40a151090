// Both doors to the heap, counting. operator new goes past malloc, so that each call is counted once. A file of
// its own, so that a compiler can't inline half of it and warn of the other half.
#include "heap.hpp"

#include <cerrno>
#include <cstdlib>
#include <new>

// What glibc's own doors lead to.
extern "C" {
void* __libc_malloc(std::size_t) noexcept;
void* __libc_calloc(std::size_t, std::size_t) noexcept;
void* __libc_realloc(void*, std::size_t) noexcept;
void* __libc_memalign(std::size_t, std::size_t) noexcept;
void __libc_free(void*) noexcept;
}

namespace {

quorate::test::heap_calls made;

void* take_malloc(void* p) {
  ++made.mallocs;
  return p;
}
void* take_new(void* p) {
  ++made.news;
  if (p == nullptr) std::abort();
  return p;
}

} // namespace

quorate::test::heap_calls quorate::test::heap_calls_so_far() { return made; }

extern "C" {
void* malloc(std::size_t n) noexcept { return take_malloc(__libc_malloc(n)); }
void* calloc(std::size_t n, std::size_t size) noexcept { return take_malloc(__libc_calloc(n, size)); }
void* realloc(void* p, std::size_t n) noexcept { return take_malloc(__libc_realloc(p, n)); }
void* memalign(std::size_t to, std::size_t n) noexcept { return take_malloc(__libc_memalign(to, n)); }
void* aligned_alloc(std::size_t to, std::size_t n) noexcept { return take_malloc(__libc_memalign(to, n)); }
int posix_memalign(void** out, std::size_t to, std::size_t n) noexcept {
  *out = take_malloc(__libc_memalign(to, n));
  return *out == nullptr ? ENOMEM : 0;
}
void free(void* p) noexcept { __libc_free(p); }
}

void* operator new(std::size_t n) { return take_new(__libc_malloc(n)); }
void* operator new[](std::size_t n) { return take_new(__libc_malloc(n)); }
void* operator new(std::size_t n, std::align_val_t to) {
  return take_new(__libc_memalign(static_cast<std::size_t>(to), n));
}
void* operator new[](std::size_t n, std::align_val_t to) {
  return take_new(__libc_memalign(static_cast<std::size_t>(to), n));
}
void operator delete(void* p) noexcept { __libc_free(p); }
void operator delete[](void* p) noexcept { __libc_free(p); }
void operator delete(void* p, std::size_t) noexcept { __libc_free(p); }
void operator delete[](void* p, std::size_t) noexcept { __libc_free(p); }
void operator delete(void* p, std::align_val_t) noexcept { __libc_free(p); }
void operator delete[](void* p, std::align_val_t) noexcept { __libc_free(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { __libc_free(p); }
void operator delete[](void* p, std::size_t, std::align_val_t) noexcept { __libc_free(p); }
