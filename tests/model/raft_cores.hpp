// The Raft cores that the model checker explores, each with what it needs and nothing else.
#pragma once

#include "quorate/check/raft.hpp"

namespace quorate::check {

template <std::size_t Nodes, class... Keywords>
using raft_core = raft::node<limits<limit_values{.nodes = Nodes, .append_entries = 1}>, Keywords...>;

// Figure 2 of the paper, with at most one more of what it is extended by. Requests of an old term are dropped in
// silence, without which no message is ever dead.
template <std::size_t Nodes, bool PreVote, bool CheckQuorum, bool NoOp, bool Reads>
using figure_2_and =
    raft_system<raft_core<Nodes, raft::pre_vote<PreVote>, raft::check_quorum<CheckQuorum>, raft::first_entry<NoOp>,
                          raft::pipelining<off>, raft::answer_stale<off>, raft::eager_commit<off>,
                          raft::read_index<Reads>>,
                Nodes>;
template <std::size_t Nodes>
using plain_raft = figure_2_and<Nodes, false, false, false, false>;
using raft_with_pre_vote = figure_2_and<3, true, false, false, false>;
using raft_with_check_quorum = figure_2_and<3, false, true, false, false>;
using raft_with_no_op = figure_2_and<3, false, false, true, false>;
using raft_with_reads = figure_2_and<3, false, false, true, true>;

} // namespace quorate::check
