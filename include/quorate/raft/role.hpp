// Changes of term and role, shared by all concerns.
#pragma once

#include "quorate/core/log_view.hpp"
#include "quorate/effect/event.hpp"
#include "quorate/effect/ticket.hpp"
#include "quorate/log/leading.hpp"
#include "quorate/log/reading.hpp"
#include "quorate/raft/state.hpp"

namespace quorate::raft {

// Leaves leadership, candidacy or pre-candidacy. The term and the vote in it stay (scenario E2).
template <class Options, class Out>
constexpr void step_down(node_state<Options>& s, Out& out) {
  if (s.is == role::leader) {
    out.disarm(timer::heartbeat);
    if constexpr (Options::checks_quorum) out.disarm(timer::quorum_check);
    refuse_reads(s, out);
    out.arm(timer::election);
  }
  s.is = role::follower;
  s.beat = 0;
  s.granted = {};
  if constexpr (Options::pre_votes) s.pre = {};
}

// A higher term was seen: nothing more is concluded from that (scenario E8). Writes nothing; the caller does,
// once, with the vote that it may give (scenario E1).
template <class Options, class Out>
[[gnu::cold]] constexpr void enter_term(node_state<Options>& s, term_id term, Out& out) {
  step_down(s, out);
  s.current_term = term;
  s.voted_for = no_member;
  s.leader = {};
  s.verified = {};
  s.owed = 0;
  if constexpr (Options::keeps_contact) s.in_contact = false;
}

template <class Options, class Out>
constexpr written write_hard_state(node_state<Options> const& s, Out& out) {
  return out.write(term_and_vote{s.current_term, s.voted_for});
}

// Is an answer of the current term? One of a later term makes this node enter that; an earlier one does not count
// (§3.3).
template <class Options, class Answer, class Out>
constexpr bool of_this_term(node_state<Options>& s, Answer const& m, Out& out) {
  if (m.term > s.current_term) {
    enter_term(s, m.term, out);
    write_hard_state(s, out);
    return false;
  }
  return m.term == s.current_term;
}

// Is that entry of the current term? Of a leader's own, then.
template <class Options, log_view Log>
constexpr bool of_own_term(node_state<Options> const& s, log_index at, Log const& log) {
  return log.stamp_at(at) == s.current_term;
}

// The leader of `term` speaks, and term is not below ours: follow it. False for what can't be: two leaders of a
// term.
template <class Options, class Out>
constexpr bool follow(node_state<Options>& s, peer leader, term_id term, Out& out) {
  QUORATE_ASSERT(leader.member != no_member, "nobody leads term ", term);
  if (term > s.current_term) {
    enter_term(s, term, out);
    write_hard_state(s, out);
  } else if (s.is == role::leader) {
    return false;
  } else if (s.leader.member != leader.member) {
    if (s.leader.member != no_member) return false;
    step_down(s, out);
  }
  if (s.leader.member != leader.member) out.disarm(timer::election); // which ends the campaigns in a row
  s.leader = leader;
  out.arm(timer::election);
  if constexpr (Options::keeps_contact) {
    s.in_contact = true;
    out.arm(timer::contact);
  }
  return true;
}

} // namespace quorate::raft
