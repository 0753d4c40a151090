// Linearizable reads by a quorum round: as in Raft (§6.4), once all that phase 1 found is chosen. The
// rounds are log/reading.hpp's.
#pragma once

#include "quorate/multi_paxos/role.hpp"

namespace quorate::multi_paxos {

// Before all that phase 1 found is chosen, a leader does not know what earlier ones have told their clients
// (scenarios P44, P68).
template <class Options, log_view Log, class Out>
constexpr void start_round(node_state<Options>& s, Log const& log, Out& out) {
  if (!s.readers.waits()) return;
  begin_round(s, s.commit >= s.settled, log, out);
}

} // namespace quorate::multi_paxos
