// What a node of Multi-Paxos must not forget beside its log.
#pragma once

#include "quorate/core/id.hpp"
#include "quorate/log/hard.hpp"
#include "quorate/message/fields.hpp"

namespace quorate::multi_paxos {

struct promise_and_mark {
  static constexpr std::uint8_t kind = 'M';
  stamp promised{};   // the ballot
  log_index chosen{}; // known to be chosen up to here, at the least
  using fields =
      field_list<field<"promised", &promise_and_mark::promised>, field<"chosen", &promise_and_mark::chosen>>;

  static constexpr promise_and_mark of(earlier_hard_state const& e) { return {e.promised, e.chosen}; }
  friend constexpr bool operator==(promise_and_mark const&, promise_and_mark const&) = default;
};

} // namespace quorate::multi_paxos
