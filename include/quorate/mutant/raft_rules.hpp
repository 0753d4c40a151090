// What keeps Raft safe, and what keeps it going, rule by rule, with its section in Ongaro's dissertation. Each can
// be taken out of a core, for tests only (mutant/raft.hpp), and what the core does then is said behind "else".
// What is said of crashes and of the disk is not a core's to keep: to break that takes careless<core>
// (mutant/careless_core.hpp) as well.
#pragma once

#include "quorate/core/enumerators.hpp"
#include "quorate/mutant/elsewhere.hpp"

#include <cstddef>
#include <cstdint>

namespace quorate::raft {

enum class rule : std::uint8_t {
  // --- terms and votes
  votes_once,                     // who has voted votes for nobody else in that term (§3.4); else for everybody
  votes_compare_terms,            // the later last term wins (§3.6.1); else only the length of the log counts
  votes_compare_lengths,          // with equal last terms the longer log wins (§3.6.1); else terms alone count
  votes_compare_logs,             // nobody votes for a log behind its own (§3.6.1); else for any log
  votes_in_no_past_term,          // a request of an earlier term gets no vote (§3.3); else it does, in its term
  votes_survive_stepping_down,    // a vote stands until the term ends (§3.4); else it goes with the role
  candidates_vote_for_themselves, // and so for no other (§3.4); else they have not voted yet
  campaigns_have_terms_of_their_own, // each begins one (§3.4); else who voted for itself asks again in it
  past_votes_do_not_count,           // a vote counts in its own term (§3.3); else in any later one
  votes_count_once,                  // as often as it is heard (§3.4); else again, as another node's
  quorums_are_more_than_half,        // two quorums have a node in common (§3.4); else half will do
  higher_terms_depose,               // who leads gives way to a later term (§3.3); else it leads that term too
  votes_name_members,                // a vote is one member's; else it is that of whoever has that place now

  // --- what is remembered, and when it is said (§3.8)
  terms_outlive_crashes,         // the current term is on disk; else a node starts again at none
  votes_outlive_crashes,         // the vote is on disk; else a node starts again without
  claims_wait_for_the_disk,      // a candidate's requests and own vote wait for its term; else they leave at once
  votes_wait_for_the_disk,       // a vote is said once it is durable; else at once
  appends_wait_for_the_disk,     // entries are acknowledged once they are durable; else at once
  own_appends_wait_for_the_disk, // the leader's own entries too (§10.2.1); else they count at once

  // --- pre-votes, contact and timers
  pre_votes_raise_no_term,    // to be asked for a pre-vote changes nothing (§9.6); else it is a higher term seen
  pre_votes_elect_nobody,     // only votes elect (§9.6); else pre-votes count as votes
  pre_votes_respect_a_leader, // nobody grants one beside a living leader (§9.6); else that is no reason
  pre_votes_are_for_one_term, // a pre-vote counts for the term it was asked for (§9.6); else for any campaign
  votes_respect_a_leader,     // nor does anybody vote beside one (§4.2.3); else it does
  leaders_check_their_quorum, // a leader that hears of no majority gives way (§6.2); else it stays
  leaders_put_off_elections,  // to hear of the leader starts the election timer anew (§3.4); else it runs on
  refusals_put_off_nothing,   // to refuse a vote does not (§3.4); else it does

  // --- the log (§3.5)
  past_leaders_are_refused,              // a leader of an earlier term is not followed (§3.3); else it is
  previous_terms_agree,                  // the entry before the new ones must agree; else it need only be there
  conflicts_are_removed,                 // an entry of another term goes, with all behind it; else it stays
  only_conflicts_are_removed,            // nothing else goes; else every append cuts the log where it begins
  new_terms_verify_anew,                 // what one leader has verified says nothing of the next; else it does
  only_what_is_verified_is_acknowledged, // else a follower acknowledges all that it has
  refusals_move_next_back,               // so that the leader finds where the logs agree; else it stays

  // --- the commit index (§3.5, §3.6.2)
  own_terms_commit_by_counting,      // and earlier ones with them (§3.6.2); else any entry on a quorum commits
  followers_commit_what_is_verified, // and no more, whatever the leader has committed; else all they have
  heartbeats_tell_what_is_matched,   // they check no entry, so they tell min(commit, match); else the commit index
  refusals_match_nothing,            // else one counts as if it had acknowledged what was asked for
  heartbeats_match_nothing,          // else their answers acknowledge all that was sent
  matches_never_fall,                // acknowledgements may overtake one another; else the last one heard counts
  past_acknowledgements_do_not_count, // an acknowledgement counts in its own term (§3.3); else in any later one
  leaders_forget_matches,             // a new leader knows of no match; else it starts with its last leadership's
  leaders_forget_their_own_match,     // its tail may have been truncated since; else it starts with the old one
  leaders_forget_places,              // what is known of a place goes with its member; else the next one has it
  commits_never_fall,                 // what is committed stays committed; else the last word counts

  // --- reads (§6.4)
  reads_wait_for_an_own_commit, // until then a leader may not know what is committed; else it serves them at once
  reads_ask_a_quorum,           // after the read came, whether this node still leads; else nobody is asked
  reads_count_later_answers,    // those to heartbeats sent before the read do not count; else they do
  reads_carry_the_commit_index, // as it stood when their round began, to be applied first; else none
  reads_end_with_leadership,    // who stops leading refuses those that wait; else it keeps them

  // --- snapshots (§5)
  votes_compare_ends, // a vote compares with the end of the log as it shows; else with where it is compacted
  installs_wait_for_the_disk, // the mark is acknowledged once it is durable; else at once
  tails_are_verified_anew,    // what stays above a mark is not acknowledged with it; else it is
  offers_commit_nothing,      // the installation does; else to be offered a snapshot commits what it holds
  who_needs_one_is_offered,   // again once a heartbeat interval; else one that is lost was the last
  installs_are_of_this_era,   // for simplicity, and not for safety; else what was fetched earlier counts too
};

inline constexpr std::size_t rules = detail::enumerators<rule>();
constexpr std::string_view name_of(rule r) { return detail::name_among(r); }

// Of a rule that a world of founders which compact nothing can't miss: what it takes; else nullptr.
constexpr char const* takes_more(rule r) {
  if (r == rule::votes_name_members || r == rule::leaders_forget_places) return taken_out_of_places;
  return r >= rule::votes_compare_ends ? taken_out_of_snapshots : nullptr;
}

} // namespace quorate::raft
