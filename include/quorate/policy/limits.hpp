// The Limits policy: capacities fixed at compile time. What does not fit waits or is refused; nothing is asserted.
#pragma once

#include "quorate/core/config.hpp"

#include <cstddef>
#include <cstdint>

namespace quorate {

// What is outside the bounds named here does not compile (keyword.hpp). The largest command is no matter of a
// core's: replica_config::max_command_bytes.
struct limit_values {
  std::size_t nodes = 7;                 // in the largest configuration: 1 to 64
  std::uint8_t window = 16;              // appends sent to one peer and not yet acknowledged: 1 or more
  std::size_t reads = 4;                 // rounds of reads in flight: 1 to 64
  std::uint32_t append_entries = 4096;   // entries in one append: 1 to 1,048,576
  std::uint32_t append_bytes = 1U << 20; // bytes of entries in one append, unless one alone is larger: to 1 GiB
  std::uint32_t mark = 1024;             // Multi-Paxos: entries chosen before it writes down that they are
  std::uint64_t reserve = 64;            // room in a bounded storage kept for no-ops and configurations: to 2^32
};

} // namespace quorate
