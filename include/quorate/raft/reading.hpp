// Linearizable reads by ReadIndex (§6.4). First an entry of the leader's own term must be committed. Then a read
// takes the commit index. It waits until a quorum has answered a heartbeat that was sent after the read came. Then
// it waits until that index is applied. The rounds are in log/reading.hpp.
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
