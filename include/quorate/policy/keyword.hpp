// Options by keyword: template arguments in any order, each with a default. A keyword is a type with a member type
// `axis` that says which question it answers.
#pragma once

#include "quorate/policy/limits.hpp"
#include "quorate/policy/quorum_proof.hpp"

#include <type_traits>

namespace quorate {

inline constexpr bool on = true;
inline constexpr bool off = false;

namespace detail {
template <class Axis, class Default, class... Keywords>
struct pick {
  using type = Default;
};
template <class Axis, class Default, class K, class... Keywords>
struct pick<Axis, Default, K, Keywords...> : pick<Axis, Default, Keywords...> {};
template <class Axis, class Default, class K, class... Keywords>
  requires std::is_same_v<typename K::axis, Axis>
struct pick<Axis, Default, K, Keywords...> {
  using type = K;
  static_assert(!(std::is_same_v<typename Keywords::axis, Axis> || ...),
                "quorate: the same keyword is given twice; keep one of them");
};

template <class K, class... Axes>
inline constexpr bool answers_one_of = false; // a type without an axis is no keyword at all
template <class K, class... Axes>
  requires requires { typename K::axis; }
inline constexpr bool answers_one_of<K, Axes...> = (std::is_same_v<typename K::axis, Axes> || ...);
} // namespace detail

// The keyword among `Keywords` that answers `Axis`, or `Default`.
template <class Axis, class Default, class... Keywords>
using pick = typename detail::pick<Axis, Default, Keywords...>::type;

// A keyword that switches something on or off.
template <class Axis, bool Value>
struct switched {
  using axis = Axis;
  static constexpr bool value = Value;
};

// The keywords that all protocols know.
struct quorum_axis;
template <class Q>
struct quorum {
  static_assert(quorum_system<Q>, "quorate: this Quorum policy lacks a member; it needs what policy/quorum.hpp "
                                  "lists: met, and to be copyable and default-constructible");
  static_assert(detail::fit_for_use<Q>); // names two quorums that miss each other
  using axis = quorum_axis;
  using type = Q;
};
struct limits_axis;
template <limit_values V>
struct limits {
  using axis = limits_axis;
  static constexpr limit_values value = V;
  static_assert(V.nodes >= 1 && V.nodes <= 64, "quorate: limits: nodes must be between 1 and 64");
  static_assert(V.window >= 1, "quorate: limits: the window must let at least one append be in flight");
  static_assert(V.reads >= 1 && V.reads <= 64,
                "quorate: limits: reads must be between 1 and 64; to leave them out there is a keyword");
  static_assert(V.append_entries >= 1 && V.append_entries <= 1U << 20,
                "quorate: limits: append_entries must be between 1 and 1,048,576, or nothing could be sent");
  static_assert(V.append_bytes <= 1U << 30, "quorate: limits: append_bytes must be at most 1 GiB");
  static_assert(V.reserve <= std::uint64_t{1} << 32, "quorate: limits: reserve must be at most 2^32 entries");
};

} // namespace quorate
