// What is true of several nodes of Paxos or CASPaxos together, and across their restarts: one sentence and one
// function each (log.hpp says what a `node` and `tell` are; here `durable.hard` has the records of a node's roles).
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
  return n.durable.hard.proposer.round >= at.round() ||
         tell("no ballot leaves before its floor is durable", "node ", n.self, " speaks of its ballot in round ",
              at.round(), ", and the floor on its disk is ", n.durable.hard.proposer.round);
}
template <class Node, class Value, class Tell>
constexpr bool promises_wait_for_the_disk(Node const& n, promise<Value> const& m, Tell&& tell) {
  auto const& disk = n.durable.hard.acceptor;
  return (disk.promised >= m.at && disk.voted.at >= m.voted.at) ||
         tell("no promise leaves before it is durable", "node ", n.self, " promises the ballot of round ",
              m.at.round(), " of ", m.at.owner(), ", and its disk has that of round ", disk.promised.round(),
              " of ", disk.promised.owner());
}
template <class Node, class Tell>
constexpr bool votes_wait_for_the_disk(Node const& n, ballot at, Tell&& tell) {
  auto const& disk = n.durable.hard.acceptor;
  return disk.voted.at >= at ||
         tell("no vote leaves before it is durable", "node ", n.self, " says that it has accepted in round ",
              at.round(), " of ", at.owner(), ", and its disk has a vote of round ", disk.voted.at.round(), " of ",
              disk.voted.at.owner());
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
    return votes_wait_for_the_disk(n, m.at, tell);
  } else {
    return true;
  }
}

// --- what a disk keeps

template <class Node, class Tell>
constexpr bool nothing_said_is_forgotten(Node const& n, ballots_said const& said, Tell&& tell) {
  auto const& kept = n.durable.hard.acceptor;
  return (kept.promised >= said.promised && kept.voted.at >= said.voted) ||
         tell("what was promised and accepted is not forgotten", "node ", n.self, " has promised in round ",
              said.promised.round(), " and accepted in round ", said.voted.round(), ", and its disk has rounds ",
              kept.promised.round(), " and ", kept.voted.at.round());
}
template <class Node, class Tell>
constexpr bool disks_only_rise(Node const& before, Node const& after, Tell&& tell) {
  auto const &was = before.durable.hard, &is = after.durable.hard;
  return (was.acceptor.promised <= is.acceptor.promised && was.proposer.round <= is.proposer.round) ||
         tell("on disk, promises and floors only rise", "node ", after.self, " had promised in round ",
              was.acceptor.promised.round(), " with floor ", was.proposer.round, ", and has ",
              is.acceptor.promised.round(), " and ", is.proposer.round);
}
template <class Node, class Tell>
constexpr bool votes_keep_promises(Node const& before, Node const& after, Tell&& tell) {
  auto const &was = before.durable.hard.acceptor, &is = after.durable.hard.acceptor;
  return was.voted == is.voted || (is.voted.at >= was.promised && is.voted.at > was.voted.at) ||
         tell("what is accepted is not below the promise", "node ", after.self, " had promised round ",
              was.promised.round(), " of ", was.promised.owner(), ", and accepts in round ", is.voted.at.round(),
              " of ", is.voted.at.owner());
}

// --- proposers

// `was` and `is`: its state before and after a step.
template <class State, class Tell>
constexpr bool a_ballot_is_used_once(ballots_said const& said, State const& was, State const& is, Tell&& tell) {
  bool const begins = is.now.is == phase::preparing && !(at_work(was) && was.now.at == is.now.at);
  return !begins || is.now.at > said.prepared ||
         tell("a ballot that was used is used again", "node ", is.self, " begins with round ", is.now.at.round(),
              ", and has asked in round ", said.prepared.round());
}
template <class State, class Tell>
constexpr bool ballots_rise_above_refusals(State const& was, refused const& m, State const& is, Tell&& tell) {
  return !at_work(was) || m.at != was.now.at || is.heard >= m.promised.round() ||
         tell("the next ballot is above what was refused for", "node ", is.self, " was refused for one of round ",
              m.promised.round(), ", and has heard of round ", is.heard);
}

// --- what is chosen: `ballots` is a quorate::truth::ballot_ledger

// Of a decision, however it was heard of, a quorum has voted for it at that one ballot.
template <class Ledger, class State, class Tell>
constexpr bool what_is_decided_was_chosen(Ledger const& ballots, State const& proposer, Tell&& tell) {
  auto const& now = proposer.now;
  return now.is != phase::done || ballots.is_chosen(now.at, now.value) ||
         tell("what is decided was chosen", "node ", proposer.self, " takes it for decided in round ",
              now.at.round(), " of ", now.at.owner(), ", and no quorum's disks have it there");
}
template <class Ledger, class Value, class Tell>
constexpr bool what_was_rewritten_was_chosen(Ledger const& ballots, node_index self, vote<Value> const& told,
                                             Tell&& tell) {
  return told.at.none() || ballots.is_chosen(told.at, told.value) ||
         tell("what was rewritten was chosen", "node ", self, " says so of round ", told.at.round(), " of ",
              told.at.owner(), ", and no quorum's disks have it there");
}
template <class Ledger, class State, class Tell>
constexpr bool what_is_learned_was_chosen(Ledger const& ballots, State const& learner, Tell&& tell) {
  auto const& known = learner.known;
  return known.at.none() || ballots.is_chosen(known.at, known.value) ||
         tell("what is learned was chosen", "node ", learner.self, " has learned it of round ", known.at.round(),
              " of ", known.at.owner(), ", and no quorum's disks have it there");
}

} // namespace quorate::paxos::truth
