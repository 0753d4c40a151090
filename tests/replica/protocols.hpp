// What a test of replicas must know of each protocol.
#pragma once

#include "quorate/multi_paxos.hpp"
#include "quorate/raft.hpp"
#include "quorate/replica/hard.hpp"
#include "quorate/replica/outcome.hpp"

#include <type_traits>

namespace quorate::test {

// `survives` says, of a binding message that a node has just sent, whether it would still be true if the power
// went: `now` is the disk as it stands, `after` as the cut would leave it.
struct raft_protocol {
  template <class Messages, class Storage, class Timer, class... Keywords>
  using replica = raft::replica<Messages, Storage, Timer, Keywords...>;

  using acknowledgement = raft::appended;
  using heartbeat_answer = raft::heartbeat_answer;
  using no_reads = raft::read_index<off>;
  template <class Packet>
  static bool is_candidacy(Packet const& p) {
    return p.template holds<raft::request_pre_vote>() || p.template holds<raft::request_vote>();
  }
  // What a deposed leader's proposer is told: entries keep their term, so its own log says what became of one.
  static constexpr fate of_adopted = fate::done;
  static constexpr fate of_superseded = fate::refused;

  template <class M, class Disk>
  static bool survives(M const& m, Disk const& now, Disk const& after, member_id self, member_id to) {
    auto const kept = from_hard_state<raft::term_and_vote>(after.hard()).value();
    auto const voted_for = [&](member_id n) { return kept.term > m.term || kept.vote == n; };
    if (kept.term < m.term) return false;
    if constexpr (std::is_same_v<M, raft::request_vote>) return voted_for(self);
    if constexpr (std::is_same_v<M, raft::vote_granted>) return voted_for(to);
    if constexpr (std::is_same_v<M, raft::appended>)
      return m.match_index <= after.log().compacted() ||
             (after.log().last() >= m.match_index &&
              after.log().stamp_at(m.match_index) == now.log().stamp_at(m.match_index));
    return true;
  }
  // Is an entry that carries the stamp `found` the one that was chosen with the stamp `chosen`?
  static bool same(stamp found, stamp chosen) { return found == chosen; }
  // Has its leader committed in its own era?
  template <class Core, class Log>
  static bool settled(Core const& core, Log const& log) {
    return log.stamp_at(core.commit_index()) == core.era();
  }
};

struct multi_paxos_protocol {
  template <class Messages, class Storage, class Timer, class... Keywords>
  using replica = multi_paxos::replica<Messages, Storage, Timer, Keywords...>;

  using acknowledgement = multi_paxos::accepted;
  using heartbeat_answer = multi_paxos::heartbeat_answer;
  using no_reads = multi_paxos::quorum_reads<off>;
  template <class Packet>
  static bool is_candidacy(Packet const& p) {
    return p.template holds<multi_paxos::canvass>() || p.template holds<multi_paxos::prepare>();
  }
  // A slot tells the ballot of its vote and not who proposed first: from a later ballot nobody can tell.
  static constexpr fate of_adopted = fate::unknown;
  static constexpr fate of_superseded = fate::unknown;

  template <class M, class Disk>
  static bool survives(M const& m, Disk const& now, Disk const& after, member_id, member_id) {
    auto const kept = from_hard_state<multi_paxos::promise_and_mark>(after.hard()).value();
    if (kept.promised < m.ballot) return false;
    auto const all = [&](auto const& run, auto&& is_kept) {
      for (auto i = run.first; i < run.first + run.count; i = i + 1)
        if (i > after.log().compacted() && (after.log().last() < i || !is_kept(i))) return false;
      return true;
    };
    if constexpr (std::is_same_v<M, multi_paxos::promise>)
      return all(m, [&](log_index i) { return after.log().stamp_at(i) >= m.voted; });
    if constexpr (std::is_same_v<M, multi_paxos::accepted>)
      return all(m, [&](log_index i) { return after.log().stamp_at(i) == now.log().stamp_at(i); });
    return true;
  }
  // A slot that is chosen may be accepted again, at a higher ballot.
  static bool same(stamp found, stamp chosen) { return found >= chosen; }
  // Is all chosen that its phase 1 found?
  template <class Core, class Log>
  static bool settled(Core const& core, Log const&) {
    return core.commit_index() >= core.state().settled;
  }
};

} // namespace quorate::test
