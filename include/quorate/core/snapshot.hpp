// What cores and storages know of a snapshot of the state machine: where it stands in the log, and nothing of its
// bytes.
#pragma once

#include "quorate/core/configuration.hpp"
#include "quorate/core/id.hpp"

#include <cstdint>

namespace quorate {

// The state after all entries up to `at`, which are committed (Raft §5), or chosen.
struct snapshot_mark {
  log_index at{};
  stamp written_at{};     // of the entry there: its term, or in Multi-Paxos a ballot at which it was chosen
  configuration config{}; // in force there: `number` is at most `at`
  friend constexpr bool operator==(snapshot_mark const&, snapshot_mark const&) = default;
};

// What becomes of the entries above the mark when a snapshot takes the place of those up to it.
enum class above_mark : std::uint8_t {
  if_agreeing, // Raft: they stay if the entry at the mark has the mark's stamp; else all go (figure 5.3, step 6)
  always,      // Multi-Paxos: they stay, holes too. They are votes, and others count on them
};
inline constexpr above_mark last_enumerator(above_mark) { return above_mark::always; }

// A write: the log begins behind that mark. It says nothing of what stands above: storage looks at the log as it
// stands when the write shows. Decided any earlier, what was appended meanwhile would be lost with it.
struct installation {
  snapshot_mark mark{};
  friend constexpr bool operator==(installation const&, installation const&) = default;
};

} // namespace quorate
