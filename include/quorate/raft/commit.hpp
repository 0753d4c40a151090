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

template <class Options>
constexpr node_set<64> holders_of(node_state<Options> const& s, log_index at, node_set<64> voters) {
  node_set<64> holders{};
  voters.for_each([&](node_index n) {
    if (s.peer(n).match >= at) holders.insert(n);
  });
  return holders;
}

// What a quorum holds, if it does not hold all up to `match`: something below it that others hold may have become
// so.
template <class Options>
[[gnu::cold, gnu::noinline]] constexpr log_index below(node_state<Options> const& s, log_index match,
                                                       configuration const& config) {
  auto const voters = config.voters & Options::nodes_wide;
  auto best = s.commit;
  voters.for_each([&](node_index n) {
    auto const at = s.peer(n).match;
    if (at <= best || at >= match) return;
    if (met<Options>(quorum_phase::commit, holders_of(s, at, voters), config)) best = at;
  });
  return best;
}

// A node's match has risen to `match`. Only an entry of the current term commits by counting, and those below it
// with it (figure 3.7; scenario C1). The leader's own match is what has come back from its disk, like the others'
// (scenario C5). Every node's match is looked at, nothing is kept sorted (scenario C7).
template <class Options, log_view Log, class Out>
constexpr void count_matches(node_state<Options>& s, log_index match, configuration const& config, Log const& log,
                             Out& out) {
  if (match <= s.commit) return;
  node_set<64> holders{};
  bool between = false; // somebody holds less than that, and more than is committed
  (config.voters & Options::nodes_wide).for_each([&](node_index n) {
    auto const at = s.peer(n).match;
    if (at >= match)
      holders.insert(n);
    else
      between = between || at > s.commit;
  });
  if (!met<Options>(quorum_phase::commit, holders, config)) {
    if (!between) return;
    match = below(s, match, config);
  }
  if (match > s.commit && of_own_term(s, match, log)) advance_commit(s, match, out);
}

} // namespace quorate::raft
