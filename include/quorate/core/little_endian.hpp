// Numbers of a form that storages and cores read, byte by byte, also while compiling.
#pragma once

#include "quorate/core/standard.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace quorate::little_endian {

// Calls put(byte) for each of the `size` lowest bytes. Neither is inlined: what is read and written so is read and
// written once.
template <class Put>
[[gnu::cold, gnu::noinline]] constexpr void put(Put& out, std::uint64_t value, unsigned size) {
  for (unsigned i = 0; i < size; ++i) out(static_cast<std::byte>(value >> (8 * i)));
}
// Precondition: `size` bytes are there from `at` on.
[[gnu::cold, gnu::noinline]] constexpr std::uint64_t get(std::span<std::byte const> bytes, std::size_t at,
                                                         unsigned size) {
  std::uint64_t value = 0;
  for (unsigned i = 0; i < size; ++i) value |= std::to_integer<std::uint64_t>(bytes[at + i]) << (8 * i);
  return value;
}

} // namespace quorate::little_endian
