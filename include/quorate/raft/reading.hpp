// Linearizable reads by ReadIndex (§6.4): once an entry of the leader's own term is committed, a read takes the
// commit index, waits until a quorum has answered a heartbeat sent after it came, and until that index is applied.
#pragma once

#include "quorate/raft/role.hpp"

namespace quorate::raft {

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
    return met<Options>(quorum_phase::commit, acks, config);
  };
  s.readers.settle(confirmed, [&](readable r) { out.report(r); });
}

// At the flush: the reads that wait form a round, and its heartbeats are due. Before an entry of its own term
// commits a leader does not know what is committed, so they wait on (SCENARIOS R1, R6).
template <class Options, log_view Log, class Out>
constexpr void start_round(node_state<Options>& s, Log const& log, Out& out) {
  if (!s.readers.waits() || log.stamp_at(s.commit) != s.current_term || !s.readers.begin(s.commit)) return;
  s.beat_due = true;
  settle_rounds(s, log, out); // a sole voter is its own quorum
}

// A peer answered the heartbeat of `round`: it confirms that round and those before it, none after (SCENARIOS R2).
template <class Options, log_view Log, class Out>
constexpr void confirm_round(node_state<Options>& s, node_index n, std::uint64_t round, Log const& log, Out& out) {
  auto& p = s.peer(n);
  if (round <= p.round || round > s.readers.last_round) return;
  p.round = round;
  if (!s.readers.rounds.empty()) settle_rounds(s, log, out);
}

} // namespace quorate::raft
