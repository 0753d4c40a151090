// Snapshots (§5): a follower needs entries that its leader has compacted. The core decides who needs one, whether
// an offer is news, and whether a snapshot that was fetched is still wanted. It never sees its bytes: the
// follower's host fetches them, at its own pace, from the leader's.
//
// What the dissertation's InstallSnapshot does in one call is three things here. `offer_snapshot` says that one is
// needed. It is said again once a heartbeat interval, so a transfer that has failed begins anew, and nobody need
// tell the leader. `installable` comes when the bytes are durable. `installation` is the write that puts the mark
// in the place of the log.
#pragma once

#include "quorate/raft/commit.hpp"
#include "quorate/raft/replication.hpp"
#include "quorate/raft/role.hpp"

namespace quorate::raft {

// Up to `upto` this log is the leader's, and it says so once that is durable.
template <class Options, class Out>
constexpr void acknowledge(node_state<Options>& s, log_index upto, Out& out) {
  if (upto > s.verified) s.verified = upto;
  out.send(s.leader, appended{s.current_term, s.verified, 0}, out.latest());
}

// Two logs that differ in what is committed: some disk has forgotten (scenario L13).
template <class Options, log_view Log>
constexpr bool contradicts(node_state<Options> const& s, log_index at, term_id written_at, Log const& log) {
  return log.compacted() <= at && at <= s.commit && log.stamp_at(at) != written_at;
}

template <class Options, log_view Log, class Out>
constexpr void on(node_state<Options>& s, from<offer_snapshot> const& e, Log const& log, Out& out) {
  auto const& m = e.message;
  if (m.term < s.current_term) {
    if constexpr (Options::answers_stale)
      out.send(e.node, rejected{s.current_term, m.last_index, log_index{}, term_id{}});
    return;
  }
  if (!follow(s, e.node, m.term, out)) return;
  if (contradicts(s, m.last_index, m.last_term, log)) return out.report(contradiction{m.last_index});
  // What is committed here is in the leader's log (§3.6.3). Beyond that the stamp says whether the two logs are
  // the same up to there (§3.5), and what the leader has compacted is committed.
  if (m.last_index <= s.commit) return acknowledge(s, s.commit, out);
  if (m.last_index > log.last() || log.stamp_at(m.last_index) != m.last_term)
    return out.report(snapshot_wanted{m.last_index});
  acknowledge(s, m.last_index, out);
  advance_commit(s, m.last_index, out);
}

// Only a follower of the era that the snapshot was fetched in installs it: that is for simplicity, and not for
// safety, because what a snapshot holds is committed whoever leads.
template <class Options, log_view Log, class Out>
[[gnu::cold]] constexpr void on_installable(node_state<Options>& s, installable const& e, Log const& log,
                                            Out& out) {
  auto const& mark = e.mark;
  if (s.is != role::follower || e.era != s.current_term || s.leader.member == no_member) return;
  if (mark.written_at > s.current_term) return; // of a later term: that one's leader will offer it
  if (contradicts(s, mark.at, mark.written_at, log)) return out.report(contradiction{mark.at});
  // Nothing to install; said all the same, because the leader may not have heard.
  if (mark.at <= s.commit) return acknowledge(s, s.commit, out);
  // What is verified is this leader's log. Who gave another mark below its end leads another term.
  if (mark.at <= s.verified && log.stamp_at(mark.at) != mark.written_at) return;
  out.write(installation{mark});
  // A tail that stays is not known to be this leader's, so the mark is what is acknowledged, and no entry above
  // it.
  acknowledge(s, mark.at, out);
  advance_commit(s, mark.at, out);
}

} // namespace quorate::raft
