// The parts of a sentence about values: words, numbers, names of nodes. Kept as they are, and made into text only
// when somebody reads it. Includes nothing of quorate that asserts, so that a QUORATE_ASSERT of your own may use
// it.
#pragma once

#include "quorate/core/standard.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace quorate {

template <class Tag, class Rep>
struct strong_id;
template <std::size_t Capacity>
struct node_set;
struct node_index_tag;
struct member_tag;
struct ballot;
struct peer;

// One part: a literal or a number, so that it can be kept without a heap.
struct part {
  enum class form : std::uint8_t { text, number, negative, node, nodes, ballot };
  form is = form::text;
  char const* literal = "";
  std::uint64_t number = 0; // of a text: its length
};

namespace detail {

template <class T>
inline constexpr bool names_node = false;
template <class Rep>
inline constexpr bool names_node<strong_id<node_index_tag, Rep>> = true;
template <class T>
inline constexpr bool names_member = false;
template <class Rep>
inline constexpr bool names_member<strong_id<member_tag, Rep>> = true;
template <class T>
inline constexpr bool names_nodes = false;
template <std::size_t Capacity>
inline constexpr bool names_nodes<node_set<Capacity>> = true;

template <class T>
constexpr part part_of_number(T const& x) {
  if constexpr (std::is_signed_v<T>)
    if (x < 0) return {part::form::negative, "", std::uint64_t{0} - static_cast<std::uint64_t>(x)};
  return {part::form::number, "", static_cast<std::uint64_t>(x)};
}

constexpr std::uint64_t nobody = ~std::uint64_t{0};

// Text must be a literal, or outlive the part in another way.
template <class T>
constexpr part part_of(T const& x) {
  if constexpr (std::is_convertible_v<T const&, std::string_view>) {
    std::string_view const s = x;
    return {part::form::text, s.data(), s.size()};
  } else if constexpr (std::is_same_v<T, bool>) {
    return part_of(x ? "true" : "false");
  } else if constexpr (requires { name_of(x); }) {
    return part_of(name_of(x));
  } else if constexpr (std::is_enum_v<T>) {
    return part_of_number(static_cast<std::underlying_type_t<T>>(x));
  } else if constexpr (names_node<T>) {
    return {part::form::node, "", x.value == 0xff ? nobody : x.value};
  } else if constexpr (names_member<T>) {
    return {part::form::node, "", std::uint64_t{x.value} - 1};
  } else if constexpr (std::is_same_v<T, peer>) {
    return x.member.value != 0 ? part_of(x.member) : part_of(x.place);
  } else if constexpr (names_nodes<T>) {
    return {part::form::nodes, "", x.bits};
  } else if constexpr (std::is_same_v<T, ballot>) {
    return {part::form::ballot, "", x.value};
  } else if constexpr (requires { x.value; }) {
    return part_of_number(x.value);
  } else {
    static_assert(std::is_integral_v<T>,
                  "quorate: a part of a sentence is text, a number, a strong id, a node, a set of nodes, a "
                  "ballot, or an enum");
    return part_of_number(x);
  }
}

// As core/ballot.hpp has it, which this file is below.
struct ballot_parts {
  std::uint64_t round, owner;
};
constexpr ballot_parts parts_of_ballot(std::uint64_t v) {
  bool const names_member = v >> 63 != 0;
  if (names_member) return {(v << 1) >> 17, (v & 0xffff) - 1};
  return {v >> 8, v & 0xff};
}

template <class Out>
constexpr void append_number(Out& out, std::uint64_t n) {
  char digits[20]{};
  std::size_t at = sizeof digits;
  do digits[--at] = static_cast<char>('0' + n % 10);
  while ((n /= 10) != 0);
  out.append(digits + at, sizeof digits - at);
}

// A letter for each of the first nodes, as everywhere where nodes have no names; behind Z the number. Member 1 is
// A, as the place 0 is: they are the same for founders.
template <class Out>
constexpr void append_node(Out& out, std::uint64_t n) {
  char const letter = static_cast<char>('A' + n % 26);
  if (n == nobody) return static_cast<void>(out.append("nobody", 6));
  if (n < 26) return static_cast<void>(out.append(&letter, 1));
  append_number(out, n);
}

} // namespace detail

// Out is std::string, or whatever else has append(char const*, std::size_t).
template <class Out>
constexpr void append(Out& out, part const& p) {
  switch (p.is) {
  case part::form::text: out.append(p.literal, static_cast<std::size_t>(p.number)); return;
  case part::form::negative: out.append("-", 1); [[fallthrough]];
  case part::form::number: return detail::append_number(out, p.number);
  case part::form::node: return detail::append_node(out, p.number);
  case part::form::ballot: // its round and its owner: "3.B"
    if (detail::parts_of_ballot(p.number).round == 0) return static_cast<void>(out.append("none", 4));
    detail::append_number(out, detail::parts_of_ballot(p.number).round);
    out.append(".", 1);
    return detail::append_node(out, detail::parts_of_ballot(p.number).owner);
  case part::form::nodes:
    out.append("{", 1);
    for (std::uint64_t n = 0, left = p.number; left != 0; ++n, left >>= 1)
      if ((left & 1) != 0) {
        detail::append_node(out, n);
        if (left != 1) out.append(", ", 2);
      }
    out.append("}", 1);
  }
}

// What a QUORATE_ASSERT of your own says: its parts, one behind another.
template <class Out, class... Parts>
constexpr void append_all(Out& out, Parts const&... parts) {
  (append(out, detail::part_of(parts)), ...);
}

// A text of at most Size bytes, without a heap; what is longer ends in "...".
template <std::size_t Size>
class short_text {
public:
  constexpr void append(char const* from, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) {
      if (size_ < Size)
        text_[size_++] = from[i];
      else
        text_[Size - 1] = text_[Size - 2] = text_[Size - 3] = '.';
    }
  }
  constexpr std::string_view view() const { return {text_, size_}; }
  constexpr char const* c_str() const { return text_; }

private:
  static_assert(Size >= 3);
  char text_[Size + 1]{};
  std::size_t size_ = 0;
};

} // namespace quorate
