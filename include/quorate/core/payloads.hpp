// The bytes of a run of entries: a borrowed view of records laid end to end, each a 4-byte little-endian length
// and that many bytes. Storage, messages and transport all use this one form, so moving a run is one copy.
#pragma once

#include "quorate/core/config.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>

namespace quorate {

class payloads {
public:
  using bytes = std::span<std::byte const>;
  static constexpr std::size_t prefix = 4;

  payloads() = default;

  // A view of `count` records in `whole`; nothing if they do not fill it exactly. Reads no byte outside `whole`,
  // whatever the lengths in it claim. Time is linear in count.
  static std::optional<payloads> parse(bytes whole, std::uint32_t count) {
    std::size_t at = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
      if (whole.size() - at < prefix) return std::nullopt;
      auto const n = length_at(whole.data() + at);
      at += prefix;
      if (whole.size() - at < n) return std::nullopt;
      at += n;
    }
    if (at != whole.size()) return std::nullopt;
    return payloads{whole, count};
  }
  // The same without the walk. Precondition: `whole` is exactly `count` records.
  static payloads trusted(bytes whole, std::uint32_t count) {
    QUORATE_ASSERT(parse(whole, count).has_value(), "payloads: ", whole.size(), " bytes are not ", count,
                   " records");
    return {whole, count};
  }

  std::uint32_t count() const { return count_; }
  bytes whole() const { return whole_; }

  // The first record's bytes. Precondition: count() > 0.
  bytes front() const {
    QUORATE_ASSERT(count_ > 0, "payloads: front() of none");
    return whole_.subspan(prefix, length_at(whole_.data()));
  }

  // All but the first n records. Precondition: n <= count(). Linear in n.
  payloads drop(std::uint32_t n) const { return {whole_.subspan(size_of(n)), count_ - n}; }
  // The first n records. Precondition: n <= count(). Linear in n.
  payloads take(std::uint32_t n) const { return n == count_ ? *this : payloads{whole_.first(size_of(n)), n}; }

  // As many of the first records as take at most so many bytes, and one in any case. Linear in what it gives, if
  // that is not all. Precondition: count() > 0.
  payloads within(std::size_t most) const {
    QUORATE_ASSERT(count_ > 0, "payloads: within() of none");
    if (whole_.size() <= most) return *this;
    auto size = prefix + length_at(whole_.data());
    std::uint32_t n = 1;
    for (; n < count_; ++n) {
      auto const next = size + prefix + length_at(whole_.data() + size);
      if (next > most) break;
      size = next;
    }
    return {whole_.first(size), n};
  }

  // Calls f(bytes) for each record, in order.
  template <class F>
  void for_each(F&& f) const {
    auto const* at = whole_.data();
    for (std::uint32_t i = 0; i < count_; ++i) {
      auto const n = length_at(at);
      f(bytes{at + prefix, n});
      at += prefix + n;
    }
  }

  static std::uint32_t length_at(std::byte const* at) {
    return std::to_integer<std::uint32_t>(at[0]) | std::to_integer<std::uint32_t>(at[1]) << 8 |
           std::to_integer<std::uint32_t>(at[2]) << 16 | std::to_integer<std::uint32_t>(at[3]) << 24;
  }
  static void put_length(std::byte* at, std::uint32_t n) {
    if constexpr (std::endian::native == std::endian::little)
      std::memcpy(at, &n, prefix);
    else
      for (std::size_t i = 0; i < prefix; ++i) at[i] = static_cast<std::byte>(n >> (8 * i));
  }

  // Copies records. One small command is copied without a call.
  static void copy(std::byte* to, bytes from) {
    struct piece {
      std::byte bytes[16];
    };
    auto const n = from.size();
    if (n >= sizeof(piece) && n <= 2 * sizeof(piece)) {
      piece first, last; // which overlap
      std::memcpy(&first, from.data(), sizeof(piece));
      std::memcpy(&last, from.data() + n - sizeof(piece), sizeof(piece));
      std::memcpy(to, &first, sizeof(piece));
      std::memcpy(to + n - sizeof(piece), &last, sizeof(piece));
    } else if (n > 0) {
      std::memcpy(to, from.data(), n);
    }
  }

private:
  payloads(bytes whole, std::uint32_t count) : whole_{whole}, count_{count} {}
  std::size_t size_of(std::uint32_t n) const {
    QUORATE_ASSERT(n <= count_, "payloads: ", n, " records of ", count_);
    std::size_t at = 0;
    for (std::uint32_t i = 0; i < n; ++i) at += prefix + length_at(whole_.data() + at);
    return at;
  }

  bytes whole_{};
  std::uint32_t count_ = 0;
};

} // namespace quorate
