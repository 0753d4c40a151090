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
constexpr configuration voters_now(State const& s, Log const& log) {
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

// Calls f(node_index) for each other voter.
template <class State, log_view Log, class F>
constexpr void each_peer(State const& s, Log const& log, F&& f) {
  auto const voters = voters_now(s, log).voters & State::options::nodes_wide;
  voters.without(s.self).for_each(f);
}

} // namespace quorate
