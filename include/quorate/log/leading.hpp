// What leaders of a replicated log do alike, and those who hear them. `State` is a protocol's: its `options`, what
// the node `is`, its `era()`, whether it is `in_contact` with a leader, whom a leader has heard of (`active`).
#pragma once

#include "quorate/core/log_view.hpp"
#include "quorate/effect/event.hpp"
#include "quorate/log/role.hpp"
#include "quorate/log/voters.hpp"

#include <cstdint>

namespace quorate {

// A leader appends what is proposed, stamped with its term or ballot.
template <class State, log_view Log, class Out>
constexpr void on_propose(State& s, propose e, Log const& log, Out& out) {
  constexpr auto reserve = State::options::limit.reserve;
  if (s.is != role::leader) return out.report(proposal_refused{refusal::not_leader});
  auto const room = log.room();
  if (room < reserve || room - reserve < e.count) return out.report(proposal_refused{refusal::no_room});
  entry_run const run{log.last() + 1, e.count, s.era(), entry_kind::command};
  out.write(run);
  out.report(proposed{run});
}

// A leader lives, as far as this node knows: a leader itself, or a follower that heard of one less than T ago.
template <class State>
constexpr bool beside_a_leader(State const& s) {
  if constexpr (State::options::keeps_contact)
    return s.is == role::leader || s.in_contact;
  else
    return false;
}

template <class State>
constexpr void on_contact_timeout(State& s) {
  if constexpr (State::options::keeps_contact) s.in_contact = false;
}

// Heartbeats are numbered from 1 to 255, and then from 1 on again. Those that a leader sends between two of its
// timeouts have the number of the first. An answer has the number of what it answers.
constexpr std::uint8_t next_beat(std::uint8_t beat) { return static_cast<std::uint8_t>(beat % 255 + 1); }
// Does an answer with that number tell of the time when `asked` was sent, or of a later one? Else it may say that
// something has not come which was on its way. 0 is no heartbeat's number.
constexpr bool answers(std::uint8_t beat, std::uint8_t asked) {
  return beat != 0 && asked != 0 && (beat + 255 - asked) % 255 < 128;
}

// A leader that has heard of a quorum begins to wait anew for one. Returns whether it has. With each heartbeat:
// so it gives way T after it has last heard of a quorum, and no later than a heartbeat after that.
template <class State, log_view Log, class Out>
constexpr bool note_quorum(State& s, Log const& log, Out& out) {
  if constexpr (State::options::checks_quorum) {
    if (!met<typename State::options>(quorum_phase::commit, widen(s.active.with(s.self)), voters_now(s, log)))
      return false;
    s.active = {};
    out.arm(timer::quorum_check);
  }
  return true;
}

// Raft §6.2: a leader that has not heard of a quorum for T gives way, and with it the followers that still hear it
// (scenarios E15, P59).
template <class State, log_view Log, class Out>
constexpr void on_quorum_check_timeout(State& s, Log const& log, Out& out) {
  if constexpr (State::options::checks_quorum) {
    if (s.is != role::leader || note_quorum(s, log, out)) return;
    step_down(s, out);
    s.leader = {};
  }
}

} // namespace quorate
