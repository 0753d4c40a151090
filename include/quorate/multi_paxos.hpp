// Multi-Paxos (van Renesse and Altinbuken, "Paxos Made Moderately Complex"; Chandra, Griesemer and Redstone,
// "Paxos Made Live"): what a user includes.
#pragma once

#include "quorate/log/core.hpp"
#include "quorate/multi_paxos/invariant.hpp"
#include "quorate/multi_paxos/node.hpp"
#include "quorate/policy/keyword.hpp"
#include "quorate/replica/replica.hpp"

namespace quorate::multi_paxos {

static_assert(log_core<node<>>);

// A node of a log replicated by Multi-Paxos. Keywords (any order): quorum, limits, quorum_reads, snapshots_in
// (snapshots, of a core alone).
template <class Messages, class Storage, class Timer, class... Keywords>
using replica =
    quorate::replica<::quorate::detail::keywords_first<node<Keywords...>, options<Keywords...>, Keywords...>,
                     Messages, Storage, Timer, snapshot_store_of<Keywords...>>;

} // namespace quorate::multi_paxos
