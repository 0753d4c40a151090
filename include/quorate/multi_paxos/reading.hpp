// Linearizable reads by a quorum round: as in Raft (§6.4), once all that phase 1 found is chosen.
#pragma once

#include "quorate/multi_paxos/role.hpp"
#include "quorate/policy/reading.hpp"

namespace quorate::multi_paxos {

template <class Options, class Out>
constexpr void on(node_state<Options>& s, read e, Out& out) {
  count_reads(s, s.is == role::leader, e, out);
}

// Before that, a leader does not know what earlier ones have told their clients (SCENARIOS P44, P68).
template <class Options, log_view Log, class Out>
constexpr void start_round(node_state<Options>& s, Log const& log, Out& out) {
  if (!s.readers.waits()) return;
  begin_round(s, s.commit >= s.settled, log, out);
}

} // namespace quorate::multi_paxos
