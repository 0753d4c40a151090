// Counts the program's calls of operator new. To be included by its one file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

inline std::uint64_t heap_calls = 0;
[[gnu::noinline]] void* operator new(std::size_t n) {
  ++heap_calls;
  if (void* p = std::malloc(n)) return p;
  std::abort();
}
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept { std::free(p); }
