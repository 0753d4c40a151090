// The acceptor: what it promises, what it accepts, and what it acknowledges (Paxos Made Moderately Complex, figure
// 4).
#pragma once

#include "quorate/multi_paxos/role.hpp"

namespace quorate::multi_paxos {

// What is voted for from `first` on.
template <class Options, log_view Log>
constexpr promise promise_from(node_state<Options> const& s, log_index first, Log const& log) {
  promise p{s.promised, first, log.compacted() + 1, s.commit, {}, 0, {}, config_now(s, log)};
  if (first <= log.compacted() || first > log.last()) return p;
  auto const run = log.run_at(first, ~std::uint32_t{0});
  p.voted = run.written_at;
  p.count = run.count;
  p.kind = run.kind;
  return p;
}

// Phase 1b. A prepare at the promised ballot is answered again, but only to the owner of the ballot (scenario P3).
// The promise tells each vote with the ballot of that vote, not with the promised ballot (scenario P4).
template <class Options, log_view Log, class Out>
constexpr void on(node_state<Options>& s, from<prepare> const& e, Log const& log, Out& out) {
  auto const& m = e.message;
  if (!asked_in_force(s, e, log, out) || !from_owner(s, e.node, m.ballot)) return;
  if (m.ballot < s.promised) return refuse(s, e.node, m.ballot, log, out);
  // It does not even raise the promise (Raft §4.2.3).
  if (m.ballot > s.promised && beside_a_leader(s)) return;

  bool const again = m.ballot == s.promised;
  auto const ticket = again ? out.latest() : enter_ballot(s, m.ballot, out);
  s.canvassing = false;                                                 // it has a candidate to wait for
  if (!again) out.arm_after(timer::election, timing::campaign, ticket); // to say it again puts off nothing
  out.send(e.node, promise_from(s, m.first, log), ticket);
}

// The slots from `at` on, up to `last`, that are not held at `voted` or above: a run, or nothing.
template <log_view Log>
[[gnu::noinline]] constexpr entry_run wanted_among(log_index at, log_index last, stamp voted, Log const& log) {
  while (at <= last && at <= log.last()) {
    auto const own = log.run_at(at, ~std::uint32_t{0});
    if (own.written_at < voted) break;
    at = own.last() + 1;
  }
  auto end = at; // behind the last slot wanted
  while (end <= last && end <= log.last()) {
    auto const own = log.run_at(end, ~std::uint32_t{0});
    if (own.written_at >= voted) break;
    end = own.last() + 1;
  }
  if (end > log.last() && end <= last) end = last + 1;
  if (end > last + 1) end = last + 1;
  return {at, at < end ? static_cast<std::uint32_t>(end - at) : 0, voted, {}};
}

template <log_view Log>
constexpr entry_run wanted_of(log_index at, log_index last, stamp voted, Log const& log) {
  if (at > log.last()) return {at, static_cast<std::uint32_t>(last - at + 1), voted, {}}; // as almost always
  return wanted_among(at, last, voted, log);
}

// The slots first..last are as the leader has them: verified, unless some before them are not. So are those that
// follow at this ballot, of which there is only what its leader sent.
template <class Options, log_view Log>
constexpr void mark_verified(node_state<Options>& s, log_index first, log_index last, Log const& log) {
  if (first <= s.verified + 1 && last > s.verified) s.verified = last;
  while (s.verified < log.last()) {
    auto const run = log.run_at(s.verified + 1, ~std::uint32_t{0});
    if (run.written_at != s.promised) return;
    s.verified = run.last();
  }
}

template <class Options>
constexpr void owe(node_state<Options>& s, log_index first, std::uint32_t count) {
  if (!s.owed.empty()) {
    auto& last = s.owed.back();
    if (last.first + last.count == first && last.count + count > count) {
      last.count += count;
      if (last.answered < 0xff) ++last.answered;
      return;
    }
  }
  (void)s.owed.push_back({first, count, 1}); // if it is full, the leader will ask again
}

// Up to where what the leader knows to be chosen is known to be chosen here.
template <class Options>
constexpr log_index chosen_here(node_state<Options> const& s, log_index told) {
  return told < s.verified ? told : s.verified;
}

// Phase 2b. What it holds already is acknowledged again and not written; nothing is written over at a ballot that
// is not below (scenarios P6, P7), nor what is chosen.
template <class Options, log_view Log, class Out>
constexpr void on(node_state<Options>& s, from<accept> const& e, Log const& log, Out& out) {
  auto const& m = e.message;
  if (!in_force(s, e, log) || m.kind == entry_kind::hole) return;
  if (m.ballot < s.promised) return refuse(s, e.node, m.ballot, log, out);
  auto last = m.last_index();
  if (m.voted != m.ballot && (m.voted > m.ballot || last > m.commit)) return; // nobody sends that
  if (!follow(s, e.node, m.ballot, out)) return;
  if (m.count == 0) { // it has not heard what this node holds of its log: say it again
    if (m.first <= s.verified) owe(s, m.first, static_cast<std::uint32_t>(s.verified - m.first + 1));
    return;
  }

  auto at = m.first > s.commit ? m.first : s.commit + 1;
  if (at <= last) {
    auto run = wanted_of(at, last, m.voted, log);
    run.kind = m.kind;
    if (run.count > 0) {
      if (run.first > log.last() + Options::limit.append_entries) return; // a gap too wide to keep
      // Less room than wanted is an ordinary outcome: the leader sends the rest again.
      if (run.last() > log.last() && run.last() - log.last() > log.room()) [[unlikely]] {
        auto const end = log.last() + log.room();
        run.count = run.first > end ? 0 : static_cast<std::uint32_t>(end - run.first + 1);
        if (run.count == 0 && run.first == m.first) return;
      }
      if (run.count > 0) [[likely]]
        out.write(run);
      last = run.first + run.count - 1; // what came before the run it holds already
    }
  }
  owe(s, m.first, static_cast<std::uint32_t>(last - m.first + 1));
  mark_verified(s, m.first, last, log);
  advance_commit(s, chosen_here(s, m.commit), out);
}

template <class Options, log_view Log, class Out>
constexpr void on(node_state<Options>& s, from<heartbeat> const& e, Log const& log, Out& out) {
  auto const& m = e.message;
  if (!in_force(s, e, log)) return;
  if (m.ballot < s.promised) return refuse(s, e.node, m.ballot, log, out);
  if (!follow(s, e.node, m.ballot, out)) return;
  advance_commit(s, chosen_here(s, m.commit), out);
  if (s.commit - s.marked >= Options::limit.mark) mark(s, out);
  out.send(e.node, heartbeat_answer{m.ballot, s.verified, m.round, m.config, m.beat});
}

// A candidate asks for what it must propose. Only what was voted for at that ballot is that value.
template <class Options, log_view Log, class Out>
constexpr void on(node_state<Options>& s, from<fetch> const& e, Log const& log, Out& out) {
  auto const& m = e.message;
  if (!in_force(s, e, log) || m.ballot != s.promised || m.count == 0 || m.first <= log.compacted() ||
      m.first > log.last())
    return;
  auto const most = m.count < Options::limit.append_entries ? m.count : Options::limit.append_entries;
  auto const run = log.fit(m.first, most, Options::limit.append_bytes);
  if (run.written_at != m.voted || run.kind == entry_kind::hole) return;
  out.send(e.node, fetched{m.ballot, run.first, run.count, run.written_at, run.kind, m.config});
}

template <class Options, log_view Log, class Out>
constexpr void flush_acceptor(node_state<Options>& s, Log const& log, Out& out) {
  if (s.owed.empty()) return;
  auto const config = config_now(s, log);
  for (; !s.owed.empty(); s.owed.pop_back()) { // what is owed is owed to a leader
    auto const& o = s.owed.back();
    out.send(s.leader, accepted{s.promised, o.first, config, o.count, o.answered}, out.latest());
  }
}

} // namespace quorate::multi_paxos
