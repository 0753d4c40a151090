// The commit rule (§3.6.2).
#pragma once

#include "quorate/raft/role.hpp"

namespace quorate::raft {

template <class Options, class Out>
constexpr void advance_commit(node_state<Options>& s, log_index upto, Out& out) {
  if (upto <= s.commit) return;
  s.commit = upto;
  out.report(committed{upto});
}

// A node's match has risen to `match`: what is on a quorum now? Only an entry of the current term commits by counting,
// and those below it with it (figure 3.7; SCENARIOS C1). Every node's match is looked at each time, nothing is kept
// sorted (SCENARIOS C7); the leader's own is what has come back from its disk, like the others' (SCENARIOS C5).
template <class Options, log_view Log, class Out>
constexpr void count_matches(node_state<Options>& s, log_index match, Log const& log, Out& out) {
  if (match <= s.commit) return;
  auto const config = voters_now(s, log);
  auto const voters = config.voters & node_set<64>::first(Options::limit.nodes);
  // What commits is some node's match at or below the one that rose, or another risen before but short of a quorum.
  log_index best = s.commit;
  voters.for_each([&](node_index candidate) {
    auto const at = s.peer(candidate).match;
    if (at <= best || at > match) return;
    node_set<64> holders{};
    voters.for_each([&](node_index n) {
      if (s.peer(n).match >= at) holders.insert(n);
    });
    if (met<Options>(quorum_phase::commit, holders, config)) best = at;
  });
  if (best > s.commit && log.stamp_at(best) == s.current_term) advance_commit(s, best, out);
}

} // namespace quorate::raft
