// A user's struct that Boost.Hana knows is reflected:
//
//   struct transfer { std::uint64_t from, to, cents; };
//   BOOST_HANA_ADAPT_STRUCT(transfer, from, to, cents);
//
// or one made with BOOST_HANA_DEFINE_STRUCT. Include this before any use of the struct. A struct derived from
// a BOOST_HANA_DEFINE_STRUCT inherits its list of fields, as Hana has it: adapt the derived struct by itself.
// The only place that includes Hana, and in pieces: its price is compile time.
#pragma once

#include "quorate/message/reflect.hpp"

#if !__has_include(<boost/hana/accessors.hpp>)
#error "quorate/message/hana.hpp needs Boost's headers: Debian's libboost-dev; in CMake link Boost::headers"
#endif
#include <boost/hana/accessors.hpp>
#include <boost/hana/adapt_struct.hpp>
#include <boost/hana/concept/struct.hpp>
#include <boost/hana/define_struct.hpp>
#include <boost/hana/first.hpp>
#include <boost/hana/pair.hpp>
#include <boost/hana/second.hpp>
#include <boost/hana/string.hpp>
#include <boost/hana/tuple.hpp>
#include <boost/hana/unpack.hpp>

#include <array>

namespace quorate {

namespace detail {
// What Hana says of T: a tuple of (name, getter).
template <class T>
inline constexpr auto hana_unpack =
    [](auto&& f) -> decltype(auto) { return boost::hana::unpack(boost::hana::accessors<T>(), f); };

template <class T, class Getter>
using hana_field = decltype(std::declval<Getter>()(std::declval<T&>()));

template <class T>
inline constexpr auto hana_values = [](auto... pairs) {
  static_assert((std::is_lvalue_reference_v<hana_field<T, decltype(boost::hana::second(pairs))>> && ...),
                "quorate: a field must be a data member: adapt the struct with BOOST_HANA_ADAPT_STRUCT");
  return type_list<std::remove_cvref_t<hana_field<T, decltype(boost::hana::second(pairs))>>...>{};
};
// A copy of Hana's characters: the storage behind its own c_str() has no linkage of its own with g++ 12, and
// a program of two translation units that both refer to it does not link.
template <class String>
struct hana_name;
template <char... Chars>
struct hana_name<boost::hana::string<Chars...>> {
  static constexpr char text[] = {Chars..., '\0'};
};

inline constexpr auto hana_count = [](auto... pairs) {
  return std::integral_constant<std::size_t, sizeof...(pairs)>{};
};
inline constexpr auto hana_names = [](auto... pairs) {
  return std::array<std::string_view, sizeof...(pairs) + 1>{
      std::string_view{hana_name<std::remove_cvref_t<decltype(boost::hana::first(pairs))>>::text}...,
      std::string_view{}};
};
} // namespace detail

template <class T>
requires(!detail::has_field_list<T> && boost::hana::Struct<T>::value) struct reflection<T>
    : detail::all_fields<T, decltype(detail::hana_unpack<T>(detail::hana_count))::value> {
  using values = decltype(detail::hana_unpack<T>(detail::hana_values<T>));
  static constexpr auto names = detail::hana_unpack<T>(detail::hana_names);
  static constexpr std::size_t count = names.size() - 1;

  template <class X, class F>
  static constexpr decltype(auto) with_members([[maybe_unused]] X& x, F&& f) {
    return detail::hana_unpack<T>(
        [&](auto... pairs) -> decltype(auto) { return f(boost::hana::second(pairs)(x)...); });
  }
};

} // namespace quorate
