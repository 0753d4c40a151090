// What a Raft node must not forget beside its log (figure 3.1, "persistent state").
#pragma once

#include "quorate/core/id.hpp"
#include "quorate/log/hard.hpp"
#include "quorate/message/fields.hpp"

namespace quorate::raft {

struct term_and_vote {
  static constexpr std::uint8_t kind = 'R';
  term_id term{};
  member_id vote{}; // whom it voted for in that term
  using fields = field_list<field<"term", &term_and_vote::term>, field<"vote", &term_and_vote::vote>>;

  static constexpr term_and_vote of(earlier_hard_state const& e) { return {e.promised, founder_at(e.vote)}; }
  friend constexpr bool operator==(term_and_vote const&, term_and_vote const&) = default;
};

} // namespace quorate::raft
