// What a leader's steps may be, seen from outside, whatever its protocol: one sentence each, `nullptr` when it
// holds.
#pragma once

#include "quorate/core/entry.hpp"
#include "quorate/core/id.hpp"
#include "quorate/policy/voters.hpp"

namespace quorate::check::leader_receipts {

// Who becomes leader knows of no match, not even of its own until its own disk has answered, which in a whole turn
// it has (Ongaro's figure 3.1; SCENARIOS P24).
template <class Core>
char const* matches(Core const& before, bool whole_turn, Core const& after) {
  if (before.leads() || !after.leads()) return nullptr;
  for (auto const& p : after.state().peers) {
    bool const own = &p == &after.state().peer(after.self());
    if (p.match > log_index{} && !(own && whole_turn)) return "a new leader knows of no match";
  }
  return nullptr;
}

// A leader that hears of no quorum gives way at its quorum check (Ongaro §6.2; SCENARIOS E15, P59).
template <class Core>
char const* quorum_check(Core const& before, configuration const& everybody, Core const& after) {
  if constexpr (requires { before.state().active.bits; }) {
    auto const& s = before.state();
    auto const heard = widen(s.active.with(s.self));
    if (before.leads() && after.leads() && !met<typename Core::options>(quorum_phase::commit, heard, everybody))
      return "a leader that hears of no quorum gives way";
  }
  return nullptr;
}

} // namespace quorate::check::leader_receipts
