// What a test of replicas must know of each protocol.
#pragma once

#include "quorate/multi_paxos.hpp"
#include "quorate/raft.hpp"

#include <doctest/doctest.h>

#include <type_traits>

namespace quorate::test {

// `survives` says, of a binding message that a node has just sent, whether it would still be true if the power
// went: `now` is the disk as it stands, `after` as the cut would leave it.
struct raft_protocol {
  template <class Messages, class Storage, class Timer, class... Keywords>
  using replica = raft::replica<Messages, Storage, Timer, Keywords...>;

  template <class M, class Disk>
  static void survives(M const& m, Disk const& now, Disk const& after, node_index self, node_index to) {
    auto const kept = after.hard();
    REQUIRE(kept.promised >= m.term);
    auto const voted_for = [&](node_index n) { return kept.promised > m.term || kept.vote == n; };
    if constexpr (std::is_same_v<M, raft::request_vote>) REQUIRE(voted_for(self));
    if constexpr (std::is_same_v<M, raft::vote_granted>) REQUIRE(voted_for(to));
    if constexpr (std::is_same_v<M, raft::appended>)
      if (m.match_index > after.log().compacted()) {
        REQUIRE(after.log().last() >= m.match_index);
        REQUIRE(after.log().stamp_at(m.match_index) == now.log().stamp_at(m.match_index));
      }
  }
  // Has its leader committed in its own era?
  template <class Core, class Log>
  static bool settled(Core const& core, Log const& log) {
    return log.stamp_at(core.commit_index()) == core.era();
  }
};

struct multi_paxos_protocol {
  template <class Messages, class Storage, class Timer, class... Keywords>
  using replica = multi_paxos::replica<Messages, Storage, Timer, Keywords...>;

  template <class M, class Disk>
  static void survives(M const& m, Disk const& now, Disk const& after, node_index, node_index) {
    REQUIRE(after.hard().promised >= m.ballot);
    if constexpr (std::is_same_v<M, multi_paxos::promise>)
      for (auto i = m.first; m.count > 0 && i < m.first + m.count; i = i + 1)
        if (i > after.log().compacted()) {
          REQUIRE(after.log().last() >= i);
          REQUIRE(after.log().stamp_at(i) >= m.voted);
        }
    if constexpr (std::is_same_v<M, multi_paxos::accepted>)
      for (auto i = m.first; i < m.first + m.count; i = i + 1)
        if (i > after.log().compacted()) {
          REQUIRE(after.log().last() >= i);
          REQUIRE(after.log().stamp_at(i) == now.log().stamp_at(i));
        }
  }
  // Is all chosen that its phase 1 found?
  template <class Core, class Log>
  static bool settled(Core const& core, Log const&) {
    return core.commit_index() >= core.state().settled;
  }
};

} // namespace quorate::test
