// What is true of Paxos' roles at all times, one sentence each: `holds` of a state, `follows` of two moments of
// one life. The same predicates serve the tests, the model checker and the simulator. What is true
// of several nodes together, and across restarts, can't be seen from here.
#pragma once

#include "quorate/paxos/node.hpp"

#include <cstddef>

namespace quorate::paxos {

namespace invariant {

// --- the acceptor

// What was accepted was promised.
template <class Options>
constexpr bool vote_is_promised(acceptor_state<Options> const& s) {
  return s.kept.voted.at <= s.kept.promised;
}

// The promise never falls, and neither does the ballot of the vote.
template <class Options>
constexpr bool promise_rises(acceptor_state<Options> const& before, acceptor_state<Options> const& after) {
  return before.kept.promised <= after.kept.promised && before.kept.voted.at <= after.kept.voted.at;
}

// A new vote is at a ballot not below what was promised.
template <class Options>
constexpr bool votes_keep_promises(acceptor_state<Options> const& before, acceptor_state<Options> const& after) {
  return before.kept.voted == after.kept.voted || after.kept.voted.at >= before.kept.promised;
}

// At one ballot it votes for one value.
template <class Options>
constexpr bool one_vote_a_ballot(acceptor_state<Options> const& before, acceptor_state<Options> const& after) {
  return before.kept.voted.at != after.kept.voted.at || before.kept.voted == after.kept.voted;
}

// --- the proposer

// It uses its own ballots, and none above the floor that it wrote.
template <class Options>
constexpr bool ballots_are_its_own(proposer_state<Options> const& s) {
  if (s.used > s.floor || s.floor > ballot::last_round) return false;
  return !at_work(s) || (s.now.at.owner() == s.self && s.now.at.round() == s.used);
}

// Only acceptors answer or refuse, and what they have accepted is below the ballot that they promise.
template <class Options>
constexpr bool answers_are_acceptors(proposer_state<Options> const& s) {
  if (!s.now.answered.without(s.acceptors).empty() || !s.now.refused.without(s.acceptors).empty()) return false;
  return !at_work(s) || s.now.best.at < s.now.at;
}

// P2c: what may have been chosen already is what is proposed. A register's user decides what becomes of it.
template <class Options>
constexpr bool proposes_what_may_be_chosen(proposer_state<Options> const& s) {
  if (Options::rewrites || s.now.is != phase::accepting) return true;
  return s.now.value == (s.now.best.at.none() ? s.wanted : s.now.best.value);
}

// A ballot, once left, is never taken up again; nor does the floor fall.
template <class Options>
constexpr bool ballots_rise(proposer_state<Options> const& before, proposer_state<Options> const& after) {
  if (before.floor > after.floor || before.used > after.used || before.heard > after.heard) return false;
  return !at_work(before) || !at_work(after) || before.now.at <= after.now.at;
}

// At one ballot the phases go forward, and one value is proposed.
template <class Options>
constexpr bool one_value_a_ballot(proposer_state<Options> const& before, proposer_state<Options> const& after) {
  if (!at_work(before) || !at_work(after) || before.now.at != after.now.at) return true;
  if (before.now.is > after.now.is) return false;
  return before.now.is != phase::accepting || before.now.value == after.now.value;
}

// What is decided stays.
template <class Options>
constexpr bool decision_stays(proposer_state<Options> const& before, proposer_state<Options> const& after) {
  return before.now.is != phase::done || before.now == after.now;
}

// --- the learner

// Every tally has votes, all of acceptors, and no two are of one ballot; none is left when the value is known.
template <class Options>
constexpr bool tallies_are_apart(learner_state<Options> const& s) {
  if (!s.known.at.none() && !s.tallies.empty()) return false;
  for (std::size_t i = 0; i < s.tallies.size(); ++i) {
    auto const& t = s.tallies[i];
    if (t.of.at.none() || t.voters.empty() || !t.voters.without(s.acceptors).empty()) return false;
    for (std::size_t j = 0; j < i; ++j)
      if (s.tallies[j].of.at == t.of.at) return false;
  }
  return true;
}

// No tally is a quorum's that has not been noticed.
template <class Options>
constexpr bool quorums_are_noticed(learner_state<Options> const& s) {
  for (auto const& t : s.tallies)
    if (met<Options>(quorum_phase::commit, t.voters, s.acceptors)) return false;
  return true;
}

// What is known stays.
template <class Options>
constexpr bool knowledge_stays(learner_state<Options> const& before, learner_state<Options> const& after) {
  return before.known.at.none() || before.known == after.known;
}

} // namespace invariant

// After every step.
template <class Options>
constexpr bool holds(acceptor_state<Options> const& s) {
  return invariant::vote_is_promised(s);
}
template <class Options>
constexpr bool holds(proposer_state<Options> const& s) {
  using namespace invariant;
  return ballots_are_its_own(s) && answers_are_acceptors(s) && proposes_what_may_be_chosen(s);
}
template <class Options>
constexpr bool holds(learner_state<Options> const& s) {
  using namespace invariant;
  return tallies_are_apart(s) && quorums_are_noticed(s);
}

// Between two moments of one run of a role, without a restart.
template <class Options>
constexpr bool follows(acceptor_state<Options> const& before, acceptor_state<Options> const& after) {
  using namespace invariant;
  return promise_rises(before, after) && votes_keep_promises(before, after) && one_vote_a_ballot(before, after);
}
template <class Options>
constexpr bool follows(proposer_state<Options> const& before, proposer_state<Options> const& after) {
  using namespace invariant;
  return ballots_rise(before, after) && one_value_a_ballot(before, after) && decision_stays(before, after);
}
template <class Options>
constexpr bool follows(learner_state<Options> const& before, learner_state<Options> const& after) {
  return invariant::knowledge_stays(before, after);
}

// Of all roles of a node.
template <class... Roles>
constexpr bool holds(node<Roles...> const& n) {
  using whole = node<Roles...>;
  bool sound = true;
  if constexpr (whole::template plays<acceptor>) sound = sound && holds(n.template as<acceptor>().state());
  if constexpr (whole::template plays<proposer>) sound = sound && holds(n.template as<proposer>().state());
  if constexpr (whole::template plays<learner>) sound = sound && holds(n.template as<learner>().state());
  return sound;
}
template <class... Roles>
constexpr bool follows(node<Roles...> const& before, node<Roles...> const& after) {
  using whole = node<Roles...>;
  bool sound = true;
  auto const both = [&](auto const& b, auto const& a) { sound = sound && follows(b.state(), a.state()); };
  if constexpr (whole::template plays<acceptor>)
    both(before.template as<acceptor>(), after.template as<acceptor>());
  if constexpr (whole::template plays<proposer>)
    both(before.template as<proposer>(), after.template as<proposer>());
  if constexpr (whole::template plays<learner>) both(before.template as<learner>(), after.template as<learner>());
  return sound;
}

} // namespace quorate::paxos
