// What keeps Multi-Paxos safe, and what keeps it going, rule by rule. Each can be taken out of a core, for tests
// only (mutant/multi_paxos.hpp), and what the core does then is said behind "else". What is said of crashes and of
// the disk is not a core's to keep: to break that takes careless<core> (mutant/careless_core.hpp) as well.
#pragma once

#include "quorate/core/enumerators.hpp"
#include "quorate/mutant/elsewhere.hpp"

#include <cstddef>
#include <cstdint>

namespace quorate::multi_paxos {

enum class rule : std::uint8_t {
  // --- ballots
  ballots_have_owners,                 // two nodes never use the same one; else they share them, and nobody minds
  campaigns_have_ballots_of_their_own, // a new one each (scenario P18); else who promised its own uses it again
  ballots_rise_above_refusals,         // to be answered next time (scenario P34); else what was heard is forgotten
  quorums_are_more_than_half,          // two quorums have a node in common; else half will do
  higher_ballots_depose,               // who promises another's ballot leads no more; else it leads on under it
  refusals_depose,                     // who hears of a higher promise leads no more; else it goes on
  ballots_name_members,                // a ballot is one member's; else that of whoever has that place now

  // --- the acceptor
  promises_never_fall,            // a prepare below the promise is refused; else the promise falls to it
  accepts_respect_promises,       // an accept below it is refused as well; else the promise falls to it
  promises_tell_votes,            // what was voted for from the first slot on (scenario P4); else nothing
  promises_outlive_crashes,       // they are on disk; else a node starts again with none
  recovered_votes_are_not_chosen, // but for the chosen mark; else a node takes its whole log for chosen
  claims_wait_for_the_disk,       // a candidate's requests and own promise wait for its ballot; else at once
  promises_wait_for_the_disk,     // a promise is made once it is durable; else at once
  accepts_wait_for_the_disk,      // slots are acknowledged once they are durable; else at once
  own_accepts_wait_for_the_disk,  // the leader's own too (scenario P24); else they count at once

  // --- canvasses, contact and timers
  canvasses_promise_nothing,  // to be asked changes nothing; else the ballot is promised
  canvasses_respect_a_leader, // nobody grants one beside a living leader; else that is no reason
  prepares_respect_a_leader,  // nor does anybody promise beside one; else it does
  leaders_check_their_quorum, // a leader that hears of no quorum gives way (scenarios E15, P59); else it stays
  leaders_put_off_elections,  // to hear of the leader starts the election timer anew; else it runs on

  // --- the candidate
  found_values_are_proposed_again, // where somebody has voted, that value is proposed; else a no-op is
  highest_votes_are_adopted,       // of several, that of the highest ballot; else the lowest
  own_values_are_of_that_ballot,   // a lower vote of one's own is not that value; else whatever is there is taken
  gaps_are_filled,                 // where nobody has voted, a no-op is proposed; else nothing
  leaders_settle_first,       // what was found comes before what is new (scenarios P42, P44); else it does not
  one_report_chooses_nothing, // a quorum's votes at one ballot do; else any vote reported is chosen
  what_is_gone_is_not_free,   // slots that others have compacted are chosen (scenario P41); else they are free
  promises_count_once,        // as often as they are heard (scenario P23); else again, as another acceptor's
  past_promises_do_not_count, // a promise is for its own ballot (scenario P20); else for any later one too

  // --- the leader
  past_votes_do_not_count,         // a vote is for its own ballot (scenarios P20, P40); else for later ones too
  leaders_forget_matches,          // a new leader knows of no match; else it starts with its last leadership's
  acknowledged_gaps_stay_gaps,     // who has a later slot need not have those before; else it counts as if it had
  windows_bound_what_is_in_flight, // accepts wait for answers; else they do not

  // --- the commit index
  followers_commit_what_is_verified, // up to where their log is the leader's; else all they have
  new_ballots_verify_anew,           // what one leader has verified says nothing of the next; else it does
  only_this_ballot_verifies,         // votes at other ballots may be for other values; else they will do
  gaps_are_not_skipped,              // nothing is verified behind a gap; else it is
  commits_never_fall,                // what is chosen stays chosen; else the last word counts

  // --- reads
  reads_wait_for_an_own_commit, // for what phase 1 found to be chosen (scenarios P44, P68); else for nothing
  reads_ask_a_quorum,           // after the read came, whether this node still leads; else nobody is asked
  reads_count_later_answers,    // those to heartbeats sent before the read do not count; else they do
  reads_carry_the_commit_index, // as it stood when their round began, to be applied first; else none
  reads_end_with_leadership,    // who stops leading refuses those that wait; else it keeps them

  // --- snapshots
  offers_choose_nothing,    // the installation does; else to be offered a snapshot makes what it holds chosen here
  installs_are_of_this_era, // for simplicity, and not for safety; else what was fetched earlier counts too
};

inline constexpr std::size_t rules = detail::enumerators<rule>();
constexpr std::string_view name_of(rule r) { return detail::name_among(r); }

// Of a rule that a world of founders which compact nothing can't miss: what it takes; else nullptr.
constexpr char const* takes_more(rule r) {
  if (r == rule::ballots_name_members) return taken_out_of_places;
  return r >= rule::offers_choose_nothing ? taken_out_of_snapshots : nullptr;
}

} // namespace quorate::multi_paxos
