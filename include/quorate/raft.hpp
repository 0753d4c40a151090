// Raft (Ongaro, "Consensus: Bridging Theory and Practice", 2014): what a user includes.
#pragma once

#include "quorate/log/core.hpp"
#include "quorate/policy/keyword.hpp"
#include "quorate/raft/invariant.hpp"
#include "quorate/raft/node.hpp"
#include "quorate/replica/replica.hpp"

namespace quorate::raft {

static_assert(log_core<node<>>);

// A node of a log replicated by Raft. Keywords (any order): quorum, limits, pre_vote, check_quorum, first_entry,
// pipelining, answer_stale, eager_commit, read_index, snapshots_in (snapshots, of a core alone).
template <class Messages, class Storage, class Timer, class... Keywords>
using replica =
    quorate::replica<::quorate::detail::keywords_first<node<Keywords...>, options<Keywords...>, Keywords...>,
                     Messages, Storage, Timer, snapshot_store_of<Keywords...>>;

} // namespace quorate::raft
