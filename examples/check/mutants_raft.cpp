// Raft without one rule, each in the smallest world in which that is seen.
#include "mutant_trials.hpp"

#include "quorate/explore/raft.hpp"
#include "quorate/mutant/raft.hpp"

#include <cstddef>

namespace check_tool {
namespace {

using namespace quorate;
using raft::rule;

// The cores that the rules are taken out of: figure 2 of the paper, and what it is extended by, one at a time.
enum class kind { plain, four, pre_votes, quorum_check, reads };

template <kind K>
struct mutant_core {
  static constexpr std::size_t nodes = K == kind::four ? 4 : 3;
  using type = raft::node<limits<limit_values{.nodes = nodes, .append_entries = 1}>,
                          raft::pre_vote<K == kind::pre_votes>, raft::check_quorum<K == kind::quorum_check>,
                          raft::first_entry<K == kind::reads>, raft::pipelining<off>, raft::answer_stale<off>,
                          raft::eager_commit<off>, raft::read_index<K == kind::reads>, without_named<rule>>;
};

struct raft_trial {
  kind in = kind::plain;
  char const* called = "T2C1R1";
  check::replicated_bounds bounds{.terms = 2, .commands = 1, .crashes = 1};
};

namespace within {
inline constexpr check::replicated_bounds small{.terms = 2, .commands = 1, .crashes = 1};
inline constexpr check::replicated_bounds with_dead{.terms = 2, .commands = 1, .crashes = 1, .keeps_dead = true};
inline constexpr check::replicated_bounds in_flight{.terms = 2, .commands = 1, .crashes = 1, .in_flight = true};
inline constexpr check::replicated_bounds deposed{.terms = 3, .commands = 1, .in_flight = true};
inline constexpr check::replicated_bounds two_commands{.terms = 2, .commands = 2, .crashes = 1};
inline constexpr check::replicated_bounds three_terms{.terms = 3, .commands = 2};
inline constexpr check::replicated_bounds three_terms_dead{.terms = 3, .commands = 2, .keeps_dead = true};
inline constexpr check::replicated_bounds beats{.terms = 2, .commands = 1, .beats = 1};
inline constexpr check::replicated_bounds reads{.terms = 2, .commands = 1, .beats = 1, .reads = 1};
} // namespace within

// A mutant is given dead messages as well where the rule is what makes them dead.
constexpr raft_trial trial_of(rule r) {
  switch (r) {
  case rule::votes_once:
  case rule::claims_wait_for_the_disk:
  case rule::votes_wait_for_the_disk:
  case rule::appends_wait_for_the_disk:
  case rule::new_terms_verify_anew:
  case rule::own_appends_wait_for_the_disk: return {kind::plain, "T2C1R1, sync in flight", within::in_flight};
  case rule::votes_in_no_past_term:
  case rule::past_votes_do_not_count:
  case rule::past_leaders_are_refused:
  case rule::votes_outlive_crashes:
  case rule::matches_never_fall: return {kind::plain, "T2C1R1, dead messages kept", within::with_dead};
  case rule::votes_count_once: return {kind::four, "4 nodes T2C1, dead messages kept", within::with_dead};
  case rule::votes_compare_lengths:
  case rule::conflicts_are_removed:
  case rule::refusals_move_next_back:
  case rule::followers_commit_what_is_verified:
  case rule::only_what_is_verified_is_acknowledged: return {kind::plain, "T2C2R1", within::two_commands};
  case rule::votes_compare_terms:
  case rule::previous_terms_agree:
  case rule::leaders_forget_matches: return {kind::plain, "T3C2", within::three_terms};
  case rule::past_acknowledgements_do_not_count:
    return {kind::plain, "T3C2, dead messages kept", within::three_terms_dead};
  case rule::leaders_forget_their_own_match: return {kind::plain, "T3C1, sync in flight", within::deposed};
  case rule::heartbeats_tell_what_is_matched:
  case rule::heartbeats_match_nothing: return {kind::plain, "T2C1, a heartbeat", within::beats};
  case rule::pre_votes_raise_no_term:
  case rule::pre_votes_elect_nobody:
  case rule::pre_votes_respect_a_leader: return {kind::pre_votes, "T2C1R1, pre-votes", within::small};
  case rule::pre_votes_are_for_one_term:
    return {kind::pre_votes, "T2C1R1, pre-votes, dead messages kept", within::with_dead};
  case rule::votes_respect_a_leader:
  case rule::leaders_check_their_quorum: return {kind::quorum_check, "T2C1R1, quorum check", within::small};
  case rule::reads_wait_for_an_own_commit:
  case rule::reads_ask_a_quorum:
  case rule::reads_count_later_answers:
  case rule::reads_carry_the_commit_index:
  case rule::reads_end_with_leadership: return {kind::reads, "T2C1, a read and a heartbeat", within::reads};
  default: return {kind::plain, "T2C1R1", within::small};
  }
}

template <kind K>
check::mutant_verdict explored_as(raft_trial const& t) {
  using core = mutant_core<K>;
  return explored<check::raft_system<careless<typename core::type>, core::nodes>>(t.called, t.bounds);
}

check::mutant_verdict try_raft(rule r) {
  auto const t = trial_of(r);
  switch (t.in) {
  case kind::plain: return explored_as<kind::plain>(t);
  case kind::four: return explored_as<kind::four>(t);
  case kind::pre_votes: return explored_as<kind::pre_votes>(t);
  case kind::quorum_check: return explored_as<kind::quorum_check>(t);
  case kind::reads: return explored_as<kind::reads>(t);
  }
  return {};
}

} // namespace

void raft_mutants(mutants_run& run) { try_each<rule, raft::rules>(run, try_raft); }

} // namespace check_tool
