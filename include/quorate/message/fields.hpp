// How quorate's own types list their fields: a list of names and member pointers in the type's body, so that
// the protocols need not pay for Boost.Hana, which is the user's way to the same reflection (hana.hpp).
//
//   struct vote_request {
//     term_id term{};
//     log_index last_log_index{};
//     using fields = field_list<field<"term", &vote_request::term>,
//                               field<"last_log_index", &vote_request::last_log_index>>;
//   };
#pragma once

#include "quorate/core/config.hpp"

#include <cstddef>

namespace quorate {

// A string literal as a template argument.
template <std::size_t Size>
struct field_name {
  char text[Size]{};
  static constexpr std::size_t length = Size - 1;

  consteval field_name(char const (&literal)[Size]) { // implicit, so that field<"term", ...> can be written
    for (std::size_t i = 0; i < Size; ++i) text[i] = literal[i];
  }
};

namespace detail {
template <class Member>
struct member_pointer;
template <class Object, class Value>
struct member_pointer<Value Object::*> {
  using object = Object;
  using value = Value;
};
} // namespace detail

// One field: `Member` is a pointer to a data member.
template <field_name Name, auto Member>
struct field {
  using object = typename detail::member_pointer<decltype(Member)>::object;
  using value = typename detail::member_pointer<decltype(Member)>::value;
  static constexpr auto member = Member;
  static constexpr char const* name = Name.text; // ends with a zero
  static constexpr std::size_t name_length = Name.length;
};

// A field that takes part in none of what a list is for: said by name, because one that is forgotten is an error.
template <field_name Name>
struct left_out {
  static constexpr char const* name = Name.text;
};

// The fields in the order in which they are encoded, compared, hashed and printed, and `left_out<"name">` for each
// that is not. All of the struct's fields are one or the other.
template <class... Fields>
struct field_list {
  static constexpr std::size_t size = sizeof...(Fields);
};

} // namespace quorate
