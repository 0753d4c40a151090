// Raft under the simulator, and what its messages promise.
#pragma once

#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/raft/invariant.hpp"
#include "quorate/sim/log_family.hpp"
#include "quorate/timer/manual.hpp"

#include <algorithm>
#include <cstdint>

namespace quorate::sim {

struct raft_rules {
  // A binding message leaves: what is wrong with that, or nullptr.
  template <class Disk>
  static char const* says(raft::request_vote const& m, word_given& g, node_id self, node_id, Disk const& d) {
    return votes(m.term, self, g, d);
  }
  template <class Disk>
  static char const* says(raft::vote_granted const& m, word_given& g, node_id, node_id to, Disk const& d) {
    return votes(m.term, to, g, d);
  }
  template <class Disk>
  static char const* says(raft::appended const& m, word_given& g, node_id, node_id, Disk const& d) {
    g.promised = std::max(g.promised, m.term);
    if (m.term > g.matched_in || (m.term == g.matched_in && m.match_index > g.match))
      g.matched_in = m.term, g.match = m.match_index;
    bool const durable = d.durable_hard().promised >= m.term && d.was_durable(m.match_index, m.term);
    return durable ? nullptr : "an acknowledgement waits for its disk";
  }
  // After a restart.
  template <class Disk>
  static bool keeps(word_given const& g, Disk const& d) {
    auto const hard = d.hard();
    if (hard.promised < g.promised) return false;
    if (hard.promised == g.voted_in && g.voted_for != 0 && hard.vote.value + 1U != g.voted_for) return false;
    return hard.promised != g.matched_in || d.log().last() >= g.match;
  }

private:
  template <class Disk>
  static char const* votes(term_id term, node_id who, word_given& g, Disk const& d) {
    auto const kept = d.durable_hard();
    if (kept.promised < term || (kept.promised == term && kept.vote.value + 1U != who.value))
      return "a vote waits for its disk";
    if (term == g.voted_in && g.voted_for != who.value) return "one vote a term ever leaves";
    if (term > g.voted_in) g.voted_in = term, g.voted_for = who.value;
    g.promised = std::max(g.promised, term);
    return nullptr;
  }
};

template <class Core = raft::node<>, class Messages = messages<std::uint64_t>, class Storage = memory,
          class Timer = manual_timer>
using raft_family = log_family<raft_rules, Core, Messages, Storage, Timer>;

} // namespace quorate::sim
