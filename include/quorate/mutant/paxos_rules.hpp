// What keeps Paxos safe, and what keeps it going, rule by rule, with its section in Paxos Made Simple. Each can be
// taken out of a core, for tests only (mutant/paxos.hpp), and what the core does then is said behind "else". What
// is said of crashes and of the disk is not a core's to keep: to break that takes careless<core>
// (mutant/careless_core.hpp) as well.
#pragma once

#include "quorate/core/enumerators.hpp"

#include <cstddef>
#include <cstdint>

namespace quorate::paxos {

enum class rule : std::uint8_t {
  // --- ballots
  ballots_have_owners, // two proposers never use the same one (§2.2); else they share them, and nobody minds
  ballots_are_ordered_by_round, // and by owner only in the same round; else acceptors look at the owner first
  ballots_outlive_crashes,      // which were used is on disk (§2.5); else a restart begins again at the first
  floors_wait_for_the_disk,     // before the first prepare leaves (§2.5); else it leaves at once
  attempts_have_ballots_of_their_own, // whatever became of an earlier one; else they use that one again
  ballots_rise_above_refusals,        // to be answered next time (§2.4); else what was heard of is forgotten
  quorums_are_more_than_half,         // two quorums have a node in common (§2.1); else half will do

  // --- the acceptor
  promises_never_fall,      // P1b: a prepare below the promise is refused (§2.2); else it is promised
  accepts_respect_promises, // P1a: an accept below it is refused as well (§2.2); else it is accepted
  accepting_is_promising,   // nothing below it is accepted afterwards; else what was promised before still stands
  promises_tell_votes,      // what was accepted (§2.2); else a promise tells nothing
  promises_wait_for_the_disk, // a promise is made once it is durable (§2.5); else at once
  votes_wait_for_the_disk,    // a value is accepted once that is durable (§2.5); else at once
  promises_outlive_crashes,   // they are on disk (§2.5); else a node starts again at what it accepted last
  votes_outlive_crashes,      // they are on disk (§2.5); else a node starts again with the promise alone

  // --- the proposer
  proposals_adopt_votes,       // P2c: what somebody has accepted is proposed (§2.2); else one's own value is
  proposals_adopt_the_highest, // P2c: of several, that of the highest ballot (§2.2); else the lowest
  retries_ask_first,           // a higher ballot has both phases (§2.2); else it begins with the second
  promises_count_once,         // as often as they are heard (§2.2); else again, as another acceptor's
  votes_count_once,            // the same of votes (§2.2), to proposers and learners; else again, as another's
  past_promises_do_not_count,  // a promise is for its own ballot (§2.2); else for any later one too
  past_votes_do_not_count, // a vote is at its own ballot (§2.2); else the proposer counts it at later ones too

  // --- the learner
  learners_count_a_quorum,   // one vote chooses nothing (§2.3); else the first is believed
  tallies_are_of_one_ballot, // votes of two ballots do not add up (§2.3); else those for one value do

  // --- a register (Rystsov 2018)
  changes_are_made_once, // what may have been made is not tried again; else it is
  reads_take_a_round,    // a change that changes nothing has its second phase; else it ends with the first
};

inline constexpr std::size_t rules = ::quorate::detail::enumerators<rule>();
constexpr std::string_view name_of(rule r) { return ::quorate::detail::name_among(r); }

} // namespace quorate::paxos
