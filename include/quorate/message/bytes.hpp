// The two ends of the codec: what bytes are read from and what they are written to, and what can be wrong
// with them.
#pragma once

#include "quorate/core/config.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

namespace quorate {

enum class decode_error : std::uint8_t {
  none,
  truncated,       // the bytes end before the value does
  oversized,       // more elements than the type has room for
  bad_value,       // a bool, an enum, a set of nodes or an entry that no encoder writes
  unknown_version, // of a frame
  unknown_type,    // of a message
  trailing,        // bytes are left after the value
  doubted,         // a message that no honest peer says
};
inline constexpr decode_error last_enumerator(decode_error) { return decode_error::doubted; }
constexpr char const* name_of(decode_error e) {
  switch (e) {
  case decode_error::none: return "none";
  case decode_error::truncated: return "truncated";
  case decode_error::oversized: return "oversized";
  case decode_error::bad_value: return "bad_value";
  case decode_error::unknown_version: return "unknown_version";
  case decode_error::unknown_type: return "unknown_type";
  case decode_error::trailing: return "trailing";
  case decode_error::doubted: return "doubted";
  }
  return "unknown";
}
// The same for people.
constexpr char const* text(decode_error e) {
  switch (e) {
  case decode_error::none: return "no error";
  case decode_error::truncated: return "the bytes end before the value does";
  case decode_error::oversized: return "more elements than the type has room for";
  case decode_error::bad_value: return "a value that no encoder writes";
  case decode_error::unknown_version: return "a frame of an unknown version";
  case decode_error::unknown_type: return "a message of an unknown type";
  case decode_error::trailing: return "bytes are left after the value";
  case decode_error::doubted: return "a message that no honest peer says";
  }
  return "unknown error";
}

// Reads from borrowed bytes, front to back, and never outside them.
class reader {
public:
  using bytes = std::span<std::byte const>;

  constexpr explicit reader(bytes from) : rest_{from} {}

  constexpr bytes rest() const { return rest_; } // what has not been read
  constexpr std::size_t remaining() const { return rest_.size(); }

  // The next n bytes into `out`; false, and nothing is read, if there are fewer.
  [[nodiscard]] constexpr bool take(std::size_t n, bytes& out) {
    if (n > rest_.size()) return false;
    out = rest_.first(n);
    rest_ = rest_.subspan(n);
    return true;
  }

private:
  bytes rest_;
};

// What a value is encoded into. claim(n, at) makes room for n more bytes and points `at` to it, or says
// false; the encoder then fills all n.
template <class S>
concept byte_sink = requires(S& s, std::size_t n, std::byte*& at) {
  { s.claim(n, at) } -> std::same_as<bool>;
};

// Writes into the caller's bytes, front to back, and never outside them. What does not fit is not written at
// all, and neither is anything after it, so that one look at overflowed() at the end is enough.
class writer {
public:
  constexpr explicit writer(std::span<std::byte> into) : into_{into} {}

  [[nodiscard]] constexpr bool claim(std::size_t n, std::byte*& at) {
    if (overflowed_ || n > into_.size() - size_) {
      overflowed_ = true;
      return false;
    }
    at = into_.data() + size_;
    size_ += n;
    return true;
  }
  constexpr bool overflowed() const { return overflowed_; }
  constexpr std::size_t size() const { return size_; }
  constexpr std::span<std::byte const> written() const { return into_.first(size_); }

private:
  std::span<std::byte> into_;
  std::size_t size_ = 0;
  bool overflowed_ = false;
};

} // namespace quorate
