// What is true of several nodes of a replicated log, whatever its protocol: one sentence and one function each. A
// `node` here is whatever has the members of a host (world/host.hpp): `self`, `core`, `written` and `durable`,
// both with a `log` and a `hard`. `tell` hears the sentence that is broken, and the values that break it.
#pragma once

#include "quorate/core/entry.hpp"
#include "quorate/effect/event.hpp"
#include "quorate/policy/voters.hpp"
#include "quorate/truth/memory.hpp"

#include <cstddef>
#include <cstdint>

namespace quorate::truth {

// --- leaders. An era is a term or a ballot; `led` remembers those that a node has led, whatever it forgets.

// Is the node now leading an era that it did not lead before the step?
template <class Core>
constexpr bool begins_to_lead(Core const& before, Core const& after) {
  return after.leads() && !(before.leads() && before.era() == after.era());
}

// --- reads

// Of one node: the reads asked since it began, and of each that was answered, up to where it saw.
template <class Memory>
struct reads_told {
  static constexpr std::size_t most = 4; // where memory is bounded
  std::uint64_t asked = 0;
  typename Memory::template list<log_index, most> answers{};

  constexpr void told(readable const& r) {
    while (answers.size() < r.upto && append<log_index>(answers, r.index)) {
    }
  }
  friend constexpr bool operator==(reads_told const&, reads_told const&) = default;
};

// Of all nodes: how much was known to be committed when each read was asked.
template <class Memory, std::size_t Nodes>
class reads_ledger {
public:
  // After a step of node `n`; `known`: how much anybody knows to be committed.
  template <class Tell>
  constexpr bool read_sees_what_was_committed(node_index n, reads_told<Memory> const& told, log_index known,
                                              Tell&& tell) {
    auto& must = must_see_[n.value];
    if (told.asked < must.size()) must.clear(); // it began anew
    while (must.size() < told.asked && append<log_index>(must, known)) {
    }
    for (std::size_t i = 0; i < told.answers.size(); ++i)
      if (told.answers[i] < must[i])
        return tell("a read sees what was committed before it was asked", "node ", n, " answers its read number ",
                    i + 1, " as of index ", told.answers[i], ", and ", must[i], " was known to be committed");
    return true;
  }
  constexpr auto const& of(node_index n) const { return must_see_[n.value]; }
  friend constexpr bool operator==(reads_ledger const&, reads_ledger const&) = default;

private:
  typename Memory::template list<log_index, reads_told<Memory>::most> must_see_[Nodes]{};
};

// --- what a leader's steps may be, seen from outside

// Who becomes leader knows of no match, not even of its own until its own disk has answered, which in a whole turn
// it has (Ongaro's figure 3.1; SCENARIOS P24).
template <class Core, class Tell>
constexpr bool new_leaders_know_no_match(Core const& before, Core const& after, bool whole_turn, Tell&& tell) {
  if (before.leads() || !after.leads()) return true;
  auto const& s = after.state();
  for (std::uint8_t i = 0; i < Core::options::limit.nodes; ++i) {
    node_index const n{i};
    if (s.peer(n).match > log_index{} && !(n == after.self() && whole_turn))
      return tell("a new leader knows of no match", "node ", after.self(), " becomes leader, and takes ", n,
                  " to hold all up to ", s.peer(n).match);
  }
  return true;
}

// A leader that hears of no quorum gives way at its quorum check (Ongaro §6.2; SCENARIOS E15, P59).
template <class Core, class Tell>
constexpr bool leaders_check_their_quorum(Core const& before, configuration const& everybody, Core const& after,
                                          Tell&& tell) {
  if constexpr (requires { before.state().active.bits; }) {
    auto const& s = before.state();
    auto const heard = widen(s.active.with(s.self));
    if (before.leads() && after.leads() && !met<typename Core::options>(quorum_phase::commit, heard, everybody))
      return tell("a leader that hears of no quorum gives way", "node ", s.self, " has heard of ", heard.size(),
                  " nodes, itself among them, and leads on");
  }
  return true;
}

} // namespace quorate::truth
