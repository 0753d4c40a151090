// Little-endian numbers in and out of raw bytes, and the checksum of everything that the write-ahead log writes.
#pragma once

#include "quorate/core/config.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace quorate::wal {

using byte_span = std::span<std::byte const>;

// As std::min and std::max, without all of <algorithm>.
template <class T> constexpr T lesser(T a, T b) { return b < a ? b : a; }
template <class T> constexpr T greater(T a, T b) { return a < b ? b : a; }

// Precondition of every call: the memory is there. (A pointer does not know: it can't be asserted.)
class byte_writer {
public:
  explicit byte_writer(std::byte* at) : at_{at} {}
  byte_writer& u8(std::uint8_t n) { return number(n, 1); }
  byte_writer& u32(std::uint32_t n) { return number(n, 4); }
  byte_writer& u64(std::uint64_t n) { return number(n, 8); }
  byte_writer& bytes(byte_span b) {
    for (auto const x : b) *at_++ = x;
    return *this;
  }

private:
  byte_writer& number(std::uint64_t n, unsigned width) {
    for (unsigned i = 0; i < width; ++i) *at_++ = static_cast<std::byte>(n >> (8 * i));
    return *this;
  }
  std::byte* at_;
};

class byte_reader {
public:
  explicit byte_reader(std::byte const* at) : at_{at} {}
  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  std::uint64_t u64() { return number(8); }
  byte_span bytes(std::size_t n) {
    at_ += n;
    return {at_ - n, n};
  }

private:
  std::uint64_t number(unsigned width) {
    std::uint64_t n = 0;
    for (unsigned i = 0; i < width; ++i) n |= std::to_integer<std::uint64_t>(*at_++) << (8 * i);
    return n;
  }
  std::byte const* at_;
};

// What a byte does to a CRC-32C. Boost has it too, at a third of what all of <vector> and <algorithm> cost.
inline constexpr auto crc_of_byte = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    auto rest = i;
    for (int bit = 0; bit < 8; ++bit) rest = rest >> 1 ^ (rest % 2 == 0 ? 0 : 0x82F63B78U);
    table[i] = rest;
  }
  return table;
}();

// CRC-32C (Castagnoli). The salt, random and kept with the store, goes in first: neither another store's
// bytes nor a client's value that imitates a record can pass for one of this store's.
class checksum {
public:
  explicit checksum(std::uint64_t salt = 0) {
    std::byte b[8];
    byte_writer{b}.u64(salt);
    add(b);
  }
  checksum& add(byte_span b) {
    for (auto const x : b) rest_ = rest_ >> 8 ^ crc_of_byte[(rest_ ^ std::to_integer<std::uint32_t>(x)) & 0xff];
    return *this;
  }
  std::uint32_t value() const { return ~rest_; }

private:
  std::uint32_t rest_ = ~std::uint32_t{0};
};

// Whether all of it is zero: what a preallocated file holds where nothing has been written.
inline bool blank(byte_span b) {
  for (auto const x : b)
    if (x != std::byte{0}) return false;
  return true;
}

} // namespace quorate::wal
