// A leader appends a configuration (§4.1): it is in force from then on.
#pragma once

#include "quorate/raft/role.hpp"

namespace quorate::raft {

// What is known of a place is known of its member: of who had it before, this leader remembers nothing. Its match
// would be no match of this one's.
template <class Options>
constexpr void forget_place(node_state<Options>& s, node_index n, log_index next) {
  s.peer(n) = {};
  s.peer(n).next = next;
  s.peer(n).poked = true;
  if constexpr (Options::checks_quorum) s.active.erase(n);
}

template <class Options, log_view Log, class Out>
constexpr void on(node_state<Options>& s, configure const& e, Log const& log, Out& out) {
  if (s.is != role::leader) return out.report(proposal_refused{refusal::not_leader});
  if (log.room() == 0) return out.report(proposal_refused{refusal::no_room});
  entry_run const run{log.last() + 1, 1, s.current_term, entry_kind::configuration};
  out.write(run);
  (e.fresh & Options::nodes_wide).for_each([&](node_index n) { forget_place(s, n, run.first); });
  out.report(proposed{run});
}

} // namespace quorate::raft
