// The wire form of single values: fixed width, little-endian. `wire<T>` says how one T becomes bytes and comes
// back; wire_compound.hpp says it for structs, arrays and what has a length. To give a type of one's own a form,
// adapt it (hana.hpp) or list its fields; specialise `wire` only when it is no struct of encodable fields.
//
// | member      | means                                                                                     |
// | unfit       | detail::fit, or why there is no wire form: detail::unfit<reason, the type at fault>       |
// | fixed       | how many bytes every value takes, or `variable_size`                                      |
// | least       | the fewest bytes that a value takes                                                       |
// | size(x)     | how many bytes x takes, or `variable_size` if it can't be encoded (a length above 2^32-1) |
// | put(out, x) | exactly size(x) bytes to `out`, by out.number(unsigned) and out.bytes(pointer, n)         |
// | load(at, x) | of fixed size only: x from `fixed` bytes at `at`; returns a decode_error                  |
// | get(in, x)  | of variable size only: x from a reader; returns a decode_error                            |
#pragma once

#include "quorate/core/id.hpp"
#include "quorate/core/node_set.hpp"
#include "quorate/message/bytes.hpp"

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace quorate {

inline constexpr std::size_t variable_size = ~std::size_t{0};

namespace detail {
enum class reason : std::uint8_t { no_form, open_enum, empty_elements };

struct fit {
  static consteval void tell() {}
};
template <reason Why, class Culprit>
struct unfit { // the compiler names Culprit in its notes to these sentences
  static consteval void tell() {
    static_assert(Why != reason::open_enum,
                  "quorate: an enum on the wire needs a last enumerator, found beside it: `constexpr E "
                  "last_enumerator(E) { return E::the_last; }`: values above it are refused when decoding");
    static_assert(Why != reason::empty_elements,
                  "quorate: the elements of a vector must take at least one byte each on the wire, or a few bytes "
                  "could claim billions of them: send their number instead");
    static_assert(
        Why != reason::no_form,
        "quorate: this type has no wire form: use integers of fixed width, bool, enums, strong ids, arrays, "
        "optionals, vectors, strings, borrowed bytes, or structs of these that are adapted "
        "(BOOST_HANA_ADAPT_STRUCT with quorate/message/hana.hpp) or list their `fields`");
  }
};

// The first that is not `fit`.
template <class... Us>
struct first_unfit {
  using type = fit;
};
template <class U, class... Us>
struct first_unfit<U, Us...> {
  using type = U;
};
template <class... Us>
struct first_unfit<fit, Us...> : first_unfit<Us...> {};

// A sum in which `variable_size` is more than anything.
constexpr std::size_t add_sizes(std::size_t a, std::size_t b) {
  return a > variable_size - b ? variable_size : a + b;
}

template <std::unsigned_integral U>
constexpr void store(std::byte* at, U v) {
  if (std::is_constant_evaluated() || std::endian::native != std::endian::little) {
    for (std::size_t i = 0; i < sizeof(U); ++i) at[i] = static_cast<std::byte>(v >> (8 * i));
  } else {
    std::memcpy(at, &v, sizeof(U)); // one plain store
  }
}
template <std::unsigned_integral U>
constexpr U load(std::byte const* at) {
  U v{};
  if (std::is_constant_evaluated() || std::endian::native != std::endian::little) {
    for (std::size_t i = 0; i < sizeof(U); ++i)
      v = static_cast<U>(v | static_cast<U>(static_cast<U>(at[i]) << (8 * i)));
  } else {
    std::memcpy(&v, at, sizeof(U));
  }
  return v;
}

// Values of one byte of which any is legal: many of them are moved as one piece.
template <class T>
concept byte_like = std::same_as<T, std::byte> || std::same_as<T, char> || std::same_as<T, unsigned char> ||
    std::same_as<T, signed char>;

template <byte_like To, byte_like From>
constexpr void copy_bytes(To* to, From const* from, std::size_t n) {
  if (std::is_constant_evaluated()) {
    for (std::size_t i = 0; i < n; ++i) to[i] = static_cast<To>(from[i]);
  } else if (n != 0) { // no null pointers to memcpy
    std::memcpy(to, from, n);
  }
}

// Where `put` writes once the room has been claimed: straight stores, no check.
struct storer {
  std::byte* at{};

  template <std::unsigned_integral U>
  constexpr void number(U v) {
    store(at, v);
    at += sizeof(U);
  }
  template <byte_like B>
  constexpr void bytes(B const* from, std::size_t n) {
    copy_bytes(at, from, n);
    at += n;
  }
};

template <class E>
concept closed_enum = std::is_enum_v<E> && requires(E e) {
  { last_enumerator(e) } -> std::same_as<E>;
};

template <class T>
concept wire_integer = std::integral<T> && !std::same_as<T, bool> && sizeof(T) <= 8;

// What the forms of a fixed size share.
template <std::size_t Size>
struct fixed_form {
  using unfit = fit;
  static constexpr std::size_t fixed = Size;
  static constexpr std::size_t least = Size;
  template <class T>
  static constexpr std::size_t size(T const&) {
    return Size;
  }
};
} // namespace detail

template <class T>
struct wire { // no form
  using unfit = detail::unfit<std::is_enum_v<T> ? detail::reason::open_enum : detail::reason::no_form, T>;
  static constexpr std::size_t fixed = variable_size;
  static constexpr std::size_t least = 1;
};

template <class T>
concept encodable = std::same_as<typename wire<T>::unfit, detail::fit>;

// How many bytes each value of T takes; `variable_size` if that is not the same for all.
template <class T>
inline constexpr std::size_t fixed_size = wire<T>::fixed;

template <detail::wire_integer T>
struct wire<T> : detail::fixed_form<sizeof(T)> {
  using number = std::make_unsigned_t<T>;
  template <class Out>
  static constexpr void put(Out& out, T x) {
    out.number(static_cast<number>(x));
  }
  static constexpr decode_error load(std::byte const* at, T& x) {
    x = static_cast<T>(detail::load<number>(at));
    return decode_error::none;
  }
};

template <>
struct wire<bool> : detail::fixed_form<1> {
  template <class Out>
  static constexpr void put(Out& out, bool x) {
    out.number(static_cast<std::uint8_t>(x ? 1 : 0));
  }
  static constexpr decode_error load(std::byte const* at, bool& x) {
    if (*at > std::byte{1}) return decode_error::bad_value;
    x = *at == std::byte{1};
    return decode_error::none;
  }
};

template <>
struct wire<std::byte> : detail::fixed_form<1> {
  template <class Out>
  static constexpr void put(Out& out, std::byte x) {
    out.number(static_cast<std::uint8_t>(x));
  }
  static constexpr decode_error load(std::byte const* at, std::byte& x) {
    x = *at;
    return decode_error::none;
  }
};

// An enum whose enumerators run from 0 to last_enumerator(E{}).
template <detail::closed_enum E>
struct wire<E> : detail::fixed_form<sizeof(E)> {
  using number = std::make_unsigned_t<std::underlying_type_t<E>>;
  template <class Out>
  static constexpr void put(Out& out, E x) {
    out.number(static_cast<number>(x));
  }
  static constexpr decode_error load(std::byte const* at, E& x) {
    auto const v = detail::load<number>(at);
    if (v > static_cast<number>(last_enumerator(E{}))) return decode_error::bad_value;
    x = static_cast<E>(v);
    return decode_error::none;
  }
};

template <class T>
requires is_strong_id<T>
struct wire<T> : wire<typename T::rep> {
  using base = wire<typename T::rep>;
  static constexpr std::size_t size(T) { return base::fixed; }
  template <class Out>
  static constexpr void put(Out& out, T x) {
    base::put(out, x.value);
  }
  static constexpr decode_error load(std::byte const* at, T& x) { return base::load(at, x.value); }
};

// A set of nodes as its bits; bits of nodes that can't be members are refused.
template <std::size_t Capacity>
struct wire<node_set<Capacity>> : detail::fixed_form<sizeof(typename node_set<Capacity>::word)> {
  using word = typename node_set<Capacity>::word;
  template <class Out>
  static constexpr void put(Out& out, node_set<Capacity> x) {
    out.number(x.bits);
  }
  static constexpr decode_error load(std::byte const* at, node_set<Capacity>& x) {
    auto const bits = detail::load<word>(at);
    if ((bits & ~node_set<Capacity>::first(Capacity).bits) != 0) return decode_error::bad_value;
    x.bits = bits;
    return decode_error::none;
  }
};

} // namespace quorate
