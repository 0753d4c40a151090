// The Paxos cores that the model checker explores.
#pragma once

#include "quorate/explore/paxos.hpp"

namespace quorate::check {

// Bits of paxos_system's marks.
inline constexpr std::uint64_t overtaken = 1, preempted = 2, above = 4, adopted = 8, decided = 16, learned = 32,
                               restarted = 64, voter_restarted = 128, sync_in_flight = 256;

// Acceptors and proposers, each alone on its node: N acceptors, P proposers.
template <std::size_t Nodes, class Value, class... Keywords>
using deciding_core = paxos::node<paxos::acceptor<Value, limits<limit_values{.nodes = Nodes}>, Keywords...>,
                                  paxos::proposer<Value, limits<limit_values{.nodes = Nodes}>, Keywords...>>;
template <std::size_t N, std::size_t P>
using paxos_apart = paxos_system<deciding_core<N + P, std::uint8_t>, N, P, true>;

// Both on each node, of which the first P propose.
template <std::size_t N, std::size_t P>
using paxos_together = paxos_system<deciding_core<N, std::uint8_t>, N, P, false>;

// The same with a learner.
template <std::size_t N, std::size_t P>
using paxos_whole = paxos_system<paxos::full_node<std::uint8_t, limits<limit_values{.nodes = N}>>, N, P, false>;

template <std::size_t N, std::size_t P>
using caspaxos_together = paxos_system<deciding_core<N, std::uint32_t, paxos::rewritable<true>>, N, P, false>;
template <std::size_t N, std::size_t P>
using caspaxos_apart = paxos_system<deciding_core<N + P, std::uint32_t, paxos::rewritable<true>>, N, P, true>;

} // namespace quorate::check
