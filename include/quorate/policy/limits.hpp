// The Limits policy: capacities fixed at compile time. What does not fit waits or is refused; nothing is asserted.
#pragma once

#include <cstddef>
#include <cstdint>

namespace quorate {

struct limit_values {
  std::size_t nodes = 7;                // in the largest configuration; at most 64
  std::uint8_t window = 16;             // appends sent to one peer and not yet acknowledged
  std::size_t reads = 4;                // rounds of reads in flight
  std::uint32_t append_entries = 4096;  // entries in one append
  std::uint32_t append_bytes = 1U << 20; // bytes of payload in one append, unless a single entry is larger
  std::uint32_t mark = 1024;            // Multi-Paxos: entries chosen before it writes down that they are
  std::uint64_t reserve = 64;           // room in a bounded storage kept for no-ops and configurations
};

} // namespace quorate
