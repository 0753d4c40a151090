// Linearizable reads by a quorum round: as in Raft (§6.4), once all that phase 1 found is chosen.
#pragma once

#include "quorate/multi_paxos/role.hpp"

namespace quorate::multi_paxos {

template <class Options, class Out>
constexpr void on(node_state<Options>& s, read e, Out& out) {
  if constexpr (Options::reads) {
    if (s.is != role::leader) return out.report(reads_refused{});
    s.readers.asked += e.count;
  }
}

template <class Options, log_view Log, class Out>
constexpr void settle_rounds(node_state<Options>& s, Log const& log, Out& out) {
  auto const config = voters_now(s, log);
  auto const confirmed = [&](std::uint64_t round) {
    auto acks = node_set<64>::of(s.self);
    each_peer(s, log, [&](node_index n) {
      if (s.peer(n).round >= round) acks.insert(n);
    });
    // A later leader's phase 1 meets these, whichever quorum it takes: they must block it.
    return met<Options>(quorum_phase::commit, acks, config);
  };
  s.readers.settle(confirmed, [&](readable r) { out.report(r); });
}

// At the flush: the reads that wait form a round. Before all that phase 1 found is chosen, a leader does not know
// what earlier ones have told their clients (SCENARIOS P44, P68).
template <class Options, log_view Log, class Out>
constexpr void start_round(node_state<Options>& s, Log const& log, Out& out) {
  if (!s.readers.waits() || s.commit < s.settled || !s.readers.begin(s.commit)) return;
  s.beat_due = true;
  settle_rounds(s, log, out);
}

template <class Options, log_view Log, class Out>
constexpr void confirm_round(node_state<Options>& s, node_index n, std::uint64_t round, Log const& log, Out& out) {
  auto& p = s.peer(n);
  if (round <= p.round || round > s.readers.last_round) return;
  p.round = round;
  if (!s.readers.rounds.empty()) settle_rounds(s, log, out);
}

} // namespace quorate::multi_paxos
