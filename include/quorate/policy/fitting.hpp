// What is wrong with a policy, told apart: the tools with which one sentence is said, and no more.
//
// A check is a function. Its body has the sentences (static_assert). Its result names the type to go on with: the
// policy itself if it fits, else a type that stands in for the policy. The function is used through decltype and
// is never called. So a compiler says the sentence, and finds no other error.
#pragma once

#include "quorate/core/never.hpp"

#include <compare>
#include <concepts>
#include <type_traits>

namespace quorate::detail {

// Of one expression that a policy must offer.
enum class verdict {
  fits,
  missing,   // it can't be called so: the member is not there, or private, or takes something else
  not_const, // it can be called so, but not on a const object
  other_type // it can, and gives another type than it must
};

template <class Type>
struct same_as_type {
  template <class T>
  static constexpr bool takes = std::same_as<T, Type>;
};
struct any_type {
  template <class>
  static constexpr bool takes = true;
};

// `Call` makes the call: it is a type whose operator() is only declared, with the call's type as its own.
// `Wanted` says which results will do.
template <class Wanted, class Object, class Call, class... Args>
consteval verdict judge() {
  if constexpr (std::is_invocable_v<Call, Object&, Args...>)
    return Wanted::template takes<std::invoke_result_t<Call, Object&, Args...>> ? verdict::fits
                                                                                : verdict::other_type;
  else if constexpr (std::is_invocable_v<Call, std::remove_const_t<Object>&, Args...>)
    return verdict::not_const;
  else
    return verdict::missing;
}

// The first member of which something is to be said.
template <class Member>
struct fault {
  Member of;
  verdict what;
  constexpr fault(Member m, verdict v) : of{m}, what{v} {}
  friend constexpr bool operator==(fault, fault) = default;
};
template <class Member, class... More>
consteval fault<Member> first_fault(fault<Member> first, More... more) {
  if constexpr (sizeof...(More) > 0)
    if (first.what == verdict::fits) return first_fault(more...);
  return first;
}

// Stands in for a type that is missing: made from anything, equal to itself, ordered.
struct anything {
  anything() = default;
  template <class T>
  anything(T const&) {}
  friend constexpr auto operator<=>(anything const&, anything const&) = default;
};

template <class T>
struct type_is {
  using type = T;
};

// `x` if that is what was to be had; else a stand-in, of which nothing is ever done: there is none.
template <class Fitting>
Fitting& stand_in();
template <class Fitting, class Given>
constexpr decltype(auto) fitting(Given& x) {
  if constexpr (std::is_same_v<Fitting, Given>)
    return (x);
  else
    return stand_in<Fitting>();
}

} // namespace quorate::detail
