// Values for people: `append_entries{term: 3, prev_log_index: 12}`.
#pragma once

#include "quorate/core/id.hpp"
#include "quorate/core/node_set.hpp"
#include "quorate/core/payloads.hpp"
#include "quorate/message/reflect.hpp"
#include "quorate/message/vocabulary.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>

namespace quorate {

namespace detail {
inline void print_number(std::string& out, std::uint64_t n) {
  char digits[20];
  std::size_t at = sizeof digits;
  do digits[--at] = static_cast<char>('0' + n % 10);
  while ((n /= 10) != 0);
  out.append(digits + at, sizeof digits - at);
}

// Printable ASCII as it is, everything else as \xNN; so what is printed is always one line.
template <class Bytes>
void print_quoted(std::string& out, Bytes const& bytes) {
  constexpr char hex[] = "0123456789abcdef";
  out += '"';
  for (auto const b : bytes) {
    auto const c = static_cast<unsigned char>(b);
    if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\')
      out += static_cast<char>(c);
    else
      (out += "\\x") += {hex[c >> 4], hex[c & 15]};
  }
  out += '"';
}

template <class T>
concept prints_as_bytes = requires(T const& x) {
  x.data();
  x.size();
  requires std::same_as<std::remove_cvref_t<decltype(x[0])>, std::byte> ||
      std::same_as < std::remove_cvref_t<decltype(x[0])>,
  char > ;
};

template <class T>
void print_scalar(std::string& out, T const& x) {
  if constexpr (std::same_as<T, bool>) {
    out += x ? "true" : "false";
  } else if constexpr (requires { name_of(x); }) {
    out += name_of(x);
  } else if constexpr (std::is_enum_v<T>) {
    print_scalar(out, static_cast<std::underlying_type_t<T>>(x));
  } else if constexpr (std::signed_integral<T>) {
    if (x < 0) out += '-';
    auto const n = static_cast<std::uint64_t>(x);
    print_number(out, x < 0 ? 0 - n : n);
  } else {
    static_assert(std::unsigned_integral<T>,
                  "quorate: this type has no printed form: adapt the struct (BOOST_HANA_ADAPT_STRUCT with "
                  "quorate/message/hana.hpp), list its `fields`, or give its enum a name_of(e)");
    if constexpr (std::unsigned_integral<T>) print_number(out, x);
  }
}
} // namespace detail

// Appends the printed form of x to `out`:
// - a struct: its fields by name
// - a strong id or an integer: a number
// - an enum: name_of(e), if that is declared beside the enum; else a number
// - bytes and text: quoted and escaped
// - a set of nodes: {0, 2}
// - a sequence, or the records of payloads: [a, b]
// - an empty optional: `none`
template <class T>
void print(std::string& out, T const& x) {
  char const* comma = "";
  [[maybe_unused]] auto const item = [&](auto const& e) { quorate::print(out.append(comma), e), comma = ", "; };
  if constexpr (reflected<T>) {
    out.append(type_name<T>()) += '{';
    for_each_field(x, [&](std::string_view name, auto const& m) {
      out.append(comma).append(name).append(": ");
      comma = "";
      item(m);
    });
    out += '}';
  } else if constexpr (is_strong_id<T>) {
    quorate::print(out, x.value);
  } else if constexpr (requires { x.has_value(), *x; }) {
    if (x.has_value())
      item(*x);
    else
      out += "none";
  } else if constexpr (detail::prints_as_bytes<T>) {
    detail::print_quoted(out, x);
  } else if constexpr (requires { x.for_each(item); }) {
    out += std::same_as<T, payloads> ? '[' : '{';
    x.for_each(item);
    out += std::same_as<T, payloads> ? ']' : '}';
  } else if constexpr (requires { x.size(), x[0]; }) {
    out += '[';
    for (std::size_t i = 0; i < x.size(); ++i) item(static_cast<typename T::value_type const&>(x[i]));
    out += ']';
  } else {
    detail::print_scalar(out, x);
  }
}

template <class T>
std::string printed(T const& x) {
  std::string out;
  print(out, x);
  return out;
}

} // namespace quorate
