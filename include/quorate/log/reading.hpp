// Linearizable reads by a round of heartbeats, as every leader of a replicated log serves them (Raft §6.4): the
// rounds are state.readers, and which of them a peer has answered is its progress' `round`.
#pragma once

#include "quorate/effect/event.hpp"
#include "quorate/log/read_rounds.hpp"
#include "quorate/log/role.hpp"
#include "quorate/log/voters.hpp"

#include <cstdint>

namespace quorate {

template <class State, class Out>
constexpr void on_read(State& s, read e, Out& out) {
  if constexpr (State::options::reads) {
    if (s.is != role::leader) return out.report(reads_refused{});
    s.readers.asked += e.count;
  }
}

// Leadership is lost.
template <class State, class Out>
constexpr void refuse_reads(State& s, Out& out) {
  if constexpr (State::options::reads)
    if (s.readers.give_up()) out.report(reads_refused{});
}

// A commit quorum, because every later leader's election quorum meets it.
template <class State, log_view Log, class Out>
constexpr void settle_rounds(State& s, Log const& log, Out& out) {
  configuration const& config = voters_now(s, log);
  auto const confirmed = [&](std::uint64_t round) {
    auto acks = node_set<64>::of(s.self);
    each_peer(s, log, [&](peer n) {
      if (s.peer(n).round >= round) acks.insert(n.place);
    });
    return met<typename State::options>(quorum_phase::commit, acks, config);
  };
  s.readers.settle(confirmed, [&](readable r) { out.report(r); });
}

// At the flush: the reads that wait form a round, and its heartbeats are due. `knows`: the leader's commit index
// covers all that earlier leaders have told their clients; before that they wait on.
template <class State, log_view Log, class Out>
[[gnu::noinline]] constexpr void begin_round(State& s, bool knows, Log const& log, Out& out) {
  if (!knows || !s.readers.begin(s.commit)) return;
  s.beat_due = true;
  settle_rounds(s, log, out); // a sole voter is its own quorum
}

// A peer answered the heartbeat of `round`: it confirms that round and those before it, none after (scenario R2).
template <class State, log_view Log, class Out>
constexpr void confirm_round(State& s, peer n, std::uint64_t round, Log const& log, Out& out) {
  auto& p = s.peer(n);
  if (round <= p.round || round > s.readers.last_round) return;
  p.round = round;
  if (!s.readers.rounds.empty()) settle_rounds(s, log, out);
}

} // namespace quorate
