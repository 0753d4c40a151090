// Paxos without one rule, each in the smallest world in which that is seen.
#include "mutant_trials.hpp"

#include "quorate/explore/paxos.hpp"
#include "quorate/mutant/paxos.hpp"

#include <cstddef>
#include <cstdint>

namespace check_tool {
namespace {

using namespace quorate;
using paxos::rule;
using any_rule = without_named<rule>;

template <std::size_t Nodes, class Value, class... Keywords>
using deciding =
    careless<paxos::node<paxos::acceptor<Value, limits<limit_values{.nodes = Nodes}>, any_rule, Keywords...>,
                         paxos::proposer<Value, limits<limit_values{.nodes = Nodes}>, any_rule, Keywords...>>>;

// Three acceptors. Proposers are two of them, or two nodes behind them; all learn; a register.
using together = check::paxos_system<deciding<3, std::uint8_t>, 3, 2, false>;
using apart = check::paxos_system<deciding<5, std::uint8_t>, 3, 2, true>;
using learning =
    check::paxos_system<careless<paxos::full_node<std::uint8_t, limits<limit_values{.nodes = 3}>, any_rule>>, 3, 2,
                        false>;
using registers = check::paxos_system<deciding<3, std::uint32_t, paxos::rewritable<true>>, 3, 2, false>;

// A mutant is given dead messages as well where the rule is what makes them dead.
check::mutant_verdict try_paxos(rule r) {
  switch (r) {
  case rule::ballots_are_ordered_by_round:
  case rule::attempts_have_ballots_of_their_own:
  case rule::ballots_rise_above_refusals:
  case rule::promises_never_fall:
  case rule::accepts_respect_promises:
  case rule::proposals_adopt_the_highest:
  case rule::retries_ask_first: return explored<together>("N3P2K2", check::paxos_bounds{.ballots = 2});
  case rule::votes_count_once:
  case rule::past_promises_do_not_count:
  case rule::past_votes_do_not_count:
    return explored<together>("N3P2K2, dead messages kept", check::paxos_bounds{.ballots = 2, .keeps_dead = true});
  case rule::promises_count_once:
    return explored<apart>("N3P2K2, apart, dead messages kept",
                           check::paxos_bounds{.ballots = 2, .keeps_dead = true});
  case rule::ballots_outlive_crashes:
    return explored<apart>("N3P2K2R1, apart", check::paxos_bounds{.ballots = 2, .crashes = 1});
  case rule::promises_outlive_crashes:
  case rule::votes_outlive_crashes: return explored<together>("N3P2K1R1", check::paxos_bounds{.crashes = 1});
  case rule::floors_wait_for_the_disk:
  case rule::promises_wait_for_the_disk:
  case rule::votes_wait_for_the_disk:
    return explored<together>("N3P2K1R1, sync in flight", check::paxos_bounds{.crashes = 1, .in_flight = true});
  case rule::learners_count_a_quorum:
  case rule::tallies_are_of_one_ballot: return explored<learning>("N3P2K1, learners", check::paxos_bounds{});
  case rule::changes_are_made_once:
    return explored<registers>("N3P2K2, a register", check::paxos_bounds{.ballots = 2});
  case rule::reads_take_a_round:
    return explored<registers>("N3P2K1, a register, reads", check::paxos_bounds{.reads = true});
  default: return explored<together>("N3P2K1", check::paxos_bounds{});
  }
}

} // namespace

void paxos_mutants(mutants_run& run) { try_each<rule, paxos::rules>(run, try_paxos); }

} // namespace check_tool
