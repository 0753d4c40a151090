// Linearizable reads by ReadIndex (§6.4): once an entry of the leader's own term is committed, a read takes the
// commit index, waits until a quorum has answered a heartbeat sent after it came, and until that index is applied.
#pragma once

#include "quorate/policy/reading.hpp"
#include "quorate/raft/role.hpp"

namespace quorate::raft {

template <class Options, class Out>
constexpr void on(node_state<Options>& s, read e, Out& out) {
  count_reads(s, s.is == role::leader, e, out);
}

// Before an entry of its own term commits a leader does not know what is committed (SCENARIOS R1, R6).
template <class Options, log_view Log, class Out>
constexpr void start_round(node_state<Options>& s, Log const& log, Out& out) {
  if (!s.readers.waits()) return;
  bool const knows =
      !Options::keeps(rule::reads_wait_for_an_own_commit) || log.stamp_at(s.commit) == s.current_term;
  begin_round(s, knows, log, out);
}

} // namespace quorate::raft
