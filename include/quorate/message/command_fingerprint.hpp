// A number for what the entries of a Messages policy are made of: two builds with different numbers do not
// understand each other's entries, and must not write into one log.
#pragma once

#include "quorate/message/hash.hpp"
#include "quorate/policy/messages.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace quorate {

namespace detail {
// What a type is. These numbers go into fingerprints, and must stay.
enum class shape_kind : std::uint8_t {
  left_out = 0, // an empty extra, which takes no byte
  boolean = 1,
  character = 2,
  byte = 3,
  natural = 4,     // then its bytes
  integer = 5,     // with a sign; then its bytes
  enumeration = 6, // then its bytes and the last enumerator
  nodes = 7,       // then the capacity
  structure = 8,   // then how many fields, and of each the name and the shape
  array = 9,       // then how many elements, and their shape
  optional = 10,   // then the shape of the value
  bounded = 11,    // then the capacity, and the shape of the elements
  list = 12,       // of any length; then the shape of the elements
  records = 13,
  other = 14 // a form of the user's own; then the least bytes, and the bytes if they are fixed
};

constexpr void tell(hasher& h, shape_kind k) { h.number(static_cast<std::uint8_t>(k)); }

// shape<T>::tell(h) tells h what T is on the wire: the same on every machine and compiler.
template <class T>
struct shape {
  static constexpr void tell(hasher& h) {
    using k = shape_kind;
    if constexpr (is_strong_id<T>) {
      shape<typename T::rep>::tell(h);
    } else if constexpr (std::same_as<T, bool>) {
      detail::tell(h, k::boolean);
    } else if constexpr (std::same_as<T, char>) { // its sign is the machine's
      detail::tell(h, k::character);
    } else if constexpr (std::same_as<T, std::byte>) {
      detail::tell(h, k::byte);
    } else if constexpr (std::integral<T>) {
      detail::tell(h, std::is_signed_v<T> ? k::integer : k::natural);
      h.number(std::uint64_t{sizeof(T)});
    } else if constexpr (closed_enum<T>) {
      detail::tell(h, k::enumeration);
      h.number(std::uint64_t{sizeof(T)});
      h.number(static_cast<std::uint64_t>(last_enumerator(T{})));
    } else if constexpr (reflected<T>) {
      tell_fields(h, typename reflection<T>::values{});
    } else {
      detail::tell(h, k::other);
      h.number(std::uint64_t{wire<T>::least});
      h.number(wire<T>::fixed == variable_size ? std::uint64_t{0} : std::uint64_t{wire<T>::fixed});
    }
  }

private:
  template <class... Values>
  static constexpr void tell_fields(hasher& h, type_list<Values...>) {
    detail::tell(h, shape_kind::structure);
    h.number(std::uint64_t{sizeof...(Values)});
    [[maybe_unused]] auto const* name = &reflection<T>::names[0];
    (
        [&] {
          h.number(std::uint64_t{name->size()});
          h.bytes(name->data(), name->size());
          ++name;
          shape<Values>::tell(h);
        }(),
        ...);
  }
};

template <class Element>
struct list_shape {
  static constexpr void tell(hasher& h) {
    detail::tell(h, shape_kind::list);
    shape<Element>::tell(h);
  }
};
template <class T>
struct shape<std::vector<T>> : list_shape<T> {};
template <>
struct shape<std::string> : list_shape<char> {};
template <>
struct shape<std::string_view> : list_shape<char> {};
template <>
struct shape<std::span<std::byte const>> : list_shape<std::byte> {};

template <>
struct shape<payloads> {
  static constexpr void tell(hasher& h) { detail::tell(h, shape_kind::records); }
};
template <std::size_t Capacity>
struct shape<node_set<Capacity>> {
  static constexpr void tell(hasher& h) {
    detail::tell(h, shape_kind::nodes);
    h.number(std::uint64_t{Capacity});
  }
};
template <class T, std::size_t N>
struct shape<std::array<T, N>> {
  static constexpr void tell(hasher& h) {
    detail::tell(h, shape_kind::array);
    h.number(std::uint64_t{N});
    shape<T>::tell(h);
  }
};
template <class T>
struct shape<std::optional<T>> {
  static constexpr void tell(hasher& h) {
    detail::tell(h, shape_kind::optional);
    shape<T>::tell(h);
  }
};
template <class T, std::size_t Capacity>
struct shape<bounded<T, Capacity>> {
  static constexpr void tell(hasher& h) {
    detail::tell(h, shape_kind::bounded);
    h.number(std::uint64_t{Capacity});
    shape<T>::tell(h);
  }
};

template <class T>
inline constexpr bool has_shape = std::is_empty_v<T> || encodable<T>;

template <class Extra>
constexpr void tell_extra(hasher& h) {
  if constexpr (std::is_empty_v<Extra>)
    tell(h, shape_kind::left_out);
  else
    shape<Extra>::tell(h);
}
} // namespace detail

// The policy's own `fingerprint` if it has one. Else a hash of command, entry_extra and envelope_extra: of their
// fields' names and kinds, and of sizes and bounds. 0: one of them has no wire form, so nothing is known.
template <message_policy M>
constexpr std::uint64_t command_fingerprint() {
  using command = typename M::command;
  using entry_extra = typename M::entry_extra;
  using envelope_extra = typename M::envelope_extra;
  if constexpr (requires {
                  { M::fingerprint } -> std::convertible_to<std::uint64_t>;
                }) {
    return M::fingerprint;
  } else if constexpr (encodable<command> && detail::has_shape<entry_extra> && detail::has_shape<envelope_extra>) {
    hasher h;
    detail::shape<command>::tell(h);
    detail::tell_extra<entry_extra>(h);
    detail::tell_extra<envelope_extra>(h);
    return h.value();
  } else {
    return 0;
  }
}

} // namespace quorate
