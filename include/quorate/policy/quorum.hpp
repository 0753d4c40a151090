// The Quorum policy: which sets of nodes may decide.
#pragma once

#include "quorate/core/entry.hpp"
#include "quorate/core/node_set.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace quorate {

// What is being decided: phase 1 and phase 2 of Paxos. Systems with two different quorums (Flexible Paxos) tell
// them apart; every election quorum must meet every commit quorum of the same configuration.
enum class quorum_phase : std::uint8_t { election, commit };

// | expression            | returns                                                                      |
// | q.met(phase, acks, c) | whether `acks`, of which only members of `c` may count, decide in that phase |
//
// A value, usually empty, that the core makes from nothing. Monotone: a superset of a quorum is a quorum; the
// empty set never is one, whatever `c`.
template <class Q>
concept quorum_system = std::semiregular<Q> &&
    requires(Q const q, quorum_phase phase, node_set<64> acks, configuration c) {
  { q.met(phase, acks, c) } -> std::same_as<bool>;
};

// A constant system stands over the nodes 0..nodes-1 and no others, whatever the configuration: to be no voter
// means never to ack, and is no other difference. So its quorums meet across configurations too. Voters from
// `nodes` on count for nothing; where too few of its nodes are voters, nothing is decided.
//
// | expression         | is                                                                                   |
// | Q::nodes           | a constant, 1 to 64; 0, or no such member: the system is not constant                |
// | q.met(phase, a, c) | as above, and constexpr                                                              |
// | Q::miss(one, other)| if it is there: what find_miss (quorum_proof.hpp) would find, by arithmetic. Without |
// |                    | it all sets are tried, which is for up to 10 nodes                                   |
template <class Q>
concept constant_quorum_system = quorum_system<Q> && !requires {
  requires std::is_member_object_pointer_v<decltype(&Q::nodes)>;
}
&&requires { typename std::integral_constant<std::size_t, Q::nodes>; }
&&(Q::nodes > 0);

// More than half of the voters (Raft §5.2). Acks of nodes that are no voters do not count (scenario C10).
struct majority {
  static constexpr bool met(quorum_phase, node_set<64> acks, configuration const& c) {
    auto for_it = acks & c.voters;
    auto others = c.voters.without(acks); // each of them is paired off with one that is for it
    for (; !for_it.empty() && !others.empty(); for_it.drop_least()) others.drop_least();
    return !for_it.empty();
  }
  friend constexpr bool operator==(majority, majority) = default;
};

static_assert(quorum_system<majority> && !constant_quorum_system<majority>);

} // namespace quorate
