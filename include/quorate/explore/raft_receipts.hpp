// What a message or a timeout may do to a Raft node, seen from outside: one sentence each, `nullptr` when it
// holds. These find at once what would show in the logs of several nodes much later, or never within a bound.
#pragma once

#include "quorate/core/id.hpp"
#include "quorate/raft/message.hpp"
#include "quorate/raft/node.hpp"

#include <cstdint>
#include <type_traits>

namespace quorate::check::raft_receipts {

template <class M>
constexpr bool of_a_term = requires(M const& m) {
  m.term;
};

// Whatever its kind, a message of an earlier term moves nothing (§3.3).
template <class Core, class M>
char const* past_terms(Core const& before, M const& m, Core const& after) {
  if constexpr (of_a_term<M>)
    if (m.term < before.state().current_term && !(after == before))
      return "a message of an earlier term changes nothing";
  return nullptr;
}

// Pre-votes (§9.6): asked for one a node promises nothing and adopts nothing; given one, only a node that asked
// for just that one campaigns, and only votes make a leader.
template <class Core, class M>
char const* pre_votes(Core const& before, M const& m, Core const& after) {
  if constexpr (std::is_same_v<M, raft::request_pre_vote>) {
    if (!(after == before)) return "to be asked for a pre-vote changes nothing";
  } else if constexpr (std::is_same_v<M, raft::pre_vote_granted>) {
    if (after.leads() && !before.leads()) return "only votes make a leader";
    if (m.next_term != next(before.state().current_term) && !(after == before))
      return "a pre-vote counts for the term that it was asked for";
  }
  return nullptr;
}

// Beside a living leader a vote is neither given nor pre-given (§4.2.3, §9.6).
template <class Core, class M>
char const* stickiness(Core const& before, M const& m, Core const& after) {
  using options = typename Core::options;
  if constexpr (options::checks_quorum && std::is_same_v<M, raft::request_vote>)
    if (before.state().in_contact && m.term > before.state().current_term && !(after == before))
      return "beside a living leader no vote is given";
  return nullptr;
}

// A follower commits what this message has verified, and nothing beyond it (§3.5).
template <class Core, class M>
char const* commits(Core const& before, [[maybe_unused]] M const& m, Core const& after) {
  if constexpr (std::is_same_v<M, raft::append_entries>) {
    if (m.term > before.state().current_term && after.state().verified > m.last_index())
      return "what one leader has verified says nothing of the next one";
    if (after.state().commit > before.state().commit && after.state().commit > after.state().verified)
      return "a follower commits only what its leader has verified";
  }
  return nullptr;
}

// A refusal of what was sent last makes the leader look further back (§3.5).
template <class Core, class M>
char const* refusals(Core const& before, M const& m, node_index sender, Core const& after) {
  if constexpr (std::is_same_v<M, raft::rejected>) {
    if (!before.leads() || !after.leads() || m.term != before.state().current_term) return nullptr;
    auto const& was = before.state().peer(sender);
    if (m.prev_log_index > was.match && m.prev_log_index + 1 == was.next &&
        after.state().peer(sender).next > m.prev_log_index)
      return "a refusal makes the leader look further back";
  }
  return nullptr;
}

// To hear of the leader puts an election off, to refuse a vote does not (§3.4). `armed`: the timers that were.
template <class Core, class M>
char const* elections(Core const& before, M const& m, node_index sender, Core const& after, std::uint64_t armed) {
  bool const put_off = (armed >> static_cast<unsigned>(raft::timer::election) & 1) != 0;
  if constexpr (std::is_same_v<M, raft::append_entries> || std::is_same_v<M, raft::heartbeat>) {
    if (m.term >= before.state().current_term && after.leader() == sender && !put_off)
      return "to hear of the leader puts an election off";
  } else if constexpr (std::is_same_v<M, raft::request_vote>) {
    auto const& s = before.state();
    if (put_off && m.term == s.current_term && after.state().voted_for != sender)
      return "to refuse a vote puts no election off";
  }
  return nullptr;
}

// All of them, of one message.
template <class Core, class M>
char const* broken(Core const& before, M const& m, node_index sender, Core const& after, std::uint64_t armed) {
  if (auto const* what = past_terms(before, m, after)) return what;
  if (auto const* what = pre_votes(before, m, after)) return what;
  if (auto const* what = stickiness(before, m, after)) return what;
  if (auto const* what = commits(before, m, after)) return what;
  if (auto const* what = refusals(before, m, sender, after)) return what;
  return elections(before, m, sender, after, armed);
}

} // namespace quorate::check::raft_receipts
