// What the fuzz targets share. Each target is one function over bytes, LLVMFuzzerTestOneInput: under libFuzzer it
// is given what the fuzzer thinks up, and by replay.cpp, with any compiler, what it once found worth keeping.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <span>
#include <string_view>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#include <sanitizer/allocator_interface.h>
#define QUORATE_FUZZ_COUNTS_THE_HEAP
#endif
#endif

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

namespace quorate::fuzz {

// Also with NDEBUG. libFuzzer keeps the input of a program that aborts.
inline void must(bool holds, char const* law) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", law);
  std::abort();
}

// How many bytes the heap was ever asked for; 0 without the address sanitizer, which does the counting.
inline std::size_t heap_taken() {
#ifdef QUORATE_FUZZ_COUNTS_THE_HEAP
  static std::size_t taken = 0;
  static int const counting = __sanitizer_install_malloc_and_free_hooks(
      [](void const volatile*, std::size_t n) { taken += n; }, [](void const volatile*) {});
  must(counting != 0, "the heap is counted");
  return taken;
#else
  return 0;
#endif
}

// Bytes on the heap without one to spare, so that the address sanitizer sees whoever reads beyond them.
class input {
public:
  input(std::uint8_t const* data, std::size_t size) : size_{size}, copy_{new std::byte[size]} {
    for (std::size_t i = 0; i < size; ++i) copy_[i] = static_cast<std::byte>(data[i]);
  }
  std::span<std::byte const> bytes() const { return {copy_.get(), size_}; }
  std::string_view text() const { return {reinterpret_cast<char const*>(copy_.get()), size_}; }

private:
  std::size_t size_;
  std::unique_ptr<std::byte[]> copy_;
};

} // namespace quorate::fuzz
