// The fields of a struct by name, wherever they are listed: in the type itself (fields.hpp), beside it
// (`fields_of`, vocabulary.hpp), or in Boost.Hana's adaptation of a user's struct (hana.hpp, which has to be
// included before the struct is first asked about). Equality (equal.hpp), hash (hash.hpp), printing
// (print.hpp) and the codec (codec.hpp) are written once, on top of this.
#pragma once

#include "quorate/message/arity.hpp"
#include "quorate/message/fields.hpp"

#include <concepts>
#include <cstddef>
#include <string_view>
#include <type_traits>

namespace quorate {

// To be specialised for a type that can't say it in its own body: `using type = field_list<...>;`.
template <class T>
struct fields_of;
template <class T>
requires requires { typename T::fields; }
struct fields_of<T> {
  using type = typename T::fields;
};

namespace detail {
// A list without what it leaves out.
template <class List, class... Kept>
struct kept_fields;
template <class... Kept>
struct kept_fields<field_list<>, Kept...> {
  using type = field_list<Kept...>;
};
template <class First, class... Fields, class... Kept>
struct kept_fields<field_list<First, Fields...>, Kept...> : kept_fields<field_list<Fields...>, Kept..., First> {};
template <field_name Name, class... Fields, class... Kept>
struct kept_fields<field_list<left_out<Name>, Fields...>, Kept...> : kept_fields<field_list<Fields...>, Kept...> {
};

// The fields that T lists, without those that it leaves out.
template <class T>
using fields_kept = typename kept_fields<typename fields_of<T>::type>::type;

// A list of T's own members. The list of a base class is not one: it would silently leave the new members out.
template <class T, class List>
inline constexpr bool lists_members_of = false;
template <class T, class... Fields>
inline constexpr bool lists_members_of<T, field_list<Fields...>> = (std::is_same_v<T, typename Fields::object> &&
                                                                    ...);

template <class T>
concept has_field_list = requires {
  requires lists_members_of<T, fields_kept<T>>;
};

template <class... Fields>
inline constexpr bool names_twice = false;
template <class First, class... Fields>
inline constexpr bool names_twice<First, Fields...> =
    (std::is_same_v<std::integral_constant<decltype(First::member), First::member>,
                    std::integral_constant<decltype(Fields::member), Fields::member>> ||
     ... || names_twice<Fields...>);

template <class List>
struct reflection_of_list;
template <class... Fields>
struct reflection_of_list<field_list<Fields...>> {
  static_assert(!names_twice<Fields...>, "quorate: a list of fields names the same member twice");
  using values = type_list<typename Fields::value...>;
  static constexpr std::size_t count = sizeof...(Fields);
  static constexpr std::string_view names[count + 1] = {std::string_view{Fields::name, Fields::name_length}...,
                                                        {}};

  template <class X, class F>
  static constexpr decltype(auto) with_members([[maybe_unused]] X& x, F&& f) {
    return f(x.*Fields::member...);
  }
};
} // namespace detail

// | member              | means                                                                         |
// | values              | detail::type_list of the fields' types                                        |
// | count               | how many fields                                                               |
// | names[i]            | the name of field i; one more, empty, at the end                              |
// | with_members(x, f)  | returns f(m0, m1, ...), called with references to the fields of x, const or not |
template <class T>
struct reflection;
template <detail::has_field_list T>
struct reflection<T> : detail::reflection_of_list<detail::fields_kept<T>>,
                       detail::all_fields<T, fields_of<T>::type::size> {};

template <class T>
concept reflected = requires {
  reflection<T>::count;
};

template <reflected T>
inline constexpr std::size_t field_count = reflection<T>::count;

// Calls f(name, field) for each field in order, with std::string_view and a reference into x.
template <class X, class F>
requires reflected<std::remove_const_t<X>>
constexpr void for_each_field(X& x, F&& f) {
  using fields = reflection<std::remove_const_t<X>>;
  fields::with_members(x, [&](auto&... members) {
    [[maybe_unused]] auto const* name = &fields::names[0];
    (f(*name++, members), ...);
  });
}

namespace detail {
template <class T>
constexpr char const* signature() {
  return __PRETTY_FUNCTION__; // "... [with T = a::b<c>]" or "... [T = a::b<c>]"
}

// The last name of a qualified one, without template arguments: "b" of "a::b<c::d>".
constexpr std::string_view last_name(std::string_view s) {
  std::size_t begin = 0, end = s.size(), depth = 0;
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (s[i] == '<' && depth++ == 0)
      end = i;
    else if (s[i] == '>')
      --depth;
    else if (depth == 0 && s[i] == ':')
      begin = i + 1, end = s.size();
  }
  return s.substr(begin, end - begin);
}
} // namespace detail

// The type's own name, for people: no namespaces, no template arguments.
template <class T>
constexpr std::string_view type_name() {
  std::string_view const s = detail::signature<T>();
  auto const begin = s.find("T = ") + 4;
  return detail::last_name(s.substr(begin, s.rfind(']') - begin));
}

} // namespace quorate
