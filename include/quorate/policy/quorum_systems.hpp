// Quorum systems other than the majority: flexible, weighted, grid, and two that must both agree. The first
// three are constant (quorum.hpp), and naming one whose quorums miss each other does not compile.
#pragma once

#include "quorate/policy/quorum_proof.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace quorate {

// A constant system out of a value with `nodes` and `met`. That value is a quorum system itself, for find_miss
// at run time; it proves nothing.
template <auto Rule>
struct quorums_by_rule {
  static constexpr std::size_t nodes = Rule.nodes;
  static constexpr bool met(quorum_phase phase, node_set<64> acks, configuration const& c) {
    return Rule.met(phase, acks, c);
  }
  static constexpr std::optional<quorum_miss> miss(quorum_phase one, quorum_phase other) requires requires {
    Rule.miss(one, other);
  }
  { return Rule.miss(one, other); }
};
template <auto Rule>
struct fixed_quorums : quorums_by_rule<Rule> {
  static_assert(quorums_meet<quorums_by_rule<Rule>>);
};
template <auto Rule> // proved once
inline constexpr bool quorums_meet<fixed_quorums<Rule>> = quorums_meet<quorums_by_rule<Rule>>;
template <auto Rule>
inline constexpr bool election_quorums_meet<fixed_quorums<Rule>> = election_quorums_meet<quorums_by_rule<Rule>>;

// Any so many nodes.
struct quorum_sizes {
  std::size_t nodes = 0, election = 0, commit = 0;

  constexpr std::size_t size_for(quorum_phase phase) const {
    return phase == quorum_phase::election ? election : commit;
  }
  constexpr bool met(quorum_phase phase, node_set<64> acks, configuration const& c) const {
    return (acks & c.voters & node_set<64>::first(nodes)).size() >= size_for(phase);
  }
  // They miss each other if there are nodes enough for both.
  constexpr std::optional<quorum_miss> miss(quorum_phase one, quorum_phase other) const {
    auto const n = size_for(one), both = n + size_for(other);
    if (both > nodes) return std::nullopt;
    return quorum_miss{node_set<64>::first(n), node_set<64>::first(both).without(node_set<64>::first(n))};
  }
};

// Any `Election` of `Nodes` nodes elect, any `Commit` of them commit (Flexible Paxos, section 4).
template <std::size_t Nodes, std::size_t Election, std::size_t Commit>
using flexible = fixed_quorums<quorum_sizes{Nodes, Election, Commit}>;

// Nodes whose weights add up to so much.
template <std::size_t Nodes>
struct quorum_weights {
  static constexpr std::size_t nodes = Nodes;
  std::uint32_t weight[Nodes]{};
  std::uint64_t election = 0, commit = 0;

  constexpr bool met(quorum_phase phase, node_set<64> acks, configuration const& c) const {
    auto const present = (acks & c.voters).bits;
    std::uint64_t sum = 0;
    for (std::size_t n = 0; n < Nodes; ++n)
      if (((present >> n) & 1U) != 0) sum += weight[n];
    return sum >= (phase == quorum_phase::election ? election : commit);
  }
};

// The weights of the nodes 0, 1, ...; one without weight is never needed.
template <std::uint32_t... Weight>
struct weights {
  static constexpr std::uint64_t more_than_half = (std::uint64_t{0} + ... + Weight) / 2 + 1;
  template <std::uint64_t Election, std::uint64_t Commit>
  using system = fixed_quorums<quorum_weights<sizeof...(Weight)>{{Weight...}, Election, Commit}>;
};

// Nodes of together the weight `Election` elect, of the weight `Commit` commit: by default more than half of all.
template <class Weights, std::uint64_t Election = Weights::more_than_half, std::uint64_t Commit = Election>
using weighted = typename Weights::template system<Election, Commit>;

// What elects in a grid. Two rows need not meet, which Paxos allows and Raft does not.
enum class grid_election : std::uint8_t { row_and_column, row };

// Nodes in rows, the first row first: 0 1 2, 3 4 5.
struct quorum_lines {
  std::size_t nodes = 0, columns = 0;
  grid_election how{};

  constexpr bool met(quorum_phase phase, node_set<64> acks, configuration const& c) const {
    auto const present = acks & c.voters;
    if (phase == quorum_phase::commit) return has_column(present);
    return has_row(present) && (how == grid_election::row || has_column(present));
  }
  // A row meets a column where they cross. Two rows don't, if there are two.
  constexpr std::optional<quorum_miss> miss(quorum_phase one, quorum_phase other) const {
    using enum quorum_phase;
    auto const row = node_set<64>::first(columns);
    if (one == commit && other == commit && columns > 1) return quorum_miss{column(0), column(1)};
    if (one == election && other == election && how == grid_election::row && nodes > columns)
      return quorum_miss{row, node_set<64>::first(2 * columns).without(row)};
    return std::nullopt;
  }

private:
  constexpr node_set<64> column(std::size_t at) const {
    node_set<64> s{};
    for (; at < nodes; at += columns) s.bits |= std::uint64_t{1} << at;
    return s;
  }
  constexpr bool has_row(node_set<64> present) const {
    for (std::size_t at = 0; at < nodes; at += columns) {
      auto const row = node_set<64>::first(at + columns).without(node_set<64>::first(at));
      if (row.without(present).empty()) return true;
    }
    return false;
  }
  constexpr bool has_column(node_set<64> present) const {
    for (std::size_t at = 0; at < columns; ++at)
      if (column(at).without(present).empty()) return true;
    return false;
  }
};

// Of rows times columns nodes a row and a column elect, a column commits.
template <std::size_t Rows, std::size_t Columns, grid_election How = grid_election::row_and_column>
using grid = fixed_quorums<quorum_lines{Rows * Columns, Columns, How}>;

// Both must agree. If the quorums of one of them meet, so do those of the pair; they may even if neither's do.
// Constant if both are.
template <quorum_system A, quorum_system B = A>
struct both {
  A a{};
  B b{};

  static constexpr std::size_t nodes = [] {
    if constexpr (!constant_quorum_system<A> || !constant_quorum_system<B>)
      return std::size_t{0};
    else
      return A::nodes < B::nodes ? B::nodes : A::nodes;
  }();
  constexpr bool met(quorum_phase phase, node_set<64> acks, configuration const& c) const {
    return met(phase, acks, c, c);
  }
  // Each in a configuration of its own, as when the voters change from one to the other.
  constexpr bool met(quorum_phase phase, node_set<64> acks, configuration const& for_a,
                     configuration const& for_b) const {
    return a.met(phase, acks, for_a) && b.met(phase, acks, for_b);
  }
};

namespace detail {
// A pair of which only one is constant, or that is too large, can't be tried as a whole.
template <class A, class B>
inline constexpr bool by_halves = !constant_quorum_system<both<A, B>> || both<A, B>::nodes > enumerable_nodes;
template <class A, class B>
requires by_halves<A, B>
inline constexpr bool fit_for_use<both<A, B>> = fit_for_use<A> && fit_for_use<B>;
template <class A, class B>
requires by_halves<A, B>
inline constexpr bool elects_one<both<A, B>> = elects_one<A> && elects_one<B>;
} // namespace detail

} // namespace quorate
