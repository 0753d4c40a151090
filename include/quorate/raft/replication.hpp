// Replication: what a leader sends, what a follower takes, and how the two find where their logs agree (§3.5).
#pragma once

#include "quorate/raft/commit.hpp"
#include "quorate/raft/progress.hpp"
#include "quorate/raft/reading.hpp"
#include "quorate/raft/role.hpp"

namespace quorate::raft {

// --- the follower ------------------------------------------------------------------------------------------

template <class Options, log_view Log, class Out>
[[gnu::cold]] constexpr void refuse_append(node_state<Options> const& s, from<append_entries> const& e,
                                           Log const& log, Out& out) {
  auto const& m = e.message;
  auto const bound = m.prev_log_index < log.last() ? m.prev_log_index : log.last();
  auto const hint = log.last_not_above(bound, m.prev_log_term);
  out.send(e.node, rejected{s.current_term, m.prev_log_index, hint, log.stamp_at(hint)});
}

// The first of the entries sent that this log has not: past its end, or where it holds another term's (then
// `conflict`).
struct divergence {
  log_index at{};
  bool conflict = false;
};
template <class Options, log_view Log>
constexpr divergence diverges(node_state<Options> const&, append_entries const& m, Log const& log) {
  auto at = m.prev_log_index + 1;
  if (at <= log.compacted()) at = log.compacted() + 1; // committed, so the same (scenarios L2, L5)
  while (at <= log.last() && at <= m.last_index()) {
    auto const own = log.run_at(at, ~std::uint32_t{0});
    if (own.written_at != m.entry_term) return {at, true};
    at = own.last() + 1;
  }
  return {at, false};
}

// True if this entry cannot conflict with the leader's. A committed entry stays. And in its term a leader only
// appends (§3.5): it takes back nothing that it has said of its log.
template <class Options>
constexpr bool is_settled(node_state<Options> const& s, log_index at) {
  return at <= s.commit || at <= s.verified;
}

// AppendEntries (figure 3.1). Numbers are those of its "receiver implementation".
template <class Options, log_view Log, class Out>
[[gnu::always_inline]] constexpr void on(node_state<Options>& s, from<append_entries> const& e, Log const& log,
                                         Out& out) {
  auto const& m = e.message;
  if (m.term < s.current_term) { // 1
    if constexpr (Options::answers_stale)
      out.send(e.node, rejected{s.current_term, m.prev_log_index, log_index{}, term_id{}});
    return;
  }
  if (!follow(s, e.node, m.term, out)) return;

  bool const known = m.prev_log_index < log.compacted() ||
                     (m.prev_log_index <= log.last() && log.stamp_at(m.prev_log_index) == m.prev_log_term);
  if (!known) return refuse_append(s, e, log, out); // 2

  // 3, 4: only a real conflict removes anything; an old or repeated append must not shorten the log
  // (scenario L1).
  auto const [at, conflict] = diverges(s, m, log);
  if (conflict) {
    if (is_settled(s, at)) return out.report(contradiction{at});
    out.write(truncation{at});
  }
  auto through = m.last_index();
  bool full = false;
  if (at <= through) {
    auto const wanted = through - at + 1;
    auto const room = log.room(); // less is an ordinary outcome: the leader sends the rest again
    auto const taken = static_cast<std::uint32_t>(wanted < room ? wanted : room);
    full = taken == 0;
    if (!full) out.write(entry_run{at, taken, m.entry_term, m.kind});
    through = at + taken - 1;
  }

  // What this message has verified, and nothing beyond it, is acknowledged and may commit (5; scenario C3).
  // So a log that is full may be applied, and compacted; answering would only make the leader try again at once.
  if (through > s.verified) s.verified = through;
  if (!full && s.owed < 0xff) ++s.owed;
  advance_commit(s, m.leader_commit < s.verified ? m.leader_commit : s.verified, out);
}

template <class Options, log_view Log, class Out>
constexpr void on(node_state<Options>& s, from<heartbeat> const& e, Log const& log, Out& out) {
  auto const& m = e.message;
  if (m.term < s.current_term) {
    if constexpr (Options::answers_stale)
      out.send(e.node, heartbeat_answer{s.current_term, log_index{}, m.round, m.beat});
    return;
  }
  if (!follow(s, e.node, m.term, out)) return;
  // It carries at most what this node has acknowledged in this term. If the log is shorter, the disk lost it.
  if (m.leader_commit > log.last()) return out.report(contradiction{m.leader_commit});
  advance_commit(s, m.leader_commit, out);
  out.send(e.node, heartbeat_answer{s.current_term, s.verified, m.round, m.beat});
}

// --- the leader, who appends what is proposed as every leader does (log/leading.hpp) -------------------------

template <class Options, log_view Log, class Out>
[[gnu::always_inline]] constexpr void on(node_state<Options>& s, from<appended> const& e, Log const& log,
                                         Out& out) {
  auto const& m = e.message;
  if (!of_this_term(s, m, out) || s.is != role::leader || m.match_index > log.last()) return;
  configuration const& config = voters_now(s, log);
  bool const own = e.node == s.me();
  if (!own && !takes_part(s, e.node, config)) return;
  auto& p = s.peer(e.node);
  if (!own) {
    if constexpr (Options::checks_quorum) s.active.insert(e.node.place);
    note_match(p, m.match_index, m.answered);
  }
  if (m.match_index <= p.match) return; // old news; a match never goes back (scenario C4)
  p.match = m.match_index;
  count_matches(s, p.match, config, log, out);
}

template <class Options, log_view Log, class Out>
constexpr void on(node_state<Options>& s, from<rejected> const& e, Log const& log, Out& out) {
  auto const& m = e.message;
  if (!of_this_term(s, m, out) || s.is != role::leader || !is_other(s, e.node, log)) return;
  if constexpr (Options::checks_quorum) s.active.insert(e.node.place);
  auto& p = s.peer(e.node);
  note_word(p);
  if (!of_last_guess(p, m.prev_log_index)) return;
  start_probing(p);
  if (m.prev_log_index == log.compacted()) { // it needs what is compacted here
    if constexpr (Options::snapshots) {
      p.next = log.compacted();
      return;
    }
    p.in_flight = 1; // nothing to send but heartbeats
    p.poked = false; // or it would be asked again at once, and refuse at once, for ever (scenario L6)
    return;
  }
  // Raft §5.3: back to the last entry whose term is not above the follower's; a refusal never moves the match.
  auto guess = m.prev_log_index - 1;
  if (m.hint_index < guess) guess = m.hint_index;
  guess = guess <= log.compacted() ? log.compacted() : log.last_not_above(guess, m.hint_term);
  p.next = (guess < p.match ? p.match : guess) + 1;
}

template <class Options, log_view Log, class Out>
constexpr void on(node_state<Options>& s, from<heartbeat_answer> const& e, Log const& log, Out& out) {
  auto const& m = e.message;
  if (!of_this_term(s, m, out) || s.is != role::leader || !is_other(s, e.node, log)) return;
  if constexpr (Options::checks_quorum) s.active.insert(e.node.place);
  auto& p = s.peer(e.node);
  note_contact(p, m.beat, m.verified);
  if constexpr (Options::reads) confirm_round(s, e.node, m.round, log, out);
}

template <class Options, log_view Log, class Out>
constexpr void on_heartbeat_timeout(node_state<Options>& s, Log const& log, Out& out) {
  s.beat_due = true;
  s.beat = next_beat(s.beat);
  note_quorum(s, log, out);
  each_peer(s, log, [&](peer n) { note_beat(s.peer(n), s.beat); });
  s.peer(s.self).poked = true; // say again what an outbox that was full may have dropped
  out.arm(timer::heartbeat);
}

// --- once a turn -------------------------------------------------------------------------------------------

// The peer is in state `snapshot` (state.hpp): it is sent an offer, and no entries.
template <class Options, log_view Log, class Out>
[[gnu::cold]] constexpr void offer(node_state<Options>& s, peer n, Log const& log, Out& out) {
  auto& p = s.peer(n);
  out.send(n, offer_snapshot{s.current_term, log.compacted(), log.stamp_at(log.compacted())});
  start_probing(p);
  note_sent(p, 0);
}

// One append to one peer, if one is due. Returns whether it was sent. `run` is what the peer before it got: peers
// that stand together get the same.
template <class Options, log_view Log, class Out>
constexpr bool flush_append(node_state<Options>& s, peer n, entry_run& run, Log const& log, Out& out) {
  auto& p = s.peer(n);
  bool const sends = p.next <= log.last() && window_open<Options>(p);
  if (!p.poked && !sends) return false;
  if constexpr (Options::snapshots)
    if (p.next <= log.compacted()) return offer(s, n, log, out), true;
  // Never a previous term that is not known (scenario L3).
  if (p.next <= log.compacted()) p.next = log.compacted() + 1;

  if (!sends || p.next > log.last())
    run = {p.next, 0, {}, {}};
  else if (p.next != run.first || run.count == 0)
    run = log.fit(p.next, Options::limit.append_entries, Options::limit.append_bytes);
  auto const prev = p.next - 1;
  out.send(
      n, append_entries{s.current_term, prev, log.stamp_at(prev), run.written_at, s.commit, run.count, run.kind});
  note_sent<Options>(p, run.count);
  if constexpr (Options::tells_commit) {
    auto const told = prev + run.count < s.commit ? prev + run.count : s.commit;
    if (told > p.told) p.told = told;
  }
  if (p.next <= log.last() && window_open<Options>(p)) out.report(more_due{});
  return true;
}

// Not inlined, because most nodes are followers, whose flush is a few instructions.
template <class Options, log_view Log, class Out>
[[gnu::noinline]] constexpr void flush_leader(node_state<Options>& s, Log const& log, Out& out) {
  if constexpr (Options::reads) start_round(s, log, out);
  entry_run run{};
  each_peer(s, log, [&](peer n) {
    bool const appending = flush_append(s, n, run, log, out);
    auto& p = s.peer(n);
    auto const safe = p.match < s.commit ? p.match : s.commit; // a heartbeat checks no entry
    bool due = s.beat_due;
    if constexpr (Options::tells_commit) due = due || (!appending && safe > p.told);
    if (!due) return;
    std::uint64_t round = 0;
    if constexpr (Options::reads) round = s.readers.last_round;
    out.send(n, heartbeat{s.current_term, safe, round, s.beat});
    if constexpr (Options::tells_commit)
      if (safe > p.told) p.told = safe;
  });
  s.beat_due = false;
  auto& own = s.peer(s.self);
  if (log.last() > s.self_told || (own.poked && log.last() > own.match)) {
    s.self_told = log.last(); // its own acknowledgement waits for its own disk (scenario C5)
    out.send(s.me(), appended{s.current_term, log.last(), 0}, out.latest());
  }
  own.poked = false;
}

template <class Options, log_view Log, class Out>
constexpr void on(node_state<Options>& s, flush, Log const& log, Out& out) {
  if (s.is == role::leader) return flush_leader(s, log, out);
  if (s.owed == 0 || s.leader.member == no_member) return;
  out.send(s.leader, appended{s.current_term, s.verified, s.owed}, out.latest());
  s.owed = 0;
}

} // namespace quorate::raft
