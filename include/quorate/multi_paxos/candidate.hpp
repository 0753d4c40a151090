// The candidate (the scout of Paxos Made Moderately Complex, figure 6). It canvasses. Then it runs phase 1 for all
// slots from the first one that is not known to be chosen. Then it proposes again every value that may have been
// chosen. Only then does it lead.
#pragma once

#include "quorate/multi_paxos/acceptor.hpp"
#include "quorate/multi_paxos/leader.hpp"
#include "quorate/multi_paxos/role.hpp"

#include <optional>

namespace quorate::multi_paxos {

// All that phase 1 found stands in the log up to s.unsettled, which may not show in `log` before this step is
// over.
template <class Options, log_view Log, class Out>
constexpr void become_leader(node_state<Options>& s, Log const& log, Out& out) {
  s.is = role::leader;
  s.leader = s.me();
  s.settled = s.unsettled - 1;
  s.self_told = s.commit;
  s.beat_due = true;
  s.beat = 1;
  s.active = {};
  for (auto& p : s.peers) p = {};
  each_peer(s, log, [&](peer n) {
    auto& p = s.peer(n);
    auto const& r = s.reports[n.place.value];
    p.next = r.given ? r.commit + 1 : s.unsettled;
    if (p.next > s.unsettled) p.next = s.unsettled;
    if (!r.given) p.sent_to = p.next, p.asked = s.beat; // where it stands, its first answer tells
  });
  for (auto& r : s.reports) r = {};
  s.in_contact = false;
  out.disarm(timer::election);
  out.disarm(timer::contact);
  out.arm(timer::heartbeat);
  out.arm(timer::quorum_check);
}

constexpr report to_report(promise const& p) {
  return {true, p.count == 0 && p.first >= p.kept, p.kind, p.count, p.voted, p.kept, p.commit};
}

// Asks those that have not reported on s.unsettled.
template <class Options, log_view Log, class Out>
constexpr void ask_for_votes(node_state<Options> const& s, Log const& log, Out& out) {
  each_peer(s, log, [&](peer n) {
    if (!s.reports[n.place.value].given)
      out.send(n, prepare{s.promised, s.unsettled, config_now(s, log)}, out.latest());
  });
}

// What a quorum has reported of the slots from s.unsettled on: `count` of them, about which all say one thing.
struct finding {
  std::uint32_t count = ~std::uint32_t{0}; // all: nobody has voted for anything from there on
  bool gone = false;                       // chosen, and compacted by somebody: it is not free
  bool chosen = false;
  stamp voted{}; // zero: nobody has voted there
  entry_kind kind{};
  node_set<64> holders{};
};

// Paxos Made Simple, P2c: the vote with the highest ballot is the value; where there is none, any value may be
// proposed. What somebody knows to be chosen, or a quorum voted for at one ballot, is chosen.
template <class Options>
constexpr finding find(node_state<Options> const& s, configuration const& config) {
  finding f{};
  auto const at = s.unsettled;
  (config.voters & Options::nodes_wide).for_each([&](node_index n) {
    auto const& r = s.reports[n.value];
    if (r.given && r.kept > at) f.gone = true;
    if (!r.given || r.kept > at || r.ended) return;
    auto count = r.count;
    bool const chosen = at <= r.commit;
    if (chosen && r.commit - at < count) count = static_cast<std::uint32_t>(r.commit - at + 1);
    if (count < f.count) f.count = count;
    if (f.chosen && !chosen) return;
    if (chosen == f.chosen && f.voted > r.voted) return;
    if (chosen != f.chosen || r.voted > f.voted) f.holders = {};
    f.chosen = chosen;
    f.voted = r.voted;
    f.kind = r.kind;
    f.holders.insert(n);
  });
  if (f.voted != stamp{}) f.chosen = f.chosen || met<Options>(quorum_phase::commit, f.holders, config);
  return f;
}

// Do those that still have their votes at s.unsettled make a quorum? Then they know what was chosen there, as of
// any slot, whoever else has compacted it.
template <class Options>
constexpr bool told_without_the_forgetful(node_state<Options> const& s, configuration const& config) {
  node_set<64> told{};
  (config.voters & Options::nodes_wide).for_each([&](node_index n) {
    auto const& r = s.reports[n.value];
    if (r.given && r.kept <= s.unsettled) told.insert(n);
  });
  return met<Options>(quorum_phase::election, told, config);
}

// The next `count` slots are settled; what was reported of those behind them still holds.
template <class Options, log_view Log>
constexpr void move_on(node_state<Options>& s, std::uint32_t count, Log const& log) {
  for (auto& r : s.reports) {
    if (!r.given || r.ended) continue;
    if (r.kept > s.unsettled || r.count <= count)
      r.given = false;
    else
      r.count -= count;
  }
  s.unsettled = s.unsettled + count;
  s.asked = {};
  if (auto& own = s.reports[s.self.value]; !own.given) own = to_report(promise_from(s, s.unsettled, log));
}

// Is the value that was found in this node's own log? A vote at the same ballot is for the same value, and so is a
// vote at a higher ballot than one at which it was chosen.
template <class Options>
constexpr bool holds(node_state<Options> const& s, finding const& f) {
  auto const& own = s.reports[s.self.value];
  if (own.ended || own.kept > s.unsettled) return false;
  return own.voted >= f.voted;
}

// Takes `count` slots from s.unsettled on. Chosen slots that come directly after the known ones stay as they are,
// if they stand in the log. All other slots are proposed again, at the own ballot (scenarios P42, P44). `taught`
// brings their bytes.
template <class Options, class Out>
constexpr void adopt(node_state<Options>& s, finding const& f, std::uint32_t count, bool taught, Out& out) {
  auto const at = s.unsettled;
  bool const stays = f.chosen && at == s.commit + 1;
  if (f.voted == stamp{})
    out.write(entry_run{at, count, s.promised, entry_kind::no_op});
  else if (!stays)
    out.write(entry_run{at, count, s.promised, f.kind});
  else if (taught)
    out.write(entry_run{at, count, f.voted, f.kind});
  if (stays) advance_commit(s, at + count - 1, out);
}

template <class Options, log_view Log, class Out>
constexpr void ask_for_values(node_state<Options>& s, finding const& f, Log const& log, Out& out) {
  auto others = f.holders.without(s.self);
  s.asked = {};
  configuration const& config = voters_now(s, log);
  others.for_each([&](node_index n) {
    if (s.asked == peer{}) s.asked = config.at(n);
  });
  if (s.asked != peer{}) out.send(s.asked, fetch{s.promised, s.unsettled, f.count, f.voted, config_now(s, log)});
}

// Phase 1 has got further. What it asks next leaves when what it has adopted is durable.
template <class Out>
constexpr void go_on_waiting(Out& out) {
  out.arm_after(timer::election, timing::election, out.latest());
}

// Goes as far as what is reported reaches: then asks for more, or for values, or leads. `moved`: s.unsettled has
// moved already, so that some have not been asked about it.
template <class Options, log_view Log, class Out>
constexpr void settle(node_state<Options>& s, bool moved, Log const& log, Out& out) {
  configuration const config = voters_now(s, log); // by value: what is written below may move it
  for (std::size_t rounds = 0;; moved = true, ++rounds) {
    if (rounds == Options::limit.nodes) { // enough for one step: the rest once its own report has come again
      s.reports[s.self.value] = {};
      out.send(s.me(), promise_from(s, s.unsettled, log), out.latest());
    }
    node_set<64> given{};
    (config.voters & Options::nodes_wide).for_each([&](node_index n) {
      if (s.reports[n.value].given) given.insert(n);
    });
    // Its own promise must have come back, and so be durable.
    if (!given.contains(s.self) || !met<Options>(quorum_phase::election, given, config)) {
      if (moved) ask_for_votes(s, log, out);
      return;
    }
    auto const f = find(s, config);
    // Nothing is proposed where somebody knows no more what was chosen (scenario P41), unless enough others do.
    if (f.gone && !f.chosen && !told_without_the_forgetful(s, config)) {
      if (given == (config.voters & Options::nodes_wide)) step_down(s, out); // nobody is left who might tell
      return;
    }
    if (f.count == ~std::uint32_t{0}) return become_leader(s, log, out);
    // Is there room to propose it again?
    auto const end = s.unsettled + f.count - 1;
    if (end > log.last() && end - log.last() > log.room()) return step_down(s, out);
    if (f.voted != stamp{} && !holds(s, f)) return ask_for_values(s, f, log, out);
    adopt(s, f, f.count, false, out);
    move_on(s, f.count, log);
    go_on_waiting(out);
  }
}

template <class Options, log_view Log, class Out>
constexpr void on(node_state<Options>& s, from<promise> const& e, Log const& log, Out& out) {
  auto const& m = e.message;
  if (m.ballot != s.promised || s.is != role::candidate || !in_force(s, e, log)) return; // (scenario P20)
  if (m.first != s.unsettled) return; // of slots that are settled
  auto& r = s.reports[e.node.place.value];
  if (r.given) return; // told twice (scenario P23)
  r = to_report(m);
  settle(s, false, log, out);
}

template <class Options, log_view Log, class Out>
constexpr void on(node_state<Options>& s, from<fetched> const& e, Log const& log, Out& out) {
  auto const& m = e.message;
  if (m.ballot != s.promised || s.is != role::candidate || !in_force(s, e, log)) return;
  if (e.node != s.asked || m.first != s.unsettled) return;
  auto const f = find(s, voters_now(s, log));
  if (m.voted != f.voted || m.kind != f.kind || m.count == 0 || m.count > f.count) return;
  adopt(s, f, m.count, true, out);
  move_on(s, m.count, log);
  go_on_waiting(out);
  settle(s, true, log, out);
}

// --- campaigns

template <class Options>
constexpr std::optional<stamp> next_ballot(node_state<Options> const& s) {
  return ballot_above(s.seen > s.promised ? s.seen : s.promised, s.member);
}

// Phase 1a. Its own promise goes the same way as the others': it hears of it once it is durable.
template <class Options, log_view Log, class Out>
constexpr void campaign(node_state<Options>& s, Log const& log, Out& out) {
  auto const ballot = next_ballot(s);
  if (!ballot) return;
  auto const ticket = enter_ballot(s, *ballot, out);
  s.is = role::candidate;
  s.unsettled = s.commit + 1;
  for (auto& r : s.reports) r = {};
  out.send(s.me(), promise_from(s, s.unsettled, log), ticket);
  each_peer(s, log, [&](peer n) { out.send(n, prepare{s.promised, s.unsettled, config_now(s, log)}, ticket); });
  out.arm_after(timer::election, timing::campaign, ticket);
  out.arm(timer::heartbeat);
}

// A canvass is said again once a heartbeat to those that have not granted it.
template <class Options, log_view Log, class Out>
constexpr void say_canvass(node_state<Options> const& s, stamp ballot, Log const& log, Out& out) {
  each_peer(s, log, [&](peer n) {
    if (!s.granted.contains(n.place)) out.send(n, canvass{ballot, s.commit + 1, config_now(s, log)});
  });
  out.arm(timer::heartbeat);
}

template <class Options, log_view Log, class Out>
constexpr void on_election_timeout(node_state<Options>& s, Log const& log, Out& out) {
  if (s.is == role::leader) return; // a late timer
  out.arm(timer::election);
  configuration const& config = voters_now(s, log);
  if (!config.voters.contains(s.self)) return;
  step_down(s, out);
  s.in_contact = false;
  auto const ballot = next_ballot(s);
  if (!ballot) return;
  s.canvassing = true;
  s.granted.insert(s.self);
  if (met<Options>(quorum_phase::election, widen(s.granted), config)) return campaign(s, log, out);
  say_canvass(s, *ballot, log, out);
}

template <class Options, log_view Log, class Out>
constexpr void on(node_state<Options>& s, from<canvass> const& e, Log const& log, Out& out) {
  auto const& m = e.message;
  if (!asked_in_force(s, e, log, out) || e.node.place == s.self) return;
  // Nothing is promised, no timer touched. Who needs what is compacted here could only fail.
  if (m.ballot > s.promised && !beside_a_leader(s) && m.first > log.compacted())
    out.send(e.node, canvass_granted{m.ballot, m.config});
  else
    refuse(s, e.node, m.ballot, log, out);
}

template <class Options, log_view Log, class Out>
constexpr void on(node_state<Options>& s, from<canvass_granted> const& e, Log const& log, Out& out) {
  if (!s.canvassing || !in_force(s, e, log) || next_ballot(s) != e.message.ballot) return;
  s.granted.insert(e.node.place);
  if (met<Options>(quorum_phase::election, widen(s.granted), voters_now(s, log))) campaign(s, log, out);
}

// A higher ballot was promised: the next own one must be above it (scenario P34). A refusal of an old ballot, or
// with a promise below the own one, changes nothing else (scenario P28).
template <class Options, log_view Log, class Out>
constexpr void on(node_state<Options>& s, from<refused> const& e, Log const& log, Out& out) {
  auto const& m = e.message;
  if (!in_force(s, e, log)) return;
  note_seen(s, m.promised);
  if (m.ballot == s.promised && m.promised > s.promised && s.is != role::follower) step_down(s, out);
}

// There is a later configuration: this one's campaign can't succeed.
template <class Options, log_view Log, class Out>
constexpr void on(node_state<Options>& s, from<other_configuration> const& e, Log const& log, Out& out) {
  auto const& m = e.message;
  if (m.config <= config_now(s, log) || !takes_part(s, e.node, log)) return;
  if (s.canvassing || (s.is == role::candidate && m.ballot == s.promised)) step_down(s, out);
}

// Once a heartbeat, who canvasses and a candidate ask again those who have not answered. While its own promise is
// not durable, a candidate's requests wait as they are; an outbox that was full may have dropped that promise.
template <class Options, log_view Log, class Out>
constexpr void ask_again(node_state<Options>& s, Log const& log, Out& out) {
  if (s.canvassing)
    if (auto const ballot = next_ballot(s)) say_canvass(s, *ballot, log, out);
  if (s.is != role::candidate) return;
  if (!s.reports[s.self.value].given) {
    out.send(s.me(), promise_from(s, s.unsettled, log), out.latest());
  } else {
    ask_for_votes(s, log, out);
    if (s.asked != peer{}) ask_for_values(s, find(s, voters_now(s, log)), log, out);
  }
  out.arm(timer::heartbeat);
}

} // namespace quorate::multi_paxos
