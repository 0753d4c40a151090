// What a replica is told, and the sizes that it shares with its storage and its transport.
#pragma once

#include "quorate/core/id.hpp"
#include "quorate/core/payloads.hpp"
#include "quorate/policy/limits.hpp"
#include "quorate/replica/snapshot_options.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace quorate {

// Options that can't work are refused: the replica is stopped from the start, and failure() says which number it
// is, what came and what is expected.
//
// One number decides what is too large: max_command_bytes. The other sizes follow from it, unless they are given:
//
//   replica r{{.self = id, .members = ids, .max_command_bytes = 64 << 10}, storage, timer};
//   wire_of<decltype(r)>::describe(tcp, r); // replica/wire.hpp: the transport's max_frame_bytes among others
struct replica_config {
  node_id self{};                 // 1 or more, as all members are
  std::vector<node_id> members{}; // all of them, self included; the same on every node
  // The most bytes of proposals that wait for a turn or a leader. At the least there is room for one command and 4
  // bytes for its length. If the storage bounds what it writes in a turn, at the most half of that bound
  // (file_wal: half a GiB).
  std::size_t staged_bytes = std::size_t{64} << 20;
  // Of one command with its extra fields, encoded: 1 byte to 1 GiB. A larger one is refused when it is proposed,
  // as refusal::too_large. To be the same on every node.
  std::size_t max_command_bytes = std::size_t{1} << 20;
  // The largest frame that `send` carries: no less than frame_bytes_for() says, which is what 0 stands for.
  // Proposals for another leader are parted into frames of this size. An entry that was written under other
  // options may be larger than what is carried: a peer that lacks it can't catch up, and status().trouble says so.
  std::size_t max_frame_bytes = 0;
  // A machine that keeps its own state, and has no snapshots here: up to where it has applied. What it is given
  // begins behind that, and compact() drops what is applied. Nothing: the machine begins anew at each start.
  std::optional<log_index> applied{};
  compaction_options compaction{}; // of a replica with a snapshot store, and so is the next one
  transfer_limits transfer{};
};

inline constexpr std::size_t most_command_bytes = std::size_t{1} << 30;

// What a frame holds beside its entries, at most: the message, which takes less than 128 bytes, and the envelope's
// extra fields.
inline constexpr std::size_t frame_overhead = 512;

// The least max_frame_bytes for commands of so many bytes: a frame with one of them, or with a full append.
constexpr std::size_t frame_bytes_for(std::size_t max_command_bytes,
                                      std::size_t append_bytes = limit_values{}.append_bytes) {
  auto const of_one = payloads::prefix + max_command_bytes;
  return frame_overhead + (append_bytes > of_one ? append_bytes : of_one);
}

} // namespace quorate
