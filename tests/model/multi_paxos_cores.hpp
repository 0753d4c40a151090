// The Multi-Paxos cores that the model checker explores.
#pragma once

#include "quorate/explore/multi_paxos.hpp"

namespace quorate::check {

// Bits of multi_paxos_system's marks.
enum multi_paxos_mark : std::uint64_t {
  led = 1,
  chose = 2,
  led_later = 4,
  proposed_again = 8,
  gap = 16,
  no_op = 32,
  fetched_value = 64,
  unsettled_votes = 128,
  apart = 256,
  read_answered = 512,
  sync_under_way = 1024,
  both_ballots_acknowledged = 2048
};
inline constexpr std::uint64_t everything_but_reads_and_slow_syncs = read_answered - 1;

// An entry a message, and a gap of one is kept.
template <std::size_t Nodes, class... Keywords>
using multi_paxos_core = multi_paxos::node<
    limits<limit_values{.nodes = Nodes, .append_entries = 2, .append_bytes = 20, .mark = 1, .reserve = 1}>,
    Keywords...>;

// Without reads, and of a core what can have an effect without heartbeats and quorum checks.
template <std::size_t Nodes>
using plain_multi_paxos = multi_paxos_system<multi_paxos_core<Nodes, multi_paxos::quorum_reads<off>>, Nodes>;
// All of it counts.
template <std::size_t Nodes>
using whole_multi_paxos = multi_paxos_system<multi_paxos_core<Nodes, multi_paxos::quorum_reads<off>>, Nodes, true>;
template <std::size_t Nodes>
using reading_multi_paxos = multi_paxos_system<multi_paxos_core<Nodes>, Nodes, true>;

// Node C's disk takes its time, and C hears two leaders in one turn: both words wait for one sync.
constexpr multi_paxos_bounds two_ballots_one_sync(std::uint32_t commands, std::uint32_t crashes) {
  return {.commands = commands, .crashes = crashes, .in_flight = true, .collected = 2, .slow = 1};
}

} // namespace quorate::check
