// A hash of a value, of any type that the codec can encode. The same for equal values, on every machine and
// compiler and in every run; not for keys that an adversary chooses.
#pragma once

#include "quorate/message/codec.hpp"

#include <cstddef>
#include <cstdint>

namespace quorate {

// Takes a value's numbers as the codec writes them, in order, each widened to 64 bits; bytes count as numbers
// of eight bytes, little-endian, the last one filled up with zeros.
// Each number w: h = (h ^ w) * 0x9e3779b97f4a7c15, h ^= h >> 32.
class hasher {
public:
  template <std::unsigned_integral U>
  constexpr void number(U w) {
    state_ = (state_ ^ w) * 0x9e37'79b9'7f4a'7c15U;
    state_ ^= state_ >> 32;
  }
  template <detail::byte_like B>
  constexpr void bytes(B const* from, std::size_t n) {
    for (; n > 0; from += n < 8 ? n : 8, n -= n < 8 ? n : 8) {
      std::byte word[8]{};
      detail::copy_bytes(word, from, n < 8 ? n : 8);
      number(detail::load<std::uint64_t>(word));
    }
  }
  // The state h, stirred: h ^= h >> 29, h *= 0xbf58476d1ce4e5b9, h ^= h >> 32.
  constexpr std::uint64_t value() const {
    auto h = state_ ^ state_ >> 29;
    h *= 0xbf58'476d'1ce4'e5b9U;
    return h ^ h >> 32;
  }

private:
  std::uint64_t state_ = 0x7175'6f72'6174'6531U; // "quorate1"
};

template <class T>
constexpr std::uint64_t hash(T const& x) {
  wire<T>::unfit::tell();
  hasher h;
  if constexpr (encodable<T>) wire<T>::put(h, x);
  return h.value();
}

} // namespace quorate
