// The Quorum policy: which sets of nodes may decide.
#pragma once

#include "quorate/core/entry.hpp"
#include "quorate/core/node_set.hpp"

#include <concepts>
#include <cstdint>

namespace quorate {

// What is being decided. Systems with two different quorums (Flexible Paxos) tell them apart; every election
// quorum must meet every commit quorum of the same configuration.
enum class quorum_phase : std::uint8_t { election, commit };

// | expression            | returns                                                                      |
// | q.met(phase, acks, c) | whether `acks`, of which only members of `c` may count, decide in that phase |
//
// A value, usually empty, that the core makes from nothing. Monotone: a superset of a quorum is a quorum; the
// empty set never is one, whatever `c`.
template <class Q>
concept quorum_system =
    std::semiregular<Q> && requires(Q const q, quorum_phase phase, node_set<64> acks, configuration c) {
      { q.met(phase, acks, c) } -> std::same_as<bool>;
    };

// More than half of the voters (Raft §5.2). Acks of nodes that are no voters do not count (SCENARIOS C10).
struct majority {
  static constexpr bool met(quorum_phase, node_set<64> acks, configuration const& c) {
    auto for_it = acks & c.voters;
    auto others = c.voters.without(acks); // each of them is paired off with one that is for it
    for (; !for_it.empty() && !others.empty(); for_it.drop_least()) others.drop_least();
    return !for_it.empty();
  }
  friend constexpr bool operator==(majority, majority) = default;
};

static_assert(quorum_system<majority>);

} // namespace quorate
