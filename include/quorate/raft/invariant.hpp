// What is true of a Raft core at all times, one sentence each: `holds` of its state and its log, `follows` of
// two moments with one step between them. The same predicates serve the tests, the model checker and the
// simulator. What is true of several nodes together, and across restarts, can't be seen from here.
#pragma once

#include "quorate/raft/node.hpp"

#include <cstddef>

namespace quorate::raft {

namespace invariant {

// What is committed is in the log, and nothing else is ever compacted.
template <class Options, log_view Log>
constexpr bool committed_is_in_the_log(node_state<Options> const& s, Log const& log) {
  return log.compacted() <= s.commit && s.commit <= log.last();
}

// No entry is of a term that the node has not reached.
template <class Options, log_view Log>
constexpr bool no_entry_is_ahead(node_state<Options> const& s, Log const& log) {
  return log.stamp_at(log.last()) <= s.current_term;
}

// Who campaigns or leads has voted for itself in that term; who leads names itself and nobody else, and who
// does not lead never names itself.
template <class Options>
constexpr bool roles_are_voted_for(node_state<Options> const& s) {
  if (s.is != role::follower && s.voted_for != s.self) return false;
  if (s.is == role::candidate && s.leader != no_node) return false;
  return (s.is == role::leader) == (s.leader == s.self);
}

// Votes are gathered by candidates only, pre-votes only by those who are neither candidate nor leader, and
// contact is with a leader that is known.
template <class Options>
constexpr bool roles_are_apart(node_state<Options> const& s) {
  if (s.is != role::candidate && !s.granted.empty()) return false;
  if constexpr (Options::pre_votes)
    if (s.pre.under_way && (s.is != role::follower || s.leader != no_node)) return false;
  if constexpr (Options::keeps_contact)
    if (s.in_contact && (s.is != role::follower || s.leader == no_node)) return false;
  return true;
}

// A follower has verified no more than it holds.
template <class Options, log_view Log>
constexpr bool verified_is_in_the_log(node_state<Options> const& s, Log const& log) {
  return s.is == role::leader || s.verified <= log.last();
}

// A leader sends what comes above a peer's match, knows of no match above its own log, and tells no peer of a
// commit above its own.
template <class Options, log_view Log>
constexpr bool progress_is_sound(node_state<Options> const& s, Log const& log) {
  if (s.is != role::leader) return true;
  bool sound = s.peer(s.self).match <= s.self_told && s.self_told <= log.last();
  each_peer(s, log, [&](node_index n) {
    auto const& p = s.peer(n);
    sound = sound && p.match < p.next && p.next <= log.last() + 1;
    if constexpr (Options::tells_commit) sound = sound && p.told <= s.commit;
    if constexpr (Options::reads) sound = sound && p.round <= s.readers.last_round;
  });
  return sound;
}

// Rounds of reads are in order and about what is committed; nobody but a leader has any, or reads that wait.
template <class Options>
constexpr bool reads_are_in_order(node_state<Options> const& s) {
  if constexpr (Options::reads) {
    auto const& r = s.readers;
    if (r.placed > r.asked) return false;
    if (s.is != role::leader) return r.rounds.empty() && r.placed == r.asked;
    for (std::size_t i = 0; i < r.rounds.size(); ++i) {
      if (r.rounds[i].index > s.commit || r.rounds[i].upto > r.placed || r.rounds[i].round > r.last_round)
        return false;
      if (i > 0 && (r.rounds[i].round <= r.rounds[i - 1].round || r.rounds[i].upto <= r.rounds[i - 1].upto))
        return false;
    }
  }
  return true;
}

// The term never falls.
template <class Options>
constexpr bool term_rises(node_state<Options> const& before, node_state<Options> const& after) {
  return before.current_term <= after.current_term;
}

// A vote, once given, stands for the rest of the term, whatever the role.
template <class Options>
constexpr bool one_vote_a_term(node_state<Options> const& before, node_state<Options> const& after) {
  return before.current_term != after.current_term || before.voted_for == no_node ||
         before.voted_for == after.voted_for;
}

// A term has one leader: a node may forget who it is, and never names another.
template <class Options>
constexpr bool one_leader_a_term(node_state<Options> const& before, node_state<Options> const& after) {
  return before.current_term != after.current_term || before.leader == no_node || after.leader == no_node ||
         before.leader == after.leader;
}

// Only a candidate becomes leader, in the term that it campaigned in.
template <class Options>
constexpr bool leaders_were_candidates(node_state<Options> const& before, node_state<Options> const& after) {
  return after.is != role::leader ||
         (before.is != role::follower && before.current_term == after.current_term);
}

// The commit index never falls.
template <class Options>
constexpr bool commit_rises(node_state<Options> const& before, node_state<Options> const& after) {
  return before.commit <= after.commit;
}

// A leader commits by counting only entries of its own term (§3.6.2).
template <class Options, log_view Log>
constexpr bool leader_commits_its_own(node_state<Options> const& before, node_state<Options> const& after,
                                      Log const& log) {
  return before.is != role::leader || after.is != role::leader || before.commit == after.commit ||
         log.stamp_at(after.commit) == after.current_term;
}

// A match never falls while its term lasts.
template <class Options, log_view Log>
constexpr bool match_rises(node_state<Options> const& before, node_state<Options> const& after,
                           Log const& log) {
  if (before.is != role::leader || after.is != role::leader) return true;
  bool rises = before.peer(before.self).match <= after.peer(after.self).match;
  each_peer(after, log, [&](node_index n) { rises = rises && before.peer(n).match <= after.peer(n).match; });
  return rises;
}

// What a follower has verified never shrinks while its term lasts.
template <class Options>
constexpr bool verified_rises(node_state<Options> const& before, node_state<Options> const& after) {
  return before.current_term != after.current_term || before.verified <= after.verified;
}

// The entry at i is the same in both logs, or one of them no longer knows.
template <log_view A, log_view B>
constexpr bool same_at(log_index i, A const& a, B const& b) {
  if (i < a.compacted() || i < b.compacted()) return true;
  return i <= a.last() && i <= b.last() && a.stamp_at(i) == b.stamp_at(i);
}

// A leader only appends (§3.3); in its first step, behind what it had.
template <class Options, log_view Before, log_view After>
constexpr bool leader_appends(node_state<Options> const& after, Before const& log_before,
                              After const& log_after) {
  return after.is != role::leader || same_at(log_before.last(), log_before, log_after);
}

// What is committed is not removed, and not replaced.
template <class Options, log_view Before, log_view After>
constexpr bool committed_stays(node_state<Options> const& before, Before const& log_before,
                               After const& log_after) {
  return same_at(before.commit, log_before, log_after);
}

} // namespace invariant

// After every step.
template <class Options, log_view Log>
constexpr bool holds(node_state<Options> const& s, Log const& log) {
  using namespace invariant;
  return committed_is_in_the_log(s, log) && no_entry_is_ahead(s, log) && roles_are_voted_for(s) &&
         roles_are_apart(s) && verified_is_in_the_log(s, log) && progress_is_sound(s, log) &&
         reads_are_in_order(s);
}

// Between two moments of one run of a core, without a restart.
template <class Options, log_view Before, log_view After>
constexpr bool follows(node_state<Options> const& before, Before const& log_before,
                       node_state<Options> const& after, After const& log_after) {
  using namespace invariant;
  return term_rises(before, after) && one_vote_a_term(before, after) && one_leader_a_term(before, after) &&
         leaders_were_candidates(before, after) && commit_rises(before, after) &&
         leader_commits_its_own(before, after, log_after) && match_rises(before, after, log_after) &&
         verified_rises(before, after) && leader_appends(after, log_before, log_after) &&
         committed_stays(before, log_before, log_after);
}

} // namespace quorate::raft
