// What the protocols know of a log entry: everything but its bytes.
#pragma once

#include "quorate/core/id.hpp"
#include "quorate/core/node_set.hpp"

#include <cstddef>
#include <cstdint>

namespace quorate {

enum class entry_kind : std::uint8_t {
  command,       // the user's: handed to the state machine
  no_op,         // a new leader's first entry; no bytes
  configuration, // who takes part; its bytes begin with a `configuration`
  hole,          // Multi-Paxos: nothing was accepted here yet, while something was behind it; no bytes, stamp 0
};
inline constexpr entry_kind last_enumerator(entry_kind) { return entry_kind::hole; }

// A run of entries first..first+count-1 that share one stamp and one kind: the unit in which the log is written,
// sent and described. The bytes travel beside it (payloads.hpp).
struct entry_run {
  log_index first{};
  std::uint32_t count{};
  stamp written_at{};
  entry_kind kind{};

  constexpr log_index last() const { return first + count - 1; } // of no meaning when count is 0
  friend constexpr bool operator==(entry_run const&, entry_run const&) = default;
};

// Who takes part, by the cores' own numbers. The first eight bytes of a configuration entry are `voters`,
// little-endian. So storage can read them, and need not know the user's types. The bytes behind them have the
// user's names for the nodes.
struct configuration {
  node_set<64> voters{};

  static constexpr std::size_t encoded_size = 8;
  friend constexpr bool operator==(configuration const&, configuration const&) = default;
};

// What must survive a restart beside the log: one record, written whole (scenario E1).
struct hard_state {
  stamp promised{};          // Raft: the current term; Multi-Paxos: the ballot that was promised
  node_index vote = no_node; // Raft: whom it voted for in that term
  log_index chosen{};        // Multi-Paxos: known to be chosen up to here, at the least

  friend constexpr bool operator==(hard_state const&, hard_state const&) = default;
};

// Entries from `from` on are to go: they conflict with what a leader sent.
struct truncation {
  log_index from{};
  friend constexpr bool operator==(truncation const&, truncation const&) = default;
};

} // namespace quorate
