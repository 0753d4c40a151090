// Linearizable reads by ReadIndex (§6.4): once an entry of the leader's own term is committed, a read takes the
// commit index, waits until a quorum has answered a heartbeat sent after it came, and until that index is applied.
// The rounds are log/reading.hpp's.
#pragma once

#include "quorate/raft/role.hpp"

namespace quorate::raft {

// Before an entry of its own term commits a leader does not know what is committed (scenarios R1, R6).
template <class Options, log_view Log, class Out>
constexpr void start_round(node_state<Options>& s, Log const& log, Out& out) {
  if (!s.readers.waits()) return;
  begin_round(s, of_own_term(s, s.commit, log), log, out);
}

} // namespace quorate::raft
