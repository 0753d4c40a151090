// Snapshots: an acceptor needs slots that its leader has compacted. Who does what is as in Raft
// (raft/snapshot.hpp); what stands above the mark is not: it is votes, and stays.
#pragma once

#include "quorate/multi_paxos/acceptor.hpp"
#include "quorate/multi_paxos/role.hpp"

namespace quorate::multi_paxos {

template <class Options, log_view Log, class Out>
constexpr void on(node_state<Options>& s, from<offer_snapshot> const& e, Log const& log, Out& out) {
  auto const& m = e.message;
  if (!in_force(s, e, log)) return;
  if (m.ballot < s.promised) return refuse(s, e.node, m.ballot, log, out);
  if (!follow(s, e.node, m.ballot, out)) return;
  advance_commit(s, chosen_here(s, m.last), out); // what the leader has compacted is chosen
  if (m.last > s.commit) out.report(snapshot_wanted{m.last});
}

// Only a follower of the ballot that the snapshot was fetched in installs it: that is for simplicity, and not for
// safety, because what a snapshot holds is chosen whoever leads. Nothing is acknowledged: the answers to
// heartbeats say up to where this node knows what is chosen. That a chosen slot may have another ballot on another
// node is no contradiction.
template <class Options, class Out>
[[gnu::cold]] constexpr void on_installable(node_state<Options>& s, installable const& e, Out& out) {
  auto const& mark = e.mark;
  if (s.is != role::follower || e.era != s.promised || s.leader.member == no_member) return;
  if (mark.at <= s.commit) return;
  if (mark.written_at > s.promised) return; // of a later ballot: that one's leader will offer it
  out.write(installation{mark});
  advance_commit(s, mark.at, out);
}

} // namespace quorate::multi_paxos
