// The Raft cores that the model checker explores, each with what it needs and nothing else.
#pragma once

#include "quorate/explore/raft.hpp"
#include "quorate/policy/quorum_systems.hpp"

namespace quorate::check {

template <std::size_t Nodes, class... Keywords>
using raft_core = raft::node<limits<limit_values{.nodes = Nodes, .append_entries = 1}>, Keywords...>;

// Figure 2 of the paper, with at most one more of what it is extended by. Requests of an old term are dropped in
// silence, without which no message is ever dead.
template <std::size_t Nodes, bool PreVote, bool CheckQuorum, bool NoOp, bool Reads>
using figure_2_and = raft_system<
    raft_core<Nodes, raft::pre_vote<PreVote>, raft::check_quorum<CheckQuorum>, raft::first_entry<NoOp>,
              raft::pipelining<off>, raft::answer_stale<off>, raft::eager_commit<off>, raft::read_index<Reads>>,
    Nodes>;
template <std::size_t Nodes>
using plain_raft = figure_2_and<Nodes, false, false, false, false>;
using raft_with_pre_vote = figure_2_and<3, true, false, false, false>;
using raft_with_check_quorum = figure_2_and<3, false, true, false, false>;
using raft_with_no_op = figure_2_and<3, false, false, true, false>;
using raft_with_reads = figure_2_and<3, false, false, true, true>;

// Four nodes of which B weighs two: B and C elect a leader alone, and A may lead its own term beside it and count
// what D says.
using lopsided_raft =
    raft_system<raft_core<4, quorum<weighted<weights<1, 2, 1, 1>>>, raft::pre_vote<off>, raft::check_quorum<off>,
                          raft::first_entry<on>, raft::pipelining<off>, raft::answer_stale<off>,
                          raft::eager_commit<off>, raft::read_index<off>>,
                4>;

// The last node's disk takes its time, and that node hears two leaders in one turn: both words wait for one sync.
constexpr replicated_bounds two_leaders_one_sync(std::uint32_t crashes = 0) {
  return {.terms = 2,
          .commands = 0, // each leader's no-op is enough
          .crashes = crashes,
          .in_flight = true,
          .collected = 2,
          .slow = 1,
          .candidates = 2};
}
inline constexpr std::uint64_t both_acknowledged = 128; // of raft_system's marks

} // namespace quorate::check
