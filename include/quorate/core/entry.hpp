// What the protocols know of a log entry: everything but its bytes.
#pragma once

#include "quorate/core/configuration.hpp"
#include "quorate/core/id.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace quorate {

enum class entry_kind : std::uint8_t {
  command,       // the user's: handed to the state machine
  no_op,         // a new leader's first entry; no bytes
  configuration, // who takes part (configuration.hpp)
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

// What must survive a restart beside the log, as storages keep it: one record, written whole (scenario E1). What
// is in it only its core knows, as C::hard_type (log/hard.hpp).
struct hard_state {
  std::uint8_t kind = 0; // whose it is: C::hard_type::kind; 0: nothing was written yet
  std::uint8_t size = 0; // of the bytes; those behind them are 0
  std::array<std::byte, 30> bytes{};

  friend constexpr bool operator==(hard_state const&, hard_state const&) = default;
};

// Entries from `from` on are to go: they conflict with what a leader sent.
struct truncation {
  log_index from{};
  friend constexpr bool operator==(truncation const&, truncation const&) = default;
};

} // namespace quorate
