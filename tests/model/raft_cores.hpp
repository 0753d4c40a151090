// The Raft cores that the model checker explores, each with what it needs and nothing else.
#pragma once

#include "quorate/check/raft.hpp"

namespace quorate::check {

template <std::size_t Nodes, class... Keywords>
using raft_core = raft::node<limits<limit_values{.nodes = Nodes, .append_entries = 1}>, Keywords...>;

// Figure 2 of the paper alone: no pre-vote, no quorum check, no no-op, one append at a time. Requests of an old
// term are dropped in silence, without which no message is ever dead.
template <std::size_t Nodes>
using plain_core =
    raft_core<Nodes, raft::pre_vote<off>, raft::check_quorum<off>, raft::first_entry<off>, raft::pipelining<off>,
              raft::answer_stale<off>, raft::eager_commit<off>, raft::read_index<off>>;
template <std::size_t Nodes>
using plain_raft = raft_system<plain_core<Nodes>, Nodes>;

} // namespace quorate::check
