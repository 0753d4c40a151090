// That quorums meet: found out at run time for any system and configuration, proved at compile time for
// constant ones.
#pragma once

#include "quorate/policy/quorum.hpp"

#include <bit>
#include <concepts>
#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>

namespace quorate {

// Two quorums that have no voter in common.
struct quorum_miss {
  node_set<64> one{};
  node_set<64> other{};
  friend constexpr bool operator==(quorum_miss const&, quorum_miss const&) = default;
};

namespace detail {
template <class Holds>
constexpr std::optional<node_set<64>> smallest_subset(node_set<64> of, Holds&& holds) {
  std::optional<node_set<64>> best;
  for (node_set<64> s{};; s.bits = (s.bits - of.bits) & of.bits) { // every subset, least bits first
    if ((!best || s.size() < best->size()) && holds(s)) best = s;
    if (s == of) return best;
  }
}
} // namespace detail

// A quorum for `one` and a quorum for `other` that miss each other, if `q` has such under `c`: the smallest, and
// both minimal. Tries all sets of voters, of which n have 2^n. Two quorums miss each other just if some set is
// one, and all nodes outside it are one: a superset of a quorum is a quorum.
template <quorum_system Q>
constexpr std::optional<quorum_miss> find_miss(Q const& q, configuration const& c,
                                               quorum_phase one = quorum_phase::election,
                                               quorum_phase other = quorum_phase::commit) {
  auto const first = detail::smallest_subset(
      c.voters, [&](node_set<64> s) { return q.met(one, s, c) && q.met(other, c.voters.without(s), c); });
  if (!first) return std::nullopt;
  auto const rest = c.voters.without(*first);
  auto const second = detail::smallest_subset(rest, [&](node_set<64> s) { return q.met(other, s, c); });
  return quorum_miss{*first, second.value_or(rest)};
}

template <std::size_t... Nodes>
struct members {};
// Never defined: the compiler names it when it refuses a system whose election quorum One misses the commit quorum
// Other ...
template <class One, class Other>
struct quorums_miss_each_other;
// ... or, for a protocol that minds, a system of which two election quorums miss each other.
template <class One, class Other>
struct election_quorums_miss_each_other;

namespace detail {
inline constexpr std::size_t enumerable_nodes = 10; // well within what both compilers compute unasked

template <class Q>
concept knows_its_miss = requires(quorum_phase p) {
  { Q::miss(p, p) } -> std::same_as<std::optional<quorum_miss>>;
};

template <class Q>
inline constexpr configuration all_nodes{node_set<64>::first(Q::nodes)};

inline constexpr quorum_phase quorum_phases[] = {quorum_phase::election, quorum_phase::commit};

template <class Q>
consteval bool decides_with_all() {
  for (auto const phase : quorum_phases)
    if (!Q{}.met(phase, all_nodes<Q>.voters, all_nodes<Q>)) return false;
  return true;
}

// Nobody acks, or nobody who acks is a voter, or all who ack stand behind its nodes.
template <class Q>
consteval bool decides_with_strangers() {
  constexpr auto all = all_nodes<Q>.voters, most = node_set<64>::first(64);
  for (auto const phase : quorum_phases)
    if (Q{}.met(phase, {}, {all}) || Q{}.met(phase, most, {}) || Q{}.met(phase, most.without(all), {most}))
      return true;
  return false;
}

// It is the same whether a node does not ack or is no voter. Tried on few sets, of every size: what counts the
// voters shows in those.
template <class Q>
consteval bool is_constant() {
  auto const all = all_nodes<Q>.voters;
  for (auto const phase : quorum_phases)
    for (std::size_t n = 0; n <= Q::nodes; ++n)
      for (auto const s : {node_set<64>::first(n), all.without(node_set<64>::first(n))})
        if (Q{}.met(phase, s, {all}) != Q{}.met(phase, all, {s})) return false;
  return true;
}

// What a system says of each set of its nodes, asked once: g++ takes its time over a constant call.
template <std::size_t Nodes>
struct quorum_table {
  bool elects[std::size_t{1} << Nodes]{};
  bool commits[std::size_t{1} << Nodes]{};

