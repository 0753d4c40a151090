// What is true of several nodes of Paxos or CASPaxos together, and across their restarts: one sentence and one
// function each (log.hpp says what a `node` and `tell` are; here `durable` has the records of its roles).
// What is true of one role at all times stands in paxos/invariant.hpp, what was voted for in ballots.hpp.
#pragma once

#include "quorate/paxos/invariant.hpp"
#include "quorate/truth/ballots.hpp"

#include <type_traits>

namespace quorate::paxos::truth {

// --- what has left a node, and so must never be untrue

struct ballots_said {
  ballot prepared{}; // the highest for which it has asked
  ballot promised{}; // the highest at which it has said a promise
  ballot voted{};    // ... and a vote
  friend constexpr bool operator==(ballots_said const&, ballots_said const&) = default;
};

template <class Node, class Tell>
constexpr bool ballots_wait_for_their_floor(Node const& n, ballot at, Tell&& tell) {
  return n.durable.proposer.round >= at.round_number() ||
         tell("no ballot leaves before its floor is durable", "node ", n.self, " speaks of its ballot in round ",
              at.round_number(), ", and the floor on its disk is ", n.durable.proposer.round);
}
template <class Node, class Value, class Tell>
constexpr bool promises_wait_for_the_disk(Node const& n, promise<Value> const& m, Tell&& tell) {
  auto const& disk = n.durable.acceptor;
  return (disk.promised >= m.at && disk.voted.at >= m.voted.at) ||
         tell("no promise leaves before it is durable", "node ", n.self, " promises ballot ", m.at,
              ", and its disk has ballot ", disk.promised);
}
// `there`: the vote is on disk, or was when a later one took its place.
template <class Node, class Tell>
constexpr bool votes_wait_for_the_disk(Node const& n, ballot at, bool there, Tell&& tell) {
  auto const& disk = n.durable.acceptor;
  return there ||
         tell("no vote leaves before it is durable", "node ", n.self, " says that it has accepted at ballot ", at,
              ", and its disk has a vote at ballot ", disk.voted.at);
}

// A message is about to leave: all of the above that are about its kind.
template <class Node, class M, class Tell>
constexpr bool may_leave(Node const& n, ballots_said& said, M const& m, Tell&& tell) {
  using value_type = typename Node::core_type::value_type;
  [[maybe_unused]] auto const raise = [](ballot& last, ballot at) { last = last < at ? at : last; };
  if constexpr (std::is_same_v<M, prepare> || std::is_same_v<M, accept<value_type>>) {
    raise(said.prepared, m.at);
    return ballots_wait_for_their_floor(n, m.at, tell);
  } else if constexpr (std::is_same_v<M, promise<value_type>>) {
    raise(said.promised, m.at);
    return promises_wait_for_the_disk(n, m, tell);
  } else if constexpr (std::is_same_v<M, accepted<value_type>>) {
    raise(said.voted, m.at);
    return votes_wait_for_the_disk(n, m.at, n.durable.acceptor.voted.at >= m.at, tell);
  } else {
    return true;
  }
}

// --- what a disk keeps

template <class Node, class Tell>
constexpr bool nothing_said_is_forgotten(Node const& n, ballots_said const& said, Tell&& tell) {
  auto const& kept = n.durable.acceptor;
  return (kept.promised >= said.promised && kept.voted.at >= said.voted) ||
         tell("what was promised and accepted is not forgotten", "node ", n.self, " has promised ballot ",
              said.promised, " and accepted at ", said.voted, ", and its disk has ", kept.promised, " and ",
              kept.voted.at);
}
template <class Node, class Tell>
constexpr bool disks_only_rise(Node const& before, Node const& after, Tell&& tell) {
  auto const &was = before.durable, &is = after.durable;
  return (was.acceptor.promised <= is.acceptor.promised && was.proposer.round <= is.proposer.round) ||
         tell("on disk, promises and floors only rise", "node ", after.self, " had promised ballot ",
              was.acceptor.promised, " with floor ", was.proposer.round, ", and has ", is.acceptor.promised,
              " and ", is.proposer.round);
}
template <class Node, class Tell>
constexpr bool votes_keep_promises(Node const& before, Node const& after, Tell&& tell) {
  auto const &was = before.durable.acceptor, &is = after.durable.acceptor;
  return was.voted == is.voted || (is.voted.at >= was.promised && is.voted.at > was.voted.at) ||
         tell("what is accepted is not below the promise", "node ", after.self, " had promised ballot ",
              was.promised, ", and accepts at ballot ", is.voted.at);
}

// --- proposers

// `was` and `is`: its state before and after a step.
template <class State, class Tell>
constexpr bool a_ballot_is_used_once(ballots_said const& said, State const& was, State const& is, Tell&& tell) {
  bool const begins = is.now.is == phase::preparing && !(at_work(was) && was.now.at == is.now.at);
  return !begins || is.now.at > said.prepared ||
         tell("a ballot that was used is used again", "node ", is.self, " begins with ballot ", is.now.at,
              ", and has asked for ", said.prepared);
}
template <class State, class Tell>
constexpr bool ballots_rise_above_refusals(State const& was, refused const& m, State const& is, Tell&& tell) {
  return !at_work(was) || m.at != was.now.at || is.heard >= m.promised.round_number() ||
         tell("the next ballot is above what was refused for", "node ", is.self, " hears of ballot ", m.promised,
              ", and has heard of round ", is.heard);
}

// A ballot that another life of the node has used.
template <class Node, class Tell>
constexpr bool ballots_are_not_used_again(Node const& n, ballot at, Tell&& tell) {
  return tell("a ballot is not used again after a restart", "node ", n.self, " speaks of ballot ", at,
              ", which it has used before it started again");
}
// There are 2^47 rounds, and no disk has lost anything.
template <class Tell>
constexpr bool ballots_last(node_index n, Tell&& tell) {
  return tell("ballots are not used up so soon", "node ", n, " has none left");
}
template <class Tell>
constexpr bool no_conflict(node_index n, ballot at, Tell&& tell) {
  return tell("a conflict, and yet no disk has lost anything", "node ", n, " reports one at ballot ", at);
}

// --- what is proposed

template <class Tell>
constexpr bool what_is_accepted_was_proposed(node_index n, ballot at, bool was, Tell&& tell) {
  return was || tell("what is accepted was proposed", "node ", n, " has accepted at ballot ", at,
                     " what nobody has proposed there");
}
// P2c: who proposes at `above` has heard of the vote at `chosen`, or of one between the two.
template <class Tell>
constexpr bool higher_ballots_know_what_is_chosen(ballot chosen, ballot above, bool knows, Tell&& tell) {
  return knows || tell("what is chosen is known to every higher ballot", "a value was chosen at ballot ", chosen,
                       ", and ballot ", above, " does not know of it");
}

// --- what is chosen: `ballots` is a quorate::truth::ballot_ledger

// Of a decision, however it was heard of, a quorum has voted for it at that one ballot.
template <class Tell>
constexpr bool what_is_decided_was_chosen(node_index n, ballot at, bool chosen, Tell&& tell) {
  return chosen || tell("what is decided was chosen", "node ", n, " takes it for decided at ballot ", at,
                        ", and no quorum's disks have it there");
}
template <class Tell>
constexpr bool what_was_rewritten_was_chosen(node_index n, ballot at, bool chosen, Tell&& tell) {
  return chosen || tell("what was rewritten was chosen", "node ", n, " says so of ballot ", at,
                        ", and no quorum's disks have it there");
}
template <class Tell>
constexpr bool what_is_learned_was_chosen(node_index n, ballot at, bool chosen, Tell&& tell) {
  return chosen || tell("what is learned was chosen", "node ", n, " has learned it of ballot ", at,
                        ", and no quorum's disks have it there");
}
// The same of one node's proposer, of what it was told last, and of its learner.
template <class Ledger, class State, class Tell>
constexpr bool decisions_were_chosen(Ledger const& ballots, State const& proposer, Tell&& tell) {
  auto const& now = proposer.now;
  return now.is != phase::done ||
         what_is_decided_was_chosen(proposer.self, now.at, ballots.is_chosen(now.at, now.value), tell);
}
template <class Ledger, class Value, class Tell>
constexpr bool changes_were_chosen(Ledger const& ballots, node_index n, vote<Value> const& told, Tell&& tell) {
  return told.at.none() || what_was_rewritten_was_chosen(n, told.at, ballots.is_chosen(told.at, told.value), tell);
}
template <class Ledger, class State, class Tell>
constexpr bool lessons_were_chosen(Ledger const& ballots, State const& learner, Tell&& tell) {
  auto const& known = learner.known;
  return known.at.none() ||
         what_is_learned_was_chosen(learner.self, known.at, ballots.is_chosen(known.at, known.value), tell);
}

} // namespace quorate::paxos::truth
