// A message on the wire: a byte for the version of the set, a byte for the message's place in it, and its fields.
#pragma once

#include "quorate/message/codec.hpp"
#include "quorate/message/set.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

namespace quorate {

// A message_set whose frames say another version than 1, for a protocol whose messages have changed.
template <std::uint8_t Version, class Set>
struct versioned : Set {
  static constexpr std::uint8_t version = Version;
};

inline constexpr std::size_t frame_prefix = 2;

// How many bytes the frame of m takes.
template <class M>
constexpr std::size_t encoded_message_size(M const& m) {
  return detail::add_sizes(frame_prefix, encoded_size(m));
}

// Appends the frame of m, a message of Set: the whole of it, or nothing and false, as `encode` does.
template <class Set, class M, byte_sink Out>
[[nodiscard]] constexpr bool encode_message(Set, M const& m, Out& out) {
  constexpr auto type = static_cast<std::uint8_t>(Set::template index_of<M>);
  auto const n = encoded_message_size(m);
  detail::storer to{};
  if (n == variable_size || !out.claim(n, to.at)) return false;
  to.number(Set::version);
  to.number(type);
  if constexpr (encodable<M>) wire<M>::put(to, m);
  return true;
}

namespace detail {
template <class M, class Visitor>
constexpr decode_error visit_decoded(std::span<std::byte const> fields, Visitor& visitor) {
  M m{};
  auto const e = decode_all(fields, m);
  if (e == decode_error::none) visitor(static_cast<M const&>(m));
  return e;
}

template <class... Ms, class Visitor>
constexpr decode_error dispatch(message_set<Ms...> const*, std::size_t type, std::span<std::byte const> fields,
                                Visitor& visitor) {
  auto e = decode_error::unknown_type;
  std::size_t place = 0;
  (void)((place++ == type && (e = visit_decoded<Ms>(fields, visitor), true)) || ...);
  return e;
}
} // namespace detail

// Decodes one whole frame and calls visitor(M const&) with the message, once, or not at all when the result
// is not `none`. The message may borrow from `bytes`.
template <class Set, class Visitor>
[[nodiscard]] constexpr decode_error decode_message(std::span<std::byte const> bytes, Visitor&& visitor) {
  if (bytes.size() < frame_prefix) return decode_error::truncated;
  if (std::to_integer<std::uint8_t>(bytes[0]) != Set::version) return decode_error::unknown_version;
  auto const type = std::to_integer<std::size_t>(bytes[1]);
  return detail::dispatch(static_cast<Set const*>(nullptr), type, bytes.subspan(frame_prefix), visitor);
}

} // namespace quorate
