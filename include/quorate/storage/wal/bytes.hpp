// Little-endian numbers in and out of raw bytes, and the checksum of everything that the write-ahead log writes.
#pragma once

#include "quorate/core/config.hpp"

#if !__has_include(<boost/crc.hpp>)
#error "quorate/storage/file_wal.hpp needs Boost's headers: Debian's libboost-dev; in CMake link Boost::headers"
#endif
#include <boost/crc.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace quorate::wal {

using byte_span = std::span<std::byte const>;

// Precondition of every call: the memory is there. (A pointer does not know: it can't be asserted.)
class byte_writer {
public:
  explicit byte_writer(std::byte* at) : at_{at} {}
  byte_writer& u8(std::uint8_t n) { return number(n, 1); }
  byte_writer& u16(std::uint16_t n) { return number(n, 2); }
  byte_writer& u32(std::uint32_t n) { return number(n, 4); }
  byte_writer& u64(std::uint64_t n) { return number(n, 8); }
  byte_writer& bytes(byte_span b) {
    at_ = std::copy(b.begin(), b.end(), at_);
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
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
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
    crc_.process_bytes(b.data(), b.size());
    return *this;
  }
  std::uint32_t value() const { return static_cast<std::uint32_t>(crc_.checksum()); }

private:
  boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc_;
};

// Whether all of it is zero: what a preallocated file holds where nothing has been written.
inline bool blank(byte_span b) {
  return std::all_of(b.begin(), b.end(), [](std::byte x) { return x == std::byte{0}; });
}
// One past the last byte that is not zero; 0 if there is none.
inline std::uint64_t written_end(byte_span b) {
  auto n = b.size();
  while (n > 0 && b[n - 1] == std::byte{0}) --n;
  return n;
}

} // namespace quorate::wal
