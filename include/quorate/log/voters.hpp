// Who takes part, as every core of a replicated log asks: the voters of the configuration in force, and whether
// enough of them have said something. `State` names its `options`, with the quorum system and the limits.
#pragma once

#include "quorate/core/entry.hpp"
#include "quorate/core/log_view.hpp"
#include "quorate/core/node_set.hpp"
#include "quorate/policy/quorum.hpp"

namespace quorate {

// A state names the entry up to where configurations count for it, `governed_by`.
template <class State, log_view Log>
constexpr decltype(auto) voters_now(State const& s, Log const& log) {
  return log.config_at(s.governed_by(log.last()));
}

template <class Options>
constexpr bool met(quorum_phase phase, node_set<64> acks, configuration const& c) {
  return typename Options::quorum_type{}.met(phase, acks, c);
}

template <class Nodes>
constexpr node_set<64> widen(Nodes n) {
  return {n.bits};
}

// Is it said by a member of the configuration in force, at the place that it has there? Else an answer counts for
// nothing: what is known of a place is known of its member.
template <class State>
constexpr bool takes_part(State const&, peer sender, configuration const& now) {
  return sender.place.value < State::options::limit.nodes && sender.member != no_member &&
         now.members[sender.place.value] == sender.member;
}
template <class State, log_view Log>
constexpr bool takes_part(State const& s, peer sender, Log const& log) {
  return takes_part(s, sender, static_cast<configuration const&>(voters_now(s, log)));
}

// The same, and it is not this node itself.
template <class State, log_view Log>
constexpr bool is_other(State const& s, peer sender, Log const& log) {
  return sender.place != s.self && takes_part(s, sender, log);
}

// Calls f(peer) for each other voter.
template <class State, log_view Log, class F>
constexpr void each_peer(State const& s, Log const& log, F&& f) {
  configuration const& config = voters_now(s, log);
  auto const voters = config.voters & State::options::nodes_wide;
  voters.without(s.self).for_each([&](node_index n) { f(peer{n, config.members[n.value]}); });
}

} // namespace quorate
