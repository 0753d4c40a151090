// A value becomes bytes, and bytes become a value again. Every byte to decode may be hostile. If it is wrong, the
// result is an error value. Nothing outside the input is read. The memory that is allocated is bounded by the size
// of the input.
#pragma once

#include "quorate/message/wire_compound.hpp"
#include "quorate/message/wire_owned.hpp"

#include <concepts>
#include <cstddef>
#include <span>
#include <vector>

namespace quorate {

// A byte_sink that appends to a vector. Precondition of encoding into it: nothing that is encoded borrows from it.
// (A value does not say where its bytes lie: it can't be asserted.)
class appender {
public:
  explicit appender(std::vector<std::byte>& into) : into_{&into} {}

  [[nodiscard]] bool claim(std::size_t n, std::byte*& at) {
    auto const size = into_->size();
    if (n > into_->max_size() - size) return false;
    into_->resize(size + n);
    at = into_->data() + size;
    return true;
  }

private:
  std::vector<std::byte>* into_;
};

// How many bytes x takes.
template <class T>
constexpr std::size_t encoded_size(T const& x) {
  wire<T>::unfit::tell();
  if constexpr (encodable<T>)
    return wire<T>::size(x);
  else
    return 0;
}

// Appends x to `out`: the whole of it, or nothing and false. False: it does not fit, or a length is above 2^32-1.
template <class T, byte_sink Out>
[[nodiscard]] constexpr bool encode(T const& x, Out& out) {
  auto const n = encoded_size(x);
  detail::storer to{};
  if (n == variable_size || !out.claim(n, to.at)) return false;
  if constexpr (encodable<T>) wire<T>::put(to, x);
  return true;
}

// Reads a T from the front of `in`. After an error x has a valid but unspecified value, and so has the place
// of `in`. Spans, string_views and payloads in x borrow from what `in` reads.
template <class T>
[[nodiscard]] constexpr decode_error decode(reader& in, T& x) {
  wire<T>::unfit::tell();
  if constexpr (encodable<T>)
    return detail::get(in, x);
  else
    return decode_error::bad_value;
}

// The same for bytes that hold one T and nothing else.
template <class T>
[[nodiscard]] constexpr decode_error decode_all(std::span<std::byte const> bytes, T& x) {
  reader in{bytes};
  if (auto const bad = decode(in, x); bad != decode_error::none) return bad;
  return in.remaining() == 0 ? decode_error::none : decode_error::trailing;
}

// A value, of no meaning unless `error` is none.
template <class T>
struct decoded {
  static_assert(std::default_initializable<T>, "quorate: a type to be decoded needs a default constructor");
  T value{};
  decode_error error{};

  constexpr explicit operator bool() const { return error == decode_error::none; }
};

template <class T>
[[nodiscard]] constexpr decoded<T> decode(reader& in) {
  decoded<T> d;
  d.error = decode(in, d.value);
  return d;
}
template <class T>
[[nodiscard]] constexpr decoded<T> decode_all(std::span<std::byte const> bytes) {
  decoded<T> d;
  d.error = decode_all(bytes, d.value);
  return d;
}

} // namespace quorate
