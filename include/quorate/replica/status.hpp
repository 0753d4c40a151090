// What a replica tells of itself.
#pragma once

#include "quorate/core/id.hpp"
#include "quorate/replica/hands.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace quorate {

struct replica_counters {
  std::uint64_t elections = 0;      // campaigns of this node
  std::uint64_t leader_changes = 0; // that it has seen
  std::uint64_t syncs = 0;
  std::uint64_t dropped_in = 0; // messages not taken: from strangers, malformed, copies, or too many for a turn
};

struct snapshot_status {
  log_index newest{};      // of the newest whole snapshot; 0: there is none
  bool saving = false;     // the machine's state is being saved
  bool fetching = false;   // one is being fetched, or the machine restored from it
  bool sending = false;    // one is being sent
  std::uint64_t saved = 0; // since the start, as the next two
  std::uint64_t fetched = 0;
  std::uint64_t failed = 0; // saves, fetches, removals; replica::snapshot_failure() says why the last one did
};

struct replica_status {
  node_id self{};
  bool leads = false;
  std::optional<node_id> leader{};
  stamp era{}; // Raft: the current term
  log_index commit{};
  log_index applied{};
  log_index first{};
  log_index last{};
  std::string_view trouble{}; // why there is no progress, or no proposal is taken; empty: nothing is in the way
  snapshot_status snapshots{};
  replica_counters counters{};
  write_counters written{};
};

// As of a moment by the replica's clock.
template <class Time>
struct replica_status_at : replica_status {
  std::optional<Time> syncing_since{}; // a sync is under way, ordered by the turn of that time; nothing: none is
};

} // namespace quorate
