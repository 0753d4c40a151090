// Changes of ballot and role, shared by all concerns.
#pragma once

#include "quorate/core/log_view.hpp"
#include "quorate/effect/event.hpp"
#include "quorate/effect/ticket.hpp"
#include "quorate/log/leading.hpp"
#include "quorate/log/reading.hpp"
#include "quorate/multi_paxos/message.hpp"
#include "quorate/multi_paxos/state.hpp"

namespace quorate::multi_paxos {

template <class Options, log_view Log>
constexpr std::uint64_t config_now(node_state<Options> const& s, Log const& log) {
  return voters_now(s, log).number.value;
}

// Is it said under the configuration in force here, and by a voter of it?
template <class Options, log_view Log, class Message>
constexpr bool in_force(node_state<Options> const& s, from<Message> const& e, Log const& log) {
  configuration const& config = voters_now(s, log);
  auto const [place, member] = e.node;
  return e.message.config == config.number.value && place.value < Options::limit.nodes &&
         config.voters.contains(place) && config.members[place.value] == member;
}

// The same of a request: what is of another configuration is answered with the own one's number, and raises
// nothing.
template <class Options, log_view Log, class Message, class Out>
constexpr bool asked_in_force(node_state<Options> const& s, from<Message> const& e, Log const& log, Out& out) {
  if (in_force(s, e, log)) return true;
  auto const own = config_now(s, log);
  if (e.message.config != own) out.send(e.node, other_configuration{e.message.ballot, s.commit, own});
  return false;
}

// Leaves leadership or candidacy. The promise stays.
template <class Options, class Out>
constexpr void step_down(node_state<Options>& s, Out& out) {
  if (s.is != role::follower) out.disarm(timer::heartbeat);
  if (s.is == role::leader) { // a candidate's timer goes on
    out.arm(timer::election);
    out.disarm(timer::quorum_check);
    refuse_reads(s, out);
  }
  s.is = role::follower;
  s.beat = 0;
  s.leader = {};
  s.canvassing = false;
  s.granted = {};
  s.asked = {};
  s.verified = s.commit; // of the next leader's log nothing is known but what is chosen
  s.owed.clear();
}

template <class Options>
constexpr void note_seen(node_state<Options>& s, stamp ballot) {
  if (ballot > s.seen) s.seen = ballot;
}

// Writes what must survive a restart. The chosen mark is no promise to anybody. With it, a node need not learn
// again after a restart which slots are chosen; others may have compacted those slots. So the mark is written now
// and then.
template <class Options, class Out>
constexpr written mark(node_state<Options>& s, Out& out) {
  s.marked = s.commit;
  return out.write(promise_and_mark{s.promised, s.commit});
}

// Promises a higher ballot. Returns the ticket of that: nothing may be said under the ballot before.
template <class Options, class Out>
[[gnu::cold]] constexpr written enter_ballot(node_state<Options>& s, stamp ballot, Out& out) {
  step_down(s, out);
  s.promised = ballot;
  note_seen(s, ballot);
  s.in_contact = false;
  return mark(s, out);
}

// Only its owner speaks for a ballot, and nobody else for that of this node (scenarios P31, P37).
template <class Options>
constexpr bool from_owner(node_state<Options> const& s, peer sender, stamp ballot) {
  return owner_of(ballot) == sender.member && sender.member != s.member;
}

// A message of a leader of `ballot`, which is not below what is promised: follow it. False for what can't be.
template <class Options, class Out>
constexpr bool follow(node_state<Options>& s, peer leader, stamp ballot, Out& out) {
  if (s.leader.member != leader.member || s.promised != ballot) {
    if (!from_owner(s, leader, ballot)) return false;
    if (ballot != s.promised)
      enter_ballot(s, ballot, out);
    else
      step_down(s, out); // a canvass of its own, perhaps
    s.leader = leader;
    out.disarm(timer::election); // which ends the campaigns in a row
  }
  out.arm(timer::election);
  s.in_contact = true;
  out.arm(timer::contact);
  return true;
}

// Of a ballot that is not this node's any more.
template <class Options, log_view Log, class Out>
constexpr void refuse(node_state<Options> const& s, peer to, stamp asked, Log const& log, Out& out) {
  out.send(to, refused{asked, s.promised, config_now(s, log)});
}

template <class Options, class Out>
constexpr void advance_commit(node_state<Options>& s, log_index upto, Out& out) {
  if (upto <= s.commit) return;
  s.commit = upto;
  if (s.verified < upto) s.verified = upto;
  out.report(committed{upto});
}

} // namespace quorate::multi_paxos
