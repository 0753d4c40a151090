// What is true of a Raft core at all times, one sentence each: `holds` of its state and its log, `follows` of
// two moments with one step between them. The same predicates serve the assertions of debug builds, the tests, the
// model checker and the simulator. What breaks one is told (core/breach.hpp), or nothing, if nobody asks. What is
// true of several nodes together, and across restarts, can't be seen from here.
#pragma once

#include "quorate/log/invariant.hpp"
#include "quorate/raft/node.hpp"

namespace quorate::raft {

namespace invariant {

template <class Options, log_view Log, class Tell>
constexpr bool committed_is_in_the_log(node_state<Options> const& s, Log const& log, Tell&& tell) {
  return (s.commit <= log.last() ||
          tell("what is committed is in the log", "node ", s.self, " has committed up to ", s.commit,
               ", and its log ends at ", log.last())) &&
         (log.compacted() <= s.commit ||
          tell("only what is committed is compacted", "node ", s.self, " has compacted up to ", log.compacted(),
               ", and committed up to ", s.commit));
}

template <class Options, log_view Log, class Tell>
constexpr bool no_entry_is_ahead(node_state<Options> const& s, Log const& log, Tell&& tell) {
  auto const last = log.stamp_at(log.last());
  return log.last() == log.compacted() || last <= s.current_term ||
         tell("no entry is of a term that the node has not reached", "node ", s.self, " is in term ",
              s.current_term, ", and its last entry, ", log.last(), ", is of term ", last);
}

template <class Options, class Tell>
constexpr bool roles_are_voted_for(node_state<Options> const& s, Tell&& tell) {
  return (s.is == role::follower || s.voted_for == s.member ||
          tell("who campaigns or leads has voted for itself in that term", "node ", s.self, " is ", s.is,
               " of term ", s.current_term, ", and has voted for ", s.voted_for)) &&
         (s.is != role::candidate || s.leader.member == no_member ||
          tell("a candidate knows no leader of its term", "node ", s.self, " is candidate of term ",
               s.current_term, ", and knows its leader: ", s.leader)) &&
         ((s.is == role::leader) == (s.leader.member == s.member) ||
          tell("who leads names itself, and who does not never does", "node ", s.self, " is ", s.is, " of term ",
               s.current_term, ", and names as leader ", s.leader));
}

// Pre-votes are gathered by those who are neither candidate nor leader, and know none.
template <class Options, class Tell>
constexpr bool roles_are_apart(node_state<Options> const& s, Tell&& tell) {
  bool apart =
      s.is == role::candidate || s.granted.empty() ||
      tell("only candidates gather votes", "node ", s.self, " is ", s.is, ", and has votes of ", s.granted);
  if constexpr (Options::pre_votes)
    apart = apart && (!s.pre.under_way || (s.is == role::follower && s.leader.member == no_member) ||
                      tell("pre-votes are asked for by followers that know no leader", "node ", s.self, " is ",
                           s.is, ", knows as leader ", s.leader, ", and asks for pre-votes"));
  if constexpr (Options::keeps_contact)
    apart = apart && (!s.in_contact || (s.is == role::follower && s.leader.member != no_member) ||
                      tell("contact is a follower's, with a leader that it knows", "node ", s.self, " is ", s.is,
                           ", knows as leader ", s.leader, ", and is in contact"));
  return apart;
}

template <class Options, log_view Log, class Tell>
constexpr bool verified_is_in_the_log(node_state<Options> const& s, Log const& log, Tell&& tell) {
  return s.is == role::leader || s.verified <= log.last() ||
         tell("a follower has verified no more than it holds", "node ", s.self, " has verified up to ", s.verified,
              ", and holds up to ", log.last());
}

template <class Options, log_view Log, class Tell>
constexpr bool peer_is_sound(node_state<Options> const& s, node_index n, Log const& log, Tell&& tell) {
  auto const& p = s.peer(n);
  bool sound = (p.match < p.next || tell("a leader sends what comes above a peer's match", "leader ", s.self,
                                         " sends ", n, " entry ", p.next, " next, and its match is ", p.match)) &&
               (p.next <= log.last() + 1 ||
                tell("a leader knows of no match above its own log", "leader ", s.self, " sends ", n, " entry ",
                     p.next, " next, and its log ends at ", log.last()));
  if constexpr (Options::tells_commit)
    sound = sound && (p.told <= s.commit ||
                      tell("a leader tells no peer of a commit above its own", "leader ", s.self, " has told ", n,
                           " of commit ", p.told, ", and has committed up to ", s.commit));
  return sound && quorate::invariant::round_was_asked(s, n, tell);
}

template <class Options, log_view Log, class Tell>
constexpr bool progress_is_sound(node_state<Options> const& s, Log const& log, Tell&& tell) {
  if (s.is != role::leader) return true;
  auto const own = s.peer(s.self).match;
  bool sound = (own <= s.self_told && s.self_told <= log.last()) ||
               tell("a leader's own match is told to itself, and in its log", "leader ", s.self, " has match ",
                    own, ", told itself ", s.self_told, ", and its log ends at ", log.last());
  each_peer(s, log, [&](peer n) { sound = sound && peer_is_sound(s, n.place, log, tell); });
  return sound;
}

template <class Options, class Tell>
constexpr bool reads_are_in_order(node_state<Options> const& s, Tell&& tell) {
  auto const is_sound = [&](auto const& round) {
    return round.index <= s.commit ||
           tell("reads are of what is committed", "leader ", s.self, " has round ", round.round,
                " of reads at index ", round.index, ", and has committed up to ", s.commit);
  };
  return quorate::invariant::reads_are_in_order(s, is_sound, tell);
}

template <class Options, class Tell>
constexpr bool term_rises(node_state<Options> const& before, node_state<Options> const& after, Tell&& tell) {
  return before.current_term <= after.current_term ||
         tell("the term never falls", "node ", after.self, " is in term ", after.current_term,
              ", and was in term ", before.current_term);
}

// Whatever the role: who steps down has still voted.
template <class Options, class Tell>
constexpr bool one_vote_a_term(node_state<Options> const& before, node_state<Options> const& after, Tell&& tell) {
  return before.current_term != after.current_term || before.voted_for == no_member ||
         before.voted_for == after.voted_for ||
         tell("a vote, once given, stands for the rest of the term", "node ", after.self, " votes in term ",
              after.current_term, " for ", after.voted_for, ", and has voted for ", before.voted_for);
}

template <class Options, class Tell>
constexpr bool one_leader_a_term(node_state<Options> const& before, node_state<Options> const& after,
                                 Tell&& tell) {
  return before.current_term != after.current_term || before.leader.member == no_member ||
         after.leader.member == no_member || before.leader.member == after.leader.member ||
         tell("a node may forget who leads a term, and never names another", "node ", after.self, " names ",
              after.leader, " as leader of term ", after.current_term, ", and has named ", before.leader);
}

template <class Options, class Tell>
constexpr bool leaders_were_candidates(node_state<Options> const& before, node_state<Options> const& after,
                                       Tell&& tell) {
  return after.is != role::leader || (before.is != role::follower && before.current_term == after.current_term) ||
         tell("only a candidate becomes leader, in the term that it campaigned in", "node ", after.self,
              " leads term ", after.current_term, ", and was ", before.is, " of term ", before.current_term);
}

template <class Options, class Tell>
constexpr bool commit_rises(node_state<Options> const& before, node_state<Options> const& after, Tell&& tell) {
  return before.commit <= after.commit ||
         tell("the commit index never falls", "node ", after.self, " has committed up to ", after.commit,
              ", and had up to ", before.commit);
}

// §3.6.2.
template <class Options, log_view Log, class Tell>
constexpr bool leader_commits_its_own(node_state<Options> const& before, node_state<Options> const& after,
                                      Log const& log, Tell&& tell) {
  return before.is != role::leader || after.is != role::leader || before.commit == after.commit ||
         log.stamp_at(after.commit) == after.current_term ||
         tell("a leader commits by counting only entries of its own term", "leader ", after.self, " of term ",
              after.current_term, " commits up to ", after.commit, ", an entry of term ",
              log.stamp_at(after.commit));
}

template <class Options, log_view Before, log_view After, class Tell>
constexpr bool match_rises(node_state<Options> const& before, Before const& log_before,
                           node_state<Options> const& after, After const& log_after, Tell&& tell) {
  return quorate::invariant::match_rises("a match never falls while its term lasts", before, log_before, after,
                                         log_after, tell);
}

template <class Options, class Tell>
constexpr bool verified_rises(node_state<Options> const& before, node_state<Options> const& after, Tell&& tell) {
  return before.current_term != after.current_term || before.verified <= after.verified ||
         tell("what a follower has verified never shrinks while its term lasts", "node ", after.self,
              " has verified up to ", after.verified, " in term ", after.current_term, ", and had up to ",
              before.verified);
}

// The entry at i is the same in both logs, or one of them no longer knows.
template <log_view A, log_view B>
constexpr bool same_at(log_index i, A const& a, B const& b) {
  if (i < a.compacted() || i < b.compacted()) return true;
  return i <= a.last() && i <= b.last() && a.stamp_at(i) == b.stamp_at(i);
}

// Tells what became of the entry at i: of another term, or gone.
template <log_view Before, log_view After, class Tell>
constexpr bool tell_entry(char const* law, node_index self, log_index i, Before const& before, After const& after,
                          Tell&& tell) {
  if (i > after.last() || i > before.last())
    return tell(law, "node ", self, " lacks entry ", i, ": its log ends at ", after.last(), ", and ended at ",
                before.last());
  return tell(law, "node ", self, " has at ", i, " an entry of term ", after.stamp_at(i), ", and had one of term ",
              before.stamp_at(i));
}

// §3.3; in its first step, behind what it had.
template <class Options, log_view Before, log_view After, class Tell>
constexpr bool leader_appends(node_state<Options> const& after, Before const& log_before, After const& log_after,
                              Tell&& tell) {
  auto const last = log_before.last();
  return after.is != role::leader || same_at(last, log_before, log_after) ||
         tell_entry("a leader only appends", after.self, last, log_before, log_after, tell);
}

template <class Options, log_view Before, log_view After, class Tell>
constexpr bool committed_stays(node_state<Options> const& before, Before const& log_before, After const& log_after,
                               Tell&& tell) {
  return same_at(before.commit, log_before, log_after) ||
         tell_entry("what is committed is not removed, and not replaced", before.self, before.commit, log_before,
                    log_after, tell);
}

} // namespace invariant

// After every step.
template <class Options, log_view Log, class Tell = quiet>
constexpr bool holds(node_state<Options> const& s, Log const& log, Tell&& tell = {}) {
  using namespace invariant;
  return committed_is_in_the_log(s, log, tell) && no_entry_is_ahead(s, log, tell) &&
         roles_are_voted_for(s, tell) && roles_are_apart(s, tell) && verified_is_in_the_log(s, log, tell) &&
         progress_is_sound(s, log, tell) && reads_are_in_order(s, tell);
}

// Between two moments of one run of a core, without a restart.
template <class Options, log_view Before, log_view After, class Tell = quiet>
constexpr bool follows(node_state<Options> const& before, Before const& log_before,
                       node_state<Options> const& after, After const& log_after, Tell&& tell = {}) {
  using namespace invariant;
  return term_rises(before, after, tell) && one_vote_a_term(before, after, tell) &&
         one_leader_a_term(before, after, tell) && leaders_were_candidates(before, after, tell) &&
         commit_rises(before, after, tell) && leader_commits_its_own(before, after, log_after, tell) &&
         match_rises(before, log_before, after, log_after, tell) && verified_rises(before, after, tell) &&
         leader_appends(after, log_before, log_after, tell) &&
         committed_stays(before, log_before, log_after, tell);
}

} // namespace quorate::raft
