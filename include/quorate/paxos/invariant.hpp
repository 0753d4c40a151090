// What is true of Paxos' roles at all times, one sentence each: `holds` of a state, `follows` of two moments of
// one life. The same predicates serve the assertions of debug builds, the tests, the model checker and the
// simulator. What breaks one is told (core/breach.hpp), or nothing, if nobody asks. What is true of several nodes
// together, and across restarts, can't be seen from here.
#pragma once

#include "quorate/core/breach.hpp"
#include "quorate/paxos/node.hpp"

#include <cstddef>
#include <type_traits>

namespace quorate::paxos {

namespace invariant {

// A value as far as a sentence can say it.
template <class Value>
constexpr auto spoken(Value const& v) {
  if constexpr (std::is_integral_v<Value> || std::is_enum_v<Value> || is_strong_id<Value>)
    return v;
  else
    return "a value";
}

// --- the acceptor

template <class Options, class Tell>
constexpr bool vote_is_promised(acceptor_state<Options> const& s, Tell&& tell) {
  return s.kept.voted.at <= s.kept.promised ||
         tell("what was accepted was promised", "an acceptor has accepted at ballot ", s.kept.voted.at,
              ", and promised ", s.kept.promised);
}

template <class Options, class Tell>
constexpr bool promise_rises(acceptor_state<Options> const& before, acceptor_state<Options> const& after,
                             Tell&& tell) {
  return (before.kept.promised <= after.kept.promised && before.kept.voted.at <= after.kept.voted.at) ||
         tell("the promise never falls, and neither does the ballot of the vote",
              "an acceptor has promised ballot ", after.kept.promised, " and accepted at ", after.kept.voted.at,
              ", and had promised ", before.kept.promised, " and accepted at ", before.kept.voted.at);
}

template <class Options, class Tell>
constexpr bool votes_keep_promises(acceptor_state<Options> const& before, acceptor_state<Options> const& after,
                                   Tell&& tell) {
  return before.kept.voted == after.kept.voted || after.kept.voted.at >= before.kept.promised ||
         tell("a new vote is at a ballot not below what was promised", "an acceptor accepts at ballot ",
              after.kept.voted.at, ", and had promised ", before.kept.promised);
}

template <class Options, class Tell>
constexpr bool one_vote_a_ballot(acceptor_state<Options> const& before, acceptor_state<Options> const& after,
                                 Tell&& tell) {
  return before.kept.voted.at != after.kept.voted.at || before.kept.voted == after.kept.voted ||
         tell("an acceptor votes at one ballot for one value", "it votes at ballot ", after.kept.voted.at, " for ",
              spoken(after.kept.voted.value), ", and has voted for ", spoken(before.kept.voted.value));
}

// --- the proposer

template <class Options, class Tell>
constexpr bool ballots_are_its_own(proposer_state<Options> const& s, Tell&& tell) {
  if (s.used > s.floor || s.floor > ballot::last_round)
    return tell("a proposer uses no round above the floor that it wrote", "proposer ", s.self, " has used round ",
                s.used, ", and written floor ", s.floor);
  return !at_work(s) || (s.now.at.owner() == founder_at(s.self) && s.now.at.round_number() == s.used) ||
         tell("a proposer works at its own ballots, at the last that it used", "proposer ", s.self,
              " works at ballot ", s.now.at, ", and has used round ", s.used);
}

template <class Options, class Tell>
constexpr bool answers_are_acceptors(proposer_state<Options> const& s, Tell&& tell) {
  if (!s.now.answered.without(s.acceptors).empty() || !s.now.refused.without(s.acceptors).empty())
    return tell("only acceptors answer or refuse", "proposer ", s.self, " has answers of ", s.now.answered,
                " and refusals of ", s.now.refused, ", and the acceptors are ", s.acceptors);
  return !at_work(s) || s.now.best.at < s.now.at ||
         tell("what acceptors have accepted is below the ballot that they promise", "proposer ", s.self,
              " works at ballot ", s.now.at, ", and was told of a vote at ", s.now.best.at);
}

// P2c. A register's user decides what becomes of it.
template <class Options, class Tell>
constexpr bool proposes_what_may_be_chosen(proposer_state<Options> const& s, Tell&& tell) {
  if (Options::rewrites || s.now.is != phase::accepting) return true;
  auto const& due = s.now.best.at.none() ? s.wanted : s.now.best.value;
  return s.now.value == due ||
         tell("what may have been chosen already is what is proposed", "proposer ", s.self, " proposes ",
              spoken(s.now.value), " at ballot ", s.now.at, ", and not ", spoken(due),
              ", and the highest vote that it was told of is of ballot ", s.now.best.at);
}

template <class Options, class Tell>
constexpr bool ballots_rise(proposer_state<Options> const& before, proposer_state<Options> const& after,
                            Tell&& tell) {
  if (before.floor > after.floor || before.used > after.used || before.heard > after.heard)
    return tell("neither the floor falls nor what was used or heard of", "proposer ", after.self, " has floor ",
                after.floor, ", used ", after.used, ", heard ", after.heard, ", and had floor ", before.floor,
                ", used ", before.used, ", heard ", before.heard);
  return !at_work(before) || !at_work(after) || before.now.at <= after.now.at ||
         tell("a ballot, once left, is never taken up again", "proposer ", after.self, " works at ballot ",
              after.now.at, ", and has worked at ", before.now.at);
}

template <class Options, class Tell>
constexpr bool one_value_a_ballot(proposer_state<Options> const& before, proposer_state<Options> const& after,
                                  Tell&& tell) {
  if (!at_work(before) || !at_work(after) || before.now.at != after.now.at) return true;
  if (before.now.is > after.now.is)
    return tell("at one ballot the phases go forward", "proposer ", after.self, " is ", after.now.is,
                " at ballot ", after.now.at, ", and was ", before.now.is);
  return before.now.is != phase::accepting || before.now.value == after.now.value ||
         tell("at one ballot one value is proposed", "proposer ", after.self, " proposes ",
              spoken(after.now.value), " at ballot ", after.now.at, ", and has proposed ",
              spoken(before.now.value));
}

template <class Options, class Tell>
constexpr bool decision_stays(proposer_state<Options> const& before, proposer_state<Options> const& after,
                              Tell&& tell) {
  return before.now.is != phase::done || before.now == after.now ||
         tell("what is decided stays", "proposer ", after.self, " is ", after.now.is, " at ballot ", after.now.at,
              " with ", spoken(after.now.value), ", and had decided ", spoken(before.now.value), " at ",
              before.now.at);
}

// --- the learner

template <class Options, class Tell>
constexpr bool tallies_are_apart(learner_state<Options> const& s, Tell&& tell) {
  if (!s.known.at.none() && !s.tallies.empty())
    return tell("no tally is left when the value is known", "learner ", s.self, " knows the value of ballot ",
                s.known.at, ", and has ", s.tallies.size(), " tallies");
  for (std::size_t i = 0; i < s.tallies.size(); ++i) {
    auto const& t = s.tallies[i];
    if (t.of.at.none() || t.voters.empty() || !t.voters.without(s.acceptors).empty())
      return tell("every tally has a ballot and votes, all of acceptors", "learner ", s.self,
                  " has a tally of ballot ", t.of.at, " with votes of ", t.voters, ", and the acceptors are ",
                  s.acceptors);
    for (std::size_t j = 0; j < i; ++j)
      if (s.tallies[j].of.at == t.of.at)
        return tell("no two tallies are of one ballot", "learner ", s.self, " has two of ballot ", t.of.at);
  }
  return true;
}

template <class Options, class Tell>
constexpr bool quorums_are_noticed(learner_state<Options> const& s, Tell&& tell) {
  for (auto const& t : s.tallies)
    if (met<Options>(quorum_phase::commit, t.voters, s.acceptors))
      return tell("no tally is a quorum's that has not been noticed", "learner ", s.self, " has votes at ballot ",
                  t.of.at, " of ", t.voters, ", and does not know the value");
  return true;
}

template <class Options, class Tell>
constexpr bool knowledge_stays(learner_state<Options> const& before, learner_state<Options> const& after,
                               Tell&& tell) {
  return before.known.at.none() || before.known == after.known ||
         tell("what is known stays", "learner ", after.self, " knows ", spoken(after.known.value), " of ballot ",
              after.known.at, ", and knew ", spoken(before.known.value), " of ", before.known.at);
}

} // namespace invariant

// After every step.
template <class Options, class Tell = quiet>
constexpr bool holds(acceptor_state<Options> const& s, Tell&& tell = {}) {
  return invariant::vote_is_promised(s, tell);
}
template <class Options, class Tell = quiet>
constexpr bool holds(proposer_state<Options> const& s, Tell&& tell = {}) {
  using namespace invariant;
  return ballots_are_its_own(s, tell) && answers_are_acceptors(s, tell) && proposes_what_may_be_chosen(s, tell);
}
template <class Options, class Tell = quiet>
constexpr bool holds(learner_state<Options> const& s, Tell&& tell = {}) {
  using namespace invariant;
  return tallies_are_apart(s, tell) && quorums_are_noticed(s, tell);
}

// Between two moments of one run of a role, without a restart.
template <class Options, class Tell = quiet>
constexpr bool follows(acceptor_state<Options> const& before, acceptor_state<Options> const& after,
                       Tell&& tell = {}) {
  using namespace invariant;
  return promise_rises(before, after, tell) && votes_keep_promises(before, after, tell) &&
         one_vote_a_ballot(before, after, tell);
}
template <class Options, class Tell = quiet>
constexpr bool follows(proposer_state<Options> const& before, proposer_state<Options> const& after,
                       Tell&& tell = {}) {
  using namespace invariant;
  return ballots_rise(before, after, tell) && one_value_a_ballot(before, after, tell) &&
         decision_stays(before, after, tell);
}
template <class Options, class Tell = quiet>
constexpr bool follows(learner_state<Options> const& before, learner_state<Options> const& after,
                       Tell&& tell = {}) {
  return invariant::knowledge_stays(before, after, tell);
}

// Of all roles of a node.
template <class Tell = quiet, class... Roles>
constexpr bool holds(node<Roles...> const& n, Tell&& tell = {}) {
  using whole = node<Roles...>;
  bool sound = true;
  if constexpr (whole::template plays<acceptor>) sound = sound && holds(n.template as<acceptor>().state(), tell);
  if constexpr (whole::template plays<proposer>) sound = sound && holds(n.template as<proposer>().state(), tell);
  if constexpr (whole::template plays<learner>) sound = sound && holds(n.template as<learner>().state(), tell);
  return sound;
}
template <class Tell = quiet, class... Roles>
constexpr bool follows(node<Roles...> const& before, node<Roles...> const& after, Tell&& tell = {}) {
  using whole = node<Roles...>;
  bool sound = true;
  auto const both = [&](auto const& b, auto const& a) { sound = sound && follows(b.state(), a.state(), tell); };
  if constexpr (whole::template plays<acceptor>)
    both(before.template as<acceptor>(), after.template as<acceptor>());
  if constexpr (whole::template plays<proposer>)
    both(before.template as<proposer>(), after.template as<proposer>());
  if constexpr (whole::template plays<learner>) both(before.template as<learner>(), after.template as<learner>());
  return sound;
}

} // namespace quorate::paxos
