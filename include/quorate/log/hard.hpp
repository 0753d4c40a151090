// What a core must not forget beside its log. It names a type of its own, C::hard_type: a struct with `fields`,
// with a `kind` that no other protocol has, and with of(earlier_hard_state), if stores of versions 1 and 2 may
// hold it. Storages keep it as a hard_state, and know none of its fields (replica/hard.hpp).
#pragma once

#include "quorate/core/entry.hpp"
#include "quorate/message/fields.hpp"

namespace quorate {

// In versions 1 and 2 of a store's format one record was for all protocols. Votes named founders by their places.
struct earlier_hard_state {
  static constexpr std::uint8_t kind = 1;
  stamp promised{};          // Raft: the current term; Multi-Paxos: the ballot that was promised
  node_index vote = no_node; // Raft
  log_index chosen{};        // Multi-Paxos
  using fields =
      field_list<field<"promised", &earlier_hard_state::promised>, field<"vote", &earlier_hard_state::vote>,
                 field<"chosen", &earlier_hard_state::chosen>>;
  friend constexpr bool operator==(earlier_hard_state const&, earlier_hard_state const&) = default;
};

} // namespace quorate
