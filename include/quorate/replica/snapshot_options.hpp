// When a replica saves its machine's state and lets go of the log, and how it sends that to others.
#pragma once

#include "quorate/core/config.hpp"

#include <cstddef>
#include <cstdint>

namespace quorate {

// A save begins when one of the two is reached, or half of the room that a bounded log has left is used, counted
// from the last one on; with both 0, by the host's word only (replica::save()). What comes while a save is under
// way counts for the next.
struct compaction_options {
  std::uint64_t entries = 0; // applied; 0: not by entries
  // Of entries applied; 0: not by bytes. Where the newest snapshot has more bytes, as many as that: so a large
  // state costs no more to save than the log to write.
  std::uint64_t bytes = std::uint64_t{64} << 20;
  // Entries behind a snapshot that stay, for followers that are a little slow: so many bytes of them, as large as
  // entries were on average since the last save.
  std::uint64_t keep_bytes = std::uint64_t{4} << 20;
  std::size_t step = std::size_t{256} << 10; // bytes saved or restored in one turn, about: 1 or more
};

// A tick is the timer's heartbeat interval.
struct transfer_limits {
  std::size_t piece = 64 << 10; // bytes of one message; less if a frame carries less
  std::size_t window = 1 << 20; // bytes sent to one peer that it has not acknowledged
  std::uint64_t a_tick = 0;     // bytes that all transfers may send from one tick to the next; 0: no limit
  std::uint32_t patience = 100; // ticks without progress after which a transfer is given up
};

} // namespace quorate
