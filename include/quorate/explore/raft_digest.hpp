// The digest of a Raft core.
#pragma once

#include "quorate/explore/digest.hpp"
#include "quorate/raft/state.hpp"
#include "quorate/truth/raft.hpp"

#include <cstddef>
#include <cstdint>

namespace quorate::check {

// What is remembered of a node beside the core: what it has said and told, crashes or not.
template <class Memory>
struct said_by_a_voter {
  typename Memory::eras led{};
  raft::truth::vote_said vote{};
  truth::reads_told<Memory> reads{};
  staged_snapshot staged{};
  void restart() { reads = {}; } // who asked for a read waits no longer
  friend bool operator==(said_by_a_voter const&, said_by_a_voter const&) = default;
};
inline void digest_past(said_by_a_voter<truth::bounded_memory> const& past, renaming const& p, digester& h) {
  h.add(past.led.bits), h.add(past.vote.in), h.add(p(past.vote.whom));
  digest_reads(past.reads, h);
  digest_staged(past.staged, h);
}

template <std::size_t Nodes, class Options>
void digest_state(raft::node_state<Options> const& s, renaming const& p, digester& h) {
  digest_value(s.me(), p, h), digest_value(s.leader, p, h);
  h.add(s.current_term), h.add(s.commit), h.add(p(s.voted_for)), h.add(s.is);
  h.add(p(s.granted).bits), h.add(s.owed), h.add(s.verified), h.add(s.beat_due), h.add(s.beat);
  h.add(s.self_told);
  if constexpr (Options::keeps_contact) h.add(s.in_contact);
  if constexpr (Options::pre_votes) h.add(s.pre.under_way), h.add(p(s.pre.granted).bits);
  if constexpr (Options::checks_quorum) h.add(p(s.active).bits);
  for (std::uint8_t i = 0; i < Nodes; ++i) {
    auto const& o = s.peer(p.before(node_index{i}));
    h.add(o.next), h.add(o.match), h.add(o.in_flight), h.add(o.asked), h.add(o.poked);
    h.add(o.sent_since);
    if constexpr (Options::tells_commit) h.add(o.told);
    if constexpr (Options::reads) h.add(o.round);
    if constexpr (Options::pipelines) h.add(o.is);
  }
  if constexpr (Options::reads) digest_reads(s.readers, h);
}

} // namespace quorate::check
