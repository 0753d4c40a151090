// Elections: pre-votes, votes and stickiness (§3.4, §3.6.1, §4.2.3, §9.6). The quorum check is log/leading.hpp's.
#pragma once

#include "quorate/raft/replication.hpp"
#include "quorate/raft/role.hpp"

namespace quorate::raft {

// Raft §3.6.1: the later last term wins, then the longer log; in this order, not each by itself (scenario E5).
template <log_view Log>
constexpr bool up_to_date(log_index last_index, term_id last_term, Log const& log) {
  auto const own_term = log.stamp_at(log.last());
  return last_term > own_term || (last_term == own_term && last_index >= log.last());
}

// No match is known, not even its own: the disk may still hold a tail that was truncated a moment ago.
template <class Options>
constexpr void forget_progress(node_state<Options>& s) {
  for (auto& p : s.peers) p = {};
}

template <class Options, log_view Log, class Out>
constexpr void become_leader(node_state<Options>& s, Log const& log, Out& out) {
  s.is = role::leader;
  s.leader = s.me();
  s.granted = {};
  s.self_told = {};
  s.beat_due = true;
  s.beat = 1;
  forget_progress(s);
  each_peer(s, log, [&](peer n) {
    auto& p = s.peer(n);
    p.next = log.last() + 1;
    p.poked = true;
  });
  out.disarm(timer::election);
  out.arm(timer::heartbeat);
  if constexpr (Options::checks_quorum) {
    s.active = {};
    out.arm(timer::quorum_check);
  }
  if constexpr (Options::keeps_contact) {
    s.in_contact = false;
    out.disarm(timer::contact);
  }
  if constexpr (Options::appends_first_entry)
    if (log.room() > 0) out.write(entry_run{log.last() + 1, 1, s.current_term, entry_kind::no_op});
}

// Asks those that have not answered, and again once a heartbeat: a request that was lost costs no campaign.
template <class Options, log_view Log, class Out>
constexpr void ask_for_votes(node_state<Options> const& s, written vote, Log const& log, Out& out) {
  each_peer(s, log, [&](peer n) {
    if (!s.granted.contains(n.place))
      out.send(n, request_vote{s.current_term, log.last(), log.stamp_at(log.last())}, vote);
  });
  out.arm(timer::heartbeat);
}

// Raft §3.4. The candidate votes for itself as it would for another: it hears of that vote once it is durable.
template <class Options, log_view Log, class Out>
constexpr void campaign(node_state<Options>& s, Log const& log, Out& out) {
  enter_term(s, next(s.current_term), out);
  s.is = role::candidate;
  s.voted_for = s.member;
  auto const ticket = write_hard_state(s, out);
  out.send(s.me(), vote_granted{s.current_term}, ticket);
  ask_for_votes(s, ticket, log, out);
  out.arm_after(timer::election, timing::campaign, ticket);
}

template <class Options, log_view Log, class Out>
constexpr void ask_for_pre_votes(node_state<Options> const& s, Log const& log, Out& out) {
  each_peer(s, log, [&](peer n) {
    if (!s.pre.granted.contains(n.place))
      out.send(n, request_pre_vote{next(s.current_term), log.last(), log.stamp_at(log.last())});
  });
  out.arm(timer::heartbeat);
}

template <class Options, log_view Log, class Out>
constexpr void ask_before_campaign(node_state<Options>& s, Log const& log, Out& out) {
  step_down(s, out);
  s.leader = {}; // it has been silent too long; a node that still names it could not ask (scenario E11)
  s.in_contact = false;
  s.pre = {true, node_set<64>::of(s.self)};
  if (met<Options>(quorum_phase::election, s.pre.granted, voters_now(s, log))) return campaign(s, log, out);
  ask_for_pre_votes(s, log, out);
  out.arm(timer::election);
}

// Once a heartbeat. While its own vote is not durable, the requests wait as they are; an outbox that was full may
// have dropped that vote.
template <class Options, log_view Log, class Out>
constexpr void ask_again(node_state<Options> const& s, Log const& log, Out& out) {
  if constexpr (Options::pre_votes)
    if (s.pre.under_way) return ask_for_pre_votes(s, log, out);
  if (s.is != role::candidate) return; // a late timer
  if (s.granted.contains(s.self)) return ask_for_votes(s, out.latest(), log, out);
  out.send(s.me(), vote_granted{s.current_term}, out.latest());
  out.arm(timer::heartbeat);
}

template <class Options, log_view Log, class Out>
constexpr void on_election_timeout(node_state<Options>& s, Log const& log, Out& out) {
  if (s.is == role::leader) return;                            // a late timer (scenario E17)
  bool const may = voters_now(s, log).voters.contains(s.self); // else it never campaigns (scenario M4)
  if (!may || s.current_term == last_stamp) {
    out.arm(timer::election);
    return;
  }
  if constexpr (Options::pre_votes)
    ask_before_campaign(s, log, out);
  else
    campaign(s, log, out);
}

template <class Options, log_view Log, class Out>
constexpr void on(node_state<Options>& s, from<request_pre_vote> const& e, Log const& log, Out& out) {
  auto const& m = e.message;
  if (e.node.member == no_member) return; // whom nobody could vote for
  // Raft §9.6: as a real vote would be decided in that term, and not beside a living leader; but nothing is
  // promised, no term adopted, no timer touched (scenarios E12, E13).
  bool const free = m.next_term > s.current_term ||
                    (m.next_term == s.current_term && (s.voted_for == no_member || s.voted_for == e.node.member));
  if (free && !beside_a_leader(s) && up_to_date(m.last_log_index, m.last_log_term, log))
    out.send(e.node, pre_vote_granted{m.next_term});
  else if (m.next_term > s.current_term || Options::answers_stale)
    out.send(e.node, pre_vote_refused{s.current_term});
}

template <class Options, log_view Log, class Out>
constexpr void on(node_state<Options>& s, from<pre_vote_granted> const& e, Log const& log, Out& out) {
  if constexpr (Options::pre_votes) {
    if (!s.pre.under_way || e.message.next_term != next(s.current_term) || !takes_part(s, e.node, log)) return;
    s.pre.granted.insert(e.node.place);
    if (met<Options>(quorum_phase::election, s.pre.granted, voters_now(s, log))) campaign(s, log, out);
  }
}

template <class Options, log_view Log, class Out>
constexpr void on(node_state<Options>& s, from<pre_vote_refused> const& e, Log const&, Out& out) {
  of_this_term(s, e.message, out);
}

template <class Options, log_view Log, class Out>
constexpr void on(node_state<Options>& s, from<request_vote> const& e, Log const& log, Out& out) {
  auto const& m = e.message;
  if (e.node.member == no_member) return;
  if (m.term < s.current_term) {
    if constexpr (Options::answers_stale) out.send(e.node, vote_refused{s.current_term});
    return;
  }
  // Raft §4.2.3: beside a living leader, a request does not even raise the term.
  if constexpr (Options::checks_quorum)
    if (m.term > s.current_term && beside_a_leader(s)) return;

  bool const raised = m.term > s.current_term;
  if (raised) enter_term(s, m.term, out);
  bool const again = s.voted_for == e.node.member; // the answer was lost: say it again (scenario E11)
  bool const free = s.voted_for == no_member;
  bool const granted = again || (free && up_to_date(m.last_log_index, m.last_log_term, log));
  if (granted && !again) s.voted_for = e.node.member;

  auto const ticket = raised || (granted && !again) ? write_hard_state(s, out) : out.latest();
  if (!granted) return out.send(e.node, vote_refused{s.current_term});
  // A refusal puts off nothing: §3.4 (scenario E14), and to say a vote again does not either.
  if (!again) out.arm_after(timer::election, timing::campaign, ticket);
  if constexpr (Options::pre_votes) s.pre = {}; // it has a candidate to wait for
  out.send(e.node, vote_granted{m.term}, ticket);
}

template <class Options, log_view Log, class Out>
constexpr void on(node_state<Options>& s, from<vote_granted> const& e, Log const& log, Out& out) {
  if (!of_this_term(s, e.message, out) || s.is != role::candidate || !takes_part(s, e.node, log)) return;
  s.granted.insert(e.node.place); // a set: the same vote twice counts once (scenario E3)
  // The candidate's own vote must have come back; then it is durable. Otherwise the candidate could lead this
  // term, crash, forget its vote, and help another node to lead the same term.
  if (s.granted.contains(s.self) && met<Options>(quorum_phase::election, widen(s.granted), voters_now(s, log)))
    become_leader(s, log, out);
}

template <class Options, log_view Log, class Out>
constexpr void on(node_state<Options>& s, from<vote_refused> const& e, Log const&, Out& out) {
  of_this_term(s, e.message, out);
}

} // namespace quorate::raft
