// SipHash-2-4 (Aumasson and Bernstein, 2012): a hash whose collisions nobody can write down.
#pragma once

#include "quorate/core/config.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace quorate::service {

namespace sip_detail {

struct state {
  std::uint64_t v0, v1, v2, v3;

  constexpr void sip_round() {
    v0 += v1, v1 = std::rotl(v1, 13) ^ v0, v0 = std::rotl(v0, 32);
    v2 += v3, v3 = std::rotl(v3, 16) ^ v2;
    v0 += v3, v3 = std::rotl(v3, 21) ^ v0;
    v2 += v1, v1 = std::rotl(v1, 17) ^ v2, v2 = std::rotl(v2, 32);
  }
  constexpr void word(std::uint64_t m) {
    v3 ^= m;
    sip_round(), sip_round();
    v0 ^= m;
  }
};

constexpr std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t n = 0;
  for (std::size_t i = bytes.size(); i > 0; --i) n = n << 8 | static_cast<unsigned char>(bytes[i - 1]);
  return n;
}
// Written out, because compilers see one load in it.
constexpr std::uint64_t little_endian_word(std::string_view bytes) {
  auto const byte = [&](unsigned i) {
    return std::uint64_t{static_cast<unsigned char>(bytes.data()[i])} << (8 * i);
  };
  return byte(0) | byte(1) | byte(2) | byte(3) | byte(4) | byte(5) | byte(6) | byte(7);
}

} // namespace sip_detail

// The same on every machine. About four instructions a byte.
constexpr std::uint64_t sip_hash(std::uint64_t key0, std::uint64_t key1, std::string_view text) {
  sip_detail::state s{key0 ^ 0x736f6d6570736575, key1 ^ 0x646f72616e646f6d, key0 ^ 0x6c7967656e657261,
                      key1 ^ 0x7465646279746573};
  auto const length = std::uint64_t{text.size()} << 56;
  for (; text.size() >= 8; text.remove_prefix(8)) s.word(sip_detail::little_endian_word(text));
  s.word(length | sip_detail::little_endian(text));
  s.v2 ^= 0xff;
  s.sip_round(), s.sip_round(), s.sip_round(), s.sip_round();
  return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

} // namespace quorate::service