  constexpr bool met(quorum_phase phase, node_set<64> acks, configuration const&) const {
    return phase == quorum_phase::election ? elects[acks.bits] : commits[acks.bits];
  }
  constexpr bool is_monotone() const {
    for (std::size_t s = 0; s < std::size_t{1} << Nodes; ++s)
      for (auto rest = s; rest != 0; rest &= rest - 1) { // with one node less
        auto const less = s & ~(rest & -rest);
        if ((elects[less] && !elects[s]) || (commits[less] && !commits[s])) return false;
      }
    return true;
  }
};
template <class Q>
consteval quorum_table<Q::nodes> ask_all() {
  quorum_table<Q::nodes> t;
  for (std::size_t s = 0; s < std::size_t{1} << Q::nodes; ++s) {
    t.elects[s] = Q{}.met(quorum_phase::election, {s}, all_nodes<Q>);
    t.commits[s] = Q{}.met(quorum_phase::commit, {s}, all_nodes<Q>);
  }
  return t;
}
template <class Q>
inline constexpr auto table_of = ask_all<Q>();

template <class Q, quorum_phase One, quorum_phase Other>
consteval std::optional<quorum_miss> miss_of() {
  if constexpr (knows_its_miss<Q>)
    return Q::miss(One, Other);
  else
    return find_miss(table_of<Q>, all_nodes<Q>, One, Other);
}

template <node_set<64> Set>
consteval auto members_of() {
  return []<std::size_t... I>(std::index_sequence<I...>) {
    auto const nth = [](std::size_t i) {
      auto s = Set;
      for (; i > 0; --i) s.drop_least();
      return static_cast<std::size_t>(std::countr_zero(s.bits));
    };
    return members<nth(I)...>{};
  }
  (std::make_index_sequence<Set.size()>{});
}

// What the proof takes for granted, and which of it is broken first.
enum class law { all_kept, few_nodes, constexpr_met, no_strangers, decides, tells_misses, constant, monotone };

template <class Q>
concept has_constexpr_met = requires {
  typename std::bool_constant<(Q{}.met(quorum_phase::commit, node_set<64>{}, all_nodes<Q>), true)>;
};

template <class Q>
consteval law broken_law() {
  if constexpr (Q::nodes > 64)
    return law::few_nodes;
  else if constexpr (!has_constexpr_met<Q>)
    return law::constexpr_met;
  else if constexpr (decides_with_strangers<Q>())
    return law::no_strangers;
  else if constexpr (!decides_with_all<Q>())
    return law::decides;
  else if constexpr (knows_its_miss<Q>)
    return law::all_kept;
  else if constexpr (Q::nodes > enumerable_nodes)
    return law::tells_misses;
  else if constexpr (!is_constant<Q>())
    return law::constant;
  else if constexpr (!table_of<Q>.is_monotone())
    return law::monotone;
  else
    return law::all_kept;
}

// Always true. If something is wrong, a sentence says it first. That sentence should be the only error; a result
// of false would bring a second one.
template <class Q, quorum_phase Other, template <class, class> class Missing>
constexpr auto that_quorums_meet() {
  constexpr auto broken = broken_law<Q>();
  static_assert(broken != law::few_nodes, "quorate: a quorum system has between 1 and 64 nodes");
  static_assert(broken != law::constexpr_met, "quorate: this quorum system has `nodes`, so its met must be "
                                              "constexpr: the compiler tries all sets");
  static_assert(broken != law::no_strangers, "quorate: this quorum system decides without an ack of any of its "
                                             "nodes that is a voter");
  static_assert(broken != law::decides, "quorate: this quorum system decides nothing, even if all nodes agree");
  static_assert(broken != law::tells_misses,
                "quorate: for more than 10 nodes a quorum system needs the member miss (policy/quorum.hpp)");
  static_assert(broken != law::constant, "quorate: this quorum system has `nodes`, and yet asks of the "
                                         "configuration more than who is a voter");
  static_assert(broken != law::monotone,
                "quorate: in this quorum system a superset of a quorum is not always a quorum");
  if constexpr (broken == law::all_kept)
    if constexpr (constexpr auto miss = miss_of<Q, quorum_phase::election, Other>(); miss)
      (void)sizeof(Missing<decltype(members_of<miss->one>()), decltype(members_of<miss->other>())>);
  return std::true_type{};
}
} // namespace detail

// The proofs, for a static_assert. They are true or do not compile: then the first error names two quorums, or
// the law that the system breaks.
template <constant_quorum_system Q>
inline constexpr bool quorums_meet =
    decltype(detail::that_quorums_meet<Q, quorum_phase::commit, quorums_miss_each_other>())::value;
// For protocols in which two leaders of one term are told apart only by their voters, as Raft.
template <constant_quorum_system Q>
inline constexpr bool election_quorums_meet =
    decltype(detail::that_quorums_meet<Q, quorum_phase::election, election_quorums_miss_each_other>())::value;

namespace detail {
// Whether a keyword takes it: what is not constant can't be tried, and is taken at its word.
template <class Q>
inline constexpr bool fit_for_use = true;
template <constant_quorum_system Q>
inline constexpr bool fit_for_use<Q> = quorums_meet<Q>;

// Whether Raft takes it. (A law that is broken has been told of by then.)
template <class Q>
inline constexpr bool elects_one = true;
template <constant_quorum_system Q>
requires(broken_law<Q>() == law::all_kept) inline constexpr bool elects_one<Q> = election_quorums_meet<Q>;

template <class Q>
consteval bool nodes_within(std::size_t most) {
  if constexpr (constant_quorum_system<Q>)
    return Q::nodes <= most;
  else
    return true;
}
} // namespace detail

} // namespace quorate
