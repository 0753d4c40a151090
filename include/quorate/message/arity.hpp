// How many fields a struct has, so that a list of them can't forget one. Only aggregates can be counted: one with
// constructors or private fields is what its list says.
#pragma once

#include "quorate/core/config.hpp"

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

namespace quorate::detail {

template <class... Ts>
struct type_list {};

// Stands for a field of T between its braces, whatever the field's type is. It becomes no base of T: then the
// fields of the base take its place, and are counted. `const`, so that a field that could hold any_field as well
// as be made by it, an optional, is not in doubt: it holds it. Never called.
template <class T>
struct any_field {
  template <class U>
  requires(!std::is_base_of_v<U, T>) operator U() const {
    for (;;) {}
  }
};
template <class T, std::size_t>
struct any_field_of {
  using type = any_field<T>;
};
template <class T, std::size_t I>
using any_field_at = typename any_field_of<T, I>::type;
template <class T, bool Empty>
struct any_base {
  template <class U>
  requires(std::is_base_of_v<U, T>&& std::is_empty_v<U> == Empty) operator U() const {
    for (;;) {}
  }
};

template <class T, class... Fillers>
concept built_of = requires {
  T{std::declval<Fillers>()...};
};
template <class T, class... Fillers>
concept built_of_one_more = requires {
  T{std::declval<Fillers>()..., {}};
};
template <class T, class... Before, class... Inside, class... After>
consteval bool built_of_group(type_list<Before...>, type_list<Inside...>, type_list<After...>) {
  return requires { T{std::declval<Before>()..., {std::declval<Inside>()...}, std::declval<After>()...}; };
}

// The list of what fills T's places. A field has one place. An array has one place for each element. A base has
// one place for each of its fields; a base without fields has one place, and that place is no field.
template <class T, class... Before>
consteval auto fillers_of(type_list<Before...> before) {
  if constexpr (built_of<T, Before..., any_field<T>>)
    return fillers_of<T>(type_list<Before..., any_field<T>>{});
  else if constexpr (built_of<T, Before..., any_base<T, true>>)
    return fillers_of<T>(type_list<Before..., any_base<T, true>>{});
  else
    return before;
}

template <std::size_t From, std::size_t Count, class... Ts>
consteval auto slice(type_list<Ts...>) {
  return []<std::size_t... Is>(std::index_sequence<Is...>) {
    return type_list<std::tuple_element_t<From + Is, std::tuple<Ts...>>...>{};
  }
  (std::make_index_sequence<Count>{});
}

// Whether the places From..From+Count-1 are one array, or one base: in braces they are taken, and there is no
// place behind the others that was not there before.
template <class T, std::size_t From, std::size_t Count, class... Fillers>
consteval bool is_group(type_list<Fillers...> all) {
  constexpr std::size_t behind = From + Count;
  return []<class... After>(auto before, auto inside, type_list<After...> after) {
    return built_of_group<T>(before, inside, after) &&
           !built_of_group<T>(before, inside, type_list<After..., any_field<T>>{});
  }(slice<0, From>(all), slice<From, Count>(all), slice<behind, sizeof...(Fillers) - behind>(all));
}

template <class T, class... Before>
consteval bool begins_base(type_list<Before...>) {
  return built_of<T, Before..., any_base<T, false>>;
}

// How many fields the places from From on are. An array that is the first field of a base counts as its elements.
template <class T, std::size_t From, std::size_t Count = 2, class... Fillers>
consteval std::size_t fields_from(type_list<Fillers...> all) {
  if constexpr (From == sizeof...(Fillers)) {
    return built_of_one_more<T, Fillers...> ? 1 : 0; // nothing stands for its type: what is behind it is not seen
  } else if constexpr (From + Count > sizeof...(Fillers) || begins_base<T>(slice<0, From>(all))) {
    using place = std::tuple_element_t<From, std::tuple<Fillers...>>;
    return (std::is_same_v<place, any_field<T>> ? 1 : 0) + fields_from<T, From + 1>(all);
  } else if constexpr (is_group<T, From, Count>(all)) {
    return 1 + fields_from<T, From + Count>(all);
  } else {
    return fields_from<T, From, Count + 1>(all);
  }
}

template <class T>
consteval std::size_t arity() {
  return fields_from<T, 0>(fillers_of<T>(type_list<>{}));
}

// The same, found soon where T has just `Named` places: then each is a field. It nearly always has.
template <class T, std::size_t Named>
consteval std::size_t arity_where_named() {
  constexpr bool right = []<std::size_t... Is>(std::index_sequence<Is...>) {
    return built_of<T, any_field_at<T, Is>...> && !built_of<T, any_field_at<T, Is>..., any_field<T>> &&
           !built_of_one_more<T, any_field_at<T, Is>...>;
  }
  (std::make_index_sequence<Named>{});
  if constexpr (!std::is_aggregate_v<T> || right)
    return Named;
  else
    return arity<T>();
}

// What a reflection derives from.
template <class T, std::size_t TheStructHas, std::size_t TheListNames>
struct every_field_is_named {
  static_assert(TheStructHas == TheListNames,
                "quorate: this struct has not as many fields (TheStructHas) as its list names (TheListNames): "
                "name each in the list, or leave it out by name, with left_out<\"name\"> in a field_list");
};
template <class T, std::size_t Named>
using all_fields = every_field_is_named<T, arity_where_named<T, Named>(), Named>;

} // namespace quorate::detail
