// Multi-Paxos under the simulator, and what its messages promise.
#pragma once

#include "quorate/message/messages.hpp"
#include "quorate/multi_paxos.hpp"
#include "quorate/multi_paxos/invariant.hpp"
#include "quorate/sim/log_family.hpp"
#include "quorate/timer/manual.hpp"

#include <algorithm>
#include <cstdint>

namespace quorate::sim {

struct multi_paxos_rules {
  // A binding message leaves: what is wrong with that, or nullptr.
  template <class Disk>
  static char const* says(multi_paxos::prepare const& m, word_given& g, node_id, node_id, Disk const& d) {
    g.promised = std::max(g.promised, m.ballot);
    return d.durable_hard().promised < m.ballot ? "a new ballot waits for its disk" : nullptr;
  }
  template <class Disk>
  static char const* says(multi_paxos::promise const& m, word_given& g, node_id, node_id, Disk const& d) {
    auto const kept = d.durable_hard().promised;
    g.promised = std::max(g.promised, m.ballot);
    if (kept < m.ballot) return "a promise waits for its disk";
    auto const& log = d.durable_log();
    for (auto i = m.first; kept == m.ballot && i < m.first + m.count; i = i + 1)
      if (i > log.compacted() && (i > log.last() || log.stamp_at(i) < m.voted))
        return "a promise tells of votes that are durable";
    return nullptr;
  }
  template <class Disk>
  static char const* says(multi_paxos::accepted const& m, word_given& g, node_id, node_id, Disk const& d) {
    auto const last = m.first + m.count - 1;
    g.promised = std::max(g.promised, m.ballot);
    if (m.ballot > g.matched_in || (m.ballot == g.matched_in && last > g.match))
      g.matched_in = m.ballot, g.match = last;
    bool durable = d.durable_hard().promised >= m.ballot;
    for (auto i = m.first; durable && i <= last; i = i + 1) durable = d.was_durable(i, m.ballot);
    return durable ? nullptr : "an acknowledgement waits for its disk";
  }
  // After a restart.
  template <class Disk>
  static bool keeps(word_given const& g, Disk const& d) {
    if (d.hard().promised < g.promised) return false;
    return g.matched_in == stamp{} || d.log().last() >= g.match;
  }
};

// It marks what is chosen soon, because nothing is compacted that some other node has not marked.
using marking_multi_paxos = multi_paxos::node<limits<limit_values{.mark = 16}>>;

template <class Core = marking_multi_paxos, class Messages = messages<std::uint64_t>, class Storage = memory,
          class Timer = manual_timer>
using multi_paxos_family = log_family<multi_paxos_rules, Core, Messages, Storage, Timer>;

} // namespace quorate::sim
