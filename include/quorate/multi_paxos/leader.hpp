// The leader (the commanders of Paxos Made Moderately Complex, figure 6): what it sends, and what it makes of the
// answers. What every leader does is log/leading.hpp's.
#pragma once

#include "quorate/multi_paxos/choosing.hpp"
#include "quorate/multi_paxos/reading.hpp"
#include "quorate/multi_paxos/role.hpp"

#include <utility>

namespace quorate::multi_paxos {

template <class Options, log_view Log, class Out>
constexpr void on(node_state<Options>& s, from<accepted> const& e, Log const& log, Out& out) {
  auto const& m = e.message;
  if (m.ballot != s.promised) return; // (scenarios P20, P40)
  if (s.is != role::leader || m.count == 0 || !in_force(s, e, log)) return;
  auto const last = m.first + m.count - 1;
  if (last > log.last() || last < m.first) return;
  auto& p = s.peer(e.node);
  if (e.node.place != s.self) {
    s.active.insert(e.node.place);
    p.in_flight = m.answered < p.in_flight ? static_cast<std::uint8_t>(p.in_flight - m.answered) : std::uint8_t{0};
  }
  if (last <= s.commit) return;
  note_held(p, m.first, last, s.commit);
  if (p.match + 1 >= p.next) p.in_flight = 0; // even if some of its answers were lost
  choose(s, log, out);
}

// A heartbeat leaves, behind every accept that was sent before it. A question stays until it is answered, so also
// where a round trip takes longer than the time between two heartbeats.
constexpr void note_beat(progress& p, std::uint8_t beat) {
  if (p.asked == 0) p.sent_to = p.next, p.asked = beat;
}

// What it has acknowledged, or is known to be chosen.
template <class Options>
constexpr log_index held_by(node_state<Options> const& s, progress const& p) {
  return p.match > s.commit ? p.match : s.commit;
}

// The peer has answered a heartbeat that left after the accepts of all before `sent_to`. What of these has not
// come was lost: go on from where the peer says it stands. What has come and is not acknowledged: the
// acknowledgement was lost, or the peer's disk is slow. The peer is asked to say it again, once a heartbeat, and
// no entries travel.
template <class Options, log_view Log, class Out>
constexpr void ask_again_of(node_state<Options>& s, peer n, log_index verified, Log const& log, Out& out) {
  auto& p = s.peer(n);
  auto const sent_to = std::exchange(p.sent_to, log_index{});
  p.asked = 0;
  if (verified < sent_to - 1) p.next = verified + 1, p.in_flight = 0;
  auto const held = held_by(s, p);
  if (held < verified && held + 1 < sent_to)
    out.send(n, accept{s.promised, s.promised, held + 1, s.commit, config_now(s, log), 0, entry_kind::command});
}

template <class Options, log_view Log, class Out>
constexpr void on(node_state<Options>& s, from<heartbeat_answer> const& e, Log const& log, Out& out) {
  auto const& m = e.message;
  if (m.ballot != s.promised || s.is != role::leader || !in_force(s, e, log) || e.node.place == s.self) return;
  s.active.insert(e.node.place);
  auto& p = s.peer(e.node);
  auto const held = held_by(s, p);
  auto const stands = m.verified < held ? m.verified : held;
  // The peer holds everything that was sent, and the slots that it has not acknowledged are chosen. So the leader
  // waits for no answer, even if all answers were lost and the window is full. The slots that the peer was not
  // sent may be compacted here.
  bool const asked = answers(m.beat, p.asked);
  if (p.next <= stands + 1) {
    // Who still needs a snapshot is offered it again once a heartbeat interval, however many answers come.
    bool const offered = p.next == stands + 1 && p.next <= log.compacted();
    if (!offered || asked) p.in_flight = 0;
    p.next = stands + 1;
  }
  if (asked) ask_again_of(s, e.node, m.verified, log, out);
  if constexpr (Options::reads) confirm_round(s, e.node, m.round, log, out);
}

// A snapshot is offered when the peer has said that it needs one, and again once it has answered the heartbeat of
// the next interval and still does.
template <class Options, log_view Log, class Out>
[[gnu::cold]] constexpr void offer(node_state<Options>& s, peer n, std::uint64_t config, Log const& log,
                                   Out& out) {
  auto& p = s.peer(n);
  if (p.in_flight > 0) return;
  out.send(n, offer_snapshot{s.promised, log.compacted(), log.stamp_at(log.compacted()), config});
  p.in_flight = 1;
}

// One accept to one peer, if one is due. Returns whether it was sent. `run` is what the peer before it got: peers
// that stand together get the same.
template <class Options, log_view Log, class Out>
constexpr bool flush_accept(node_state<Options>& s, peer n, entry_run& run, std::uint64_t config, Log const& log,
                            Out& out) {
  auto& p = s.peer(n);
  if (p.next <= log.compacted()) { // it needs what is gone here
    if constexpr (Options::snapshots) offer(s, n, config, log, out);
    return false;
  }
  if (p.next > log.last() || p.in_flight >= Options::limit.window) return false;
  if (p.next != run.first || run.count == 0)
    run = log.fit(p.next, Options::limit.append_entries, Options::limit.append_bytes);
  out.send(n, accept{s.promised, run.written_at, run.first, s.commit, config, run.count, run.kind});
  p.next = run.first + run.count;
  ++p.in_flight;
  p.told = s.commit;
  if (p.next <= log.last() && p.in_flight < Options::limit.window) out.report(more_due{});
  return true;
}

template <class Options, log_view Log, class Out>
[[gnu::noinline]] constexpr void flush_leader(node_state<Options>& s, Log const& log, Out& out) {
  if constexpr (Options::reads) start_round(s, log, out);
  auto const config = config_now(s, log);
  entry_run run{};
  each_peer(s, log, [&](peer n) {
    bool const sent = flush_accept(s, n, run, config, log, out);
    auto& p = s.peer(n);
    if (!s.beat_due && (sent || s.commit <= p.told)) return;
    std::uint64_t round = 0;
    if constexpr (Options::reads) round = s.readers.last_round;
    out.send(n, heartbeat{s.promised, s.commit, round, config, s.beat});
    p.told = s.commit;
  });
  s.beat_due = false;
  if (log.last() > s.self_told) { // its own vote waits for its own disk, as the others' do (scenario P24)
    auto const first = s.self_told + 1;
    out.send(s.me(), accepted{s.promised, first, config, static_cast<std::uint32_t>(log.last() - s.self_told), 0},
             out.latest());
    s.self_told = log.last();
  }
}

template <class Options, log_view Log, class Out>
constexpr void on_heartbeat_timeout(node_state<Options>& s, Log const& log, Out& out) {
  s.beat_due = true;
  s.beat = next_beat(s.beat);
  note_quorum(s, log, out);
  each_peer(s, log, [&](peer n) { note_beat(s.peer(n), s.beat); });
  if (s.commit - s.marked >= Options::limit.mark) mark(s, out);
  auto const& own = s.peer(s.self);
  s.self_told = own.match > s.commit ? own.match : s.commit; // say again what a full outbox may have dropped
  out.arm(timer::heartbeat);
}

} // namespace quorate::multi_paxos
