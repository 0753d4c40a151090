// What replicas say to each other while one fetches a snapshot from the other. All advisory: what is fetched
// counts once it is sealed, and installed once the core says so.
#pragma once

#include "quorate/core/entry.hpp"
#include "quorate/effect/strength.hpp"
#include "quorate/message/fields.hpp"
#include "quorate/message/set.hpp"
#include "quorate/policy/snapshot_store.hpp"

#include <cstdint>

namespace quorate {

// "Send me that snapshot from byte `from` on: I have what comes before it." So it acknowledges too. With no id:
// "which one have you, at or above `at`?" Said `again`: nothing has come for a while, so send anew what was on its
// way.
struct snapshot_ask {
  static constexpr quorate::strength says = quorate::strength::advisory;
  stamp era{};            // only its leader answers: another node's snapshot may be of a later one
  incarnation_id asker{}; // the sender's incarnation: bytes for an earlier one are not for this
  log_index at{};
  snapshot_id id{};
  std::uint64_t from{};
  bool again = false;
  using fields = field_list<field<"era", &snapshot_ask::era>, field<"asker", &snapshot_ask::asker>,
                            field<"at", &snapshot_ask::at>, field<"id", &snapshot_ask::id>,
                            field<"from", &snapshot_ask::from>, field<"again", &snapshot_ask::again>>;
  friend constexpr bool operator==(snapshot_ask const&, snapshot_ask const&) = default;
};

// "I have this one." The configuration's entry, which stands at index `config`, travels beside it.
struct snapshot_head {
  static constexpr quorate::strength says = quorate::strength::advisory;
  incarnation_id asker{};  // as it was asked
  incarnation_id server{}; // the sender's
  snapshot_id id{};
  log_index at{};
  stamp written_at{};
  log_index config{};
  std::uint64_t size{};
  std::uint32_t checksum{};
  using fields =
      field_list<field<"asker", &snapshot_head::asker>, field<"server", &snapshot_head::server>,
                 field<"id", &snapshot_head::id>, field<"at", &snapshot_head::at>,
                 field<"written_at", &snapshot_head::written_at>, field<"config", &snapshot_head::config>,
                 field<"size", &snapshot_head::size>, field<"checksum", &snapshot_head::checksum>>;
  friend constexpr bool operator==(snapshot_head const&, snapshot_head const&) = default;
};

// Its bytes from `from` on, which travel beside it.
struct snapshot_piece {
  static constexpr quorate::strength says = quorate::strength::advisory;
  incarnation_id asker{};
  incarnation_id server{};
  snapshot_id id{};
  std::uint64_t from{};
  using fields = field_list<field<"asker", &snapshot_piece::asker>, field<"server", &snapshot_piece::server>,
                            field<"id", &snapshot_piece::id>, field<"from", &snapshot_piece::from>>;
  friend constexpr bool operator==(snapshot_piece const&, snapshot_piece const&) = default;
};

// No machine's state is larger: 2^48.
inline constexpr std::uint64_t most_snapshot_bytes = std::uint64_t{1} << 48;

using transfer_messages = message_set<snapshot_ask, snapshot_head, snapshot_piece>;

} // namespace quorate
