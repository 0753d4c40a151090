// Options by keyword: template arguments in any order, each with a default. A keyword is a type with a member type
// `axis` that says which question it answers.
#pragma once

#include "quorate/core/never.hpp"
#include "quorate/policy/fitting.hpp"
#include "quorate/policy/limits.hpp"
#include "quorate/policy/quorum_proof.hpp"

#include <concepts>
#include <cstdint>
#include <type_traits>

namespace quorate {

inline constexpr bool on = true;
inline constexpr bool off = false;

struct without_axis;

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
};

template <class K, class... Axes>
inline constexpr bool answers_one_of = false; // a type without an axis is no keyword at all
template <class K, class... Axes>
requires requires { typename K::axis; }
inline constexpr bool answers_one_of<K, Axes...> = (std::is_same_v<typename K::axis, Axes> || ...);

template <class Axis, class... Keywords>
inline constexpr int answers = (0 + ... + int{answers_one_of<Keywords, Axis>});

// The axes that a protocol knows, and that of the tools (mutant/without.hpp): whether keywords answer no others,
// and each at most once.
template <class... Axes>
struct axes {
  template <class... Keywords>
  static constexpr bool know = (answers_one_of<Keywords, without_axis, Axes...> && ...);
  template <class... Keywords>
  static constexpr bool answered_once = answers<without_axis, Keywords...> <= 1 &&
                                        ((answers<Axes, Keywords...> <= 1) && ...);
};
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

// What an option that is off leaves of a state: nothing. `Which` keeps two of them from being one type, which
// could not share an address.
template <int Which>
struct nothing {
  friend constexpr bool operator==(nothing, nothing) = default;
};
template <bool Kept, class T, int Which>
using kept_if = std::conditional_t<Kept, T, nothing<Which>>;

namespace detail {
struct call_met {
  auto operator()(auto& q, quorum_phase phase, node_set<64> acks, configuration c) const
      -> decltype(q.met(phase, acks, c));
};

template <class Q>
consteval verdict judge_met() {
  return judge<same_as_type<bool>, Q const, call_met, quorum_phase, node_set<64>, configuration>();
}

template <class Q>
constexpr auto fitting_quorum() {
  if constexpr (quorum_system<Q>) {
    return type_is<Q>{};
  } else {
    static_assert(std::semiregular<Q>, "quorate: Quorum: it must be copyable and default-constructible: a core "
                                       "makes it from nothing");
    constexpr auto met = std::semiregular<Q> ? judge_met<Q>() : verdict::fits;
    static_assert(met != verdict::missing, "quorate: Quorum: `bool met(quorum_phase, node_set<64>, configuration "
                                           "const&) const` is missing, or can't be called so");
    static_assert(met != verdict::not_const, "quorate: Quorum: met is there but not const: it must be `bool "
                                             "met(quorum_phase, node_set<64>, configuration const&) const`");
    static_assert(met != verdict::other_type,
                  "quorate: Quorum: met is there but gives another type: it must be `bool met(quorum_phase, "
                  "node_set<64>, configuration const&) const`");
    return type_is<majority>{};
  }
}

template <limit_values V>
struct limits_are {
  static constexpr limit_values value = V;
};
template <limit_values V>
constexpr auto fitting_limits() {
  constexpr bool nodes = V.nodes >= 1 && V.nodes <= 64;
  constexpr bool reads = V.reads >= 1 && V.reads <= 64;
  constexpr bool append_entries = V.append_entries >= 1 && V.append_entries <= 1U << 20;
  constexpr bool append_bytes = V.append_bytes <= 1U << 30;
  constexpr bool reserve = V.reserve <= std::uint64_t{1} << 32;
  static_assert(nodes, "quorate: limits: nodes must be between 1 and 64");
  static_assert(V.window >= 1, "quorate: limits: the window must let at least one append be in flight");
  static_assert(reads, "quorate: limits: reads must be between 1 and 64; to leave them out there is a keyword");
  static_assert(append_entries, "quorate: limits: append_entries must be between 1 and 1,048,576, or nothing "
                                "could be sent");
  static_assert(append_bytes, "quorate: limits: append_bytes must be at most 1 GiB");
  static_assert(reserve, "quorate: limits: reserve must be at most 2^32 entries");
  if constexpr (nodes && V.window >= 1 && reads && append_entries && append_bytes && reserve)
    return limits_are<V>{};
  else
    return limits_are<limit_values{}>{};
}

// A core. What is wrong with a keyword, or with all of them, is said before anything is made of them: near to
// where they are given, and once.
template <class Core, class Options, class... Keywords>
using keywords_first = std::enable_if_t<(sizeof(Keywords) + ... + 1) != 0 && Options::said::value, Core>;
} // namespace detail

// The keywords that all protocols know.
struct quorum_axis;
template <class Q>
struct quorum {
  using axis = quorum_axis;
  // What is not fit for use is told of by name: two quorums that miss each other, or the law that is broken.
  using type = std::enable_if_t<detail::fit_for_use<Q>, typename decltype(detail::fitting_quorum<Q>())::type>;
};
struct limits_axis;
template <limit_values V>
struct limits {
  using axis = limits_axis;
  static constexpr limit_values value = decltype(detail::fitting_limits<V>())::value;
};
// Whether the log may forget: who needs what is compacted is offered a snapshot. A replica has a store for them,
// of that type (policy/snapshot_store.hpp). For a core alone each protocol has a switch of this axis,
// snapshots<on>.
struct snapshots_axis;
template <class Store>
struct snapshots_in {
  using axis = snapshots_axis;
  static constexpr bool value = on;
  using store = Store;
};

// Stands for a snapshot store where there is none.
struct no_snapshots {};
namespace detail {
struct without_snapshots {
  using store = no_snapshots;
};
template <class K>
struct store_of_keyword : without_snapshots {};
template <class K>
requires requires { typename K::store; }
struct store_of_keyword<K> : K {};
} // namespace detail
// The store that the keywords name.
template <class... Keywords>
using snapshot_store_of =
    typename detail::store_of_keyword<pick<snapshots_axis, detail::without_snapshots, Keywords...>>::store;

} // namespace quorate
