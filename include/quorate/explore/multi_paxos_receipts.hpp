// What a message or a timeout may do to a Multi-Paxos node, seen from outside: one sentence each, `nullptr` when
// it holds. These find at once what would show in the slots of several nodes much later, or never within a bound.
#pragma once

#include "quorate/multi_paxos/node.hpp"

#include <cstdint>
#include <type_traits>

namespace quorate::check::multi_paxos_receipts {

// An answer is about the ballot that it was asked at (SCENARIOS P20, P40), and a canvass asks for no promise.
template <class Core, class M>
char const* unmoved(Core const& before, M const& m, Core const& after) {
  constexpr bool answers = std::is_same_v<M, multi_paxos::promise> || std::is_same_v<M, multi_paxos::accepted> ||
                           std::is_same_v<M, multi_paxos::fetched> ||
                           std::is_same_v<M, multi_paxos::heartbeat_answer>;
  if constexpr (answers)
    if (m.ballot != before.era() && !(after == before)) return "an answer at another ballot changes nothing";
  if constexpr (std::is_same_v<M, multi_paxos::canvass>)
    if (!(after == before)) return "to be canvassed changes nothing";
  return nullptr;
}

// Beside a living leader nobody promises another's ballot.
template <class Core, class M>
char const* stickiness(Core const& before, M const& m, Core const& after) {
  if constexpr (std::is_same_v<M, multi_paxos::prepare>)
    if (m.ballot > before.era() && multi_paxos::beside_a_leader(before.state()) && !(after == before))
      return "beside a living leader no ballot is promised";
  return nullptr;
}

// A refusal is remembered, and ends what was refused (SCENARIOS P34).
template <class Core, class M>
char const* refusals(Core const& before, M const& m, Core const& after) {
  if constexpr (std::is_same_v<M, multi_paxos::refused>) {
    if (after.state().seen < m.promised) return "the next ballot is above what was refused for";
    if (m.ballot == before.era() && m.promised > m.ballot && after.campaigns())
      return "who hears of a higher promise gives way";
  }
  return nullptr;
}

// To hear of the leader puts an election off. `armed`: the timers that were.
template <class Core, class M>
char const* elections(Core const& before, M const& m, node_index sender, Core const& after, std::uint64_t armed) {
  if constexpr (std::is_same_v<M, multi_paxos::accept> || std::is_same_v<M, multi_paxos::heartbeat>)
    if (m.ballot >= before.era() && after.leader() == sender &&
        (armed >> static_cast<unsigned>(multi_paxos::timer::election) & 1) == 0)
      return "to hear of the leader puts an election off";
  return nullptr;
}

// An answer confirms the round of reads that it was asked in and those before it (SCENARIOS R2, P68).
template <class Core, class M>
char const* rounds(Core const& before, [[maybe_unused]] M const& m, node_index sender, Core const& after) {
  if constexpr (std::is_same_v<M, multi_paxos::heartbeat_answer>) {
    auto const was = before.state().peer(sender).round, is = after.state().peer(sender).round;
    if (after.leads() && is > was && is > m.round) return "an answer confirms no later round than its own";
  }
  return nullptr;
}

// All of them, of one message.
template <class Core, class M>
char const* broken(Core const& before, M const& m, node_index sender, Core const& after, std::uint64_t armed) {
  if (auto const* what = unmoved(before, m, after)) return what;
  if (auto const* what = stickiness(before, m, after)) return what;
  if (auto const* what = refusals(before, m, after)) return what;
  if (auto const* what = rounds(before, m, sender, after)) return what;
  return elections(before, m, sender, after, armed);
}

} // namespace quorate::check::multi_paxos_receipts
