// Multi-Paxos without one rule, each in the smallest world in which that is seen.
#include "mutant_trials.hpp"

#include "quorate/explore/multi_paxos.hpp"
#include "quorate/mutant/multi_paxos.hpp"

#include <cstddef>
#include <cstdint>

namespace check_tool {
namespace {

using namespace quorate;
using multi_paxos::rule;
using bounds = check::multi_paxos_bounds;

template <std::size_t Nodes, bool Reads, std::uint8_t Window = 16>
using core = careless<multi_paxos::node<
    limits<limit_values{
        .nodes = Nodes, .window = Window, .append_entries = 2, .append_bytes = 20, .mark = 1, .reserve = 1}>,
    multi_paxos::quorum_reads<Reads>, without_named<rule>>>;
using plain = check::multi_paxos_system<core<3, false>, 3>;
using four = check::multi_paxos_system<core<4, false>, 4>;
using whole = check::multi_paxos_system<core<3, true, 1>, 3, true>; // all of its state counts; a window of one

check::mutant_verdict of_ballots(rule r) {
  switch (r) {
  case rule::campaigns_have_ballots_of_their_own:
    return explored<plain>("N3P1K2C1, dead messages kept",
                           bounds{.ballots = 2, .proposers = 1, .keeps_dead = true});
  case rule::ballots_rise_above_refusals:
  case rule::refusals_depose: return explored<plain>("N3P2K1C1, refusals", bounds{.refusals = true});
  default: return explored<plain>("N3P2K1C1", bounds{});
  }
}

check::mutant_verdict of_acceptors(rule r) {
  switch (r) {
  case rule::promises_never_fall:
  case rule::accepts_respect_promises: return explored<plain>("N3P2K1C1, refusals", bounds{.refusals = true});
  case rule::claims_wait_for_the_disk:
    return explored<plain>("N3P2K2, sync in flight", bounds{.ballots = 2, .commands = 0, .in_flight = true});
  case rule::own_accepts_wait_for_the_disk:
    return explored<plain>("N3P1K1C2, sync in flight", bounds{.proposers = 1, .commands = 2, .in_flight = true});
  case rule::promises_wait_for_the_disk:
  case rule::accepts_wait_for_the_disk:
    return explored<plain>("N3P2K1C1R1, sync in flight", bounds{.crashes = 1, .in_flight = true});
  case rule::leaders_check_their_quorum: return explored<whole>("N3P2K1C1, a quorum check", bounds{.checks = 1});
  case rule::leaders_put_off_elections: return explored<whole>("N3P1K1C2", bounds{.proposers = 1, .commands = 2});
  default: return explored<plain>("N3P2K1C1R1", bounds{.crashes = 1});
  }
}

check::mutant_verdict of_candidates(rule r) {
  switch (r) {
  case rule::highest_votes_are_adopted:
  case rule::own_values_are_of_that_ballot:
    return explored<plain>("N3P2K2C2R1", bounds{.ballots = 2, .commands = 2, .crashes = 1});
  case rule::gaps_are_filled:
  case rule::leaders_settle_first: return explored<plain>("N3P2K1C2", bounds{.commands = 2});
  case rule::one_report_chooses_nothing: return explored<plain>("N3P2K2C1R1", bounds{.ballots = 2, .crashes = 1});
  case rule::what_is_gone_is_not_free:
    return explored<plain>("N3P2K1C2R1, a compaction", bounds{.commands = 2, .crashes = 1, .compactions = 1});
  case rule::promises_count_once:
    return explored<four>("N4P1K1, dead messages kept", bounds{.proposers = 1, .commands = 0, .keeps_dead = true});
  case rule::past_promises_do_not_count:
    return explored<plain>("N3P1K2C1, dead messages kept",
                           bounds{.ballots = 2, .proposers = 1, .keeps_dead = true});
  default: return explored<plain>("N3P2K1C1", bounds{});
  }
}

check::mutant_verdict of_leaders(rule r) {
  switch (r) {
  case rule::past_votes_do_not_count:
    return explored<plain>("N3P1K2C1R1, dead messages kept",
                           bounds{.ballots = 2, .proposers = 1, .crashes = 1, .keeps_dead = true});
  case rule::leaders_forget_matches: return explored<plain>("N3P2K2C2", bounds{.ballots = 2, .commands = 2});
  case rule::windows_bound_what_is_in_flight:
  case rule::commits_never_fall: return explored<whole>("N3P1K1C2", bounds{.proposers = 1, .commands = 2});
  default: return explored<plain>("N3P2K1C2", bounds{.commands = 2});
  }
}

check::mutant_verdict of_reads(rule r) {
  switch (r) {
  case rule::reads_wait_for_an_own_commit:
    return explored<whole>("N3P1K2C1R1, a read", bounds{.ballots = 2, .proposers = 1, .crashes = 1, .reads = 1});
  case rule::reads_ask_a_quorum: return explored<whole>("N3P2K1C1, a read", bounds{.reads = 1});
  case rule::reads_end_with_leadership:
    return explored<whole>("N3P2K1, a read", bounds{.commands = 0, .reads = 1});
  default: return explored<whole>("N3P1K1C1, a read", bounds{.proposers = 1, .reads = 1});
  }
}

// A mutant is given dead messages as well where the rule is what makes them dead.
check::mutant_verdict try_multi_paxos(rule r) {
  if (r < rule::promises_never_fall) return of_ballots(r);
  if (r < rule::found_values_are_proposed_again) return of_acceptors(r);
  if (r < rule::past_votes_do_not_count) return of_candidates(r);
  if (r < rule::reads_wait_for_an_own_commit) return of_leaders(r);
  return of_reads(r);
}

} // namespace

void multi_paxos_mutants(mutants_run& run) { try_each<rule, multi_paxos::rules>(run, try_multi_paxos); }

} // namespace check_tool
