// What is true of several Raft nodes together, and across their restarts: one sentence and one function each, for
// the explorer, for walks and for the simulator alike (log.hpp says what a `node` and `tell` are). What is true of
// one node at all times stands in raft/invariant.hpp, what one message may do to it in raft_steps.hpp.
#pragma once

#include "quorate/raft/invariant.hpp"
#include "quorate/truth/log.hpp"

#include <cstddef>

namespace quorate::raft::truth {

// --- what has left a node, and so must never be untrue

struct vote_said {
  term_id in{}; // the last term in which it has said a vote
  member_id whom{};
  friend constexpr bool operator==(vote_said const&, vote_said const&) = default;
};

// A vote, or a request for votes, which is one for its sender (§3.4, §3.8).
template <class Node, class Tell>
constexpr bool votes_wait_for_the_disk(Node const& n, term_id term, member_id whom, Tell&& tell) {
  auto const& hard = n.durable.hard;
  return hard.term > term || (hard.term == term && hard.vote == whom) ||
         tell("no vote leaves before it is durable", "node ", n.self, " says a vote in term ", term, " for ", whom,
              ", and its disk has term ", hard.term, " and a vote for ", hard.vote);
}
template <class Tell>
constexpr bool one_vote_a_term_leaves(vote_said& said, node_index self, term_id term, member_id whom,
                                      Tell&& tell) {
  auto const last = said;
  said = {term, whom};
  return term > last.in || (term == last.in && whom == last.whom) ||
         tell("of one node one vote a term ever leaves, and none of an earlier term", "node ", self,
              " says a vote in term ", term, " for ", whom, ", and has said one in term ", last.in, " for ",
              last.whom);
}
template <class Node, class Tell>
constexpr bool acknowledgements_wait_for_the_disk(Node const& n, appended const& m, Tell&& tell) {
  auto const& disk = n.durable;
  return (disk.hard.term >= m.term && quorate::truth::was_durable(disk, m.match_index, m.term)) ||
         tell("no acknowledgement leaves before it is durable", "node ", n.self, " acknowledges all up to ",
              m.match_index, " in term ", m.term, ", and its disk has term ", disk.hard.term,
              " and entries up to ", disk.log.last());
}
template <class Node, class Tell>
constexpr bool pre_votes_respect_a_leader(Node const& n, Tell&& tell) {
  return !beside_a_leader(n.core.state()) ||
         tell("beside a living leader no pre-vote is given", "node ", n.self, " gives one, and has heard of ",
              n.core.state().leader, " less than T ago");
}

// After a restart, `hard` and a log that ends at `last` are what the disk has.
struct word_given {
  vote_said vote{};
  term_id promised{};
  quorate::truth::match_said match{};
};
template <class M>
constexpr void note_word(word_given& g, M const& m) {
  if constexpr (std::is_same_v<M, appended>) g.match.say(m.term, m.match_index);
  if (m.term > g.promised) g.promised = m.term;
}
template <class Tell>
constexpr bool nothing_said_is_forgotten(node_index n, word_given const& g, term_and_vote const& hard,
                                         log_index last, Tell&& tell) {
  if (!quorate::truth::nothing_said_is_forgotten(n, g.promised, hard.term, tell)) return false;
  if (hard.term == g.vote.in && g.vote.whom != no_member && hard.vote != g.vote.whom)
    return tell("what a node has said is on its disk, whatever happens", "node ", n, " has voted in term ",
                g.vote.in, " for ", g.vote.whom, ", and its disk has a vote for ", hard.vote);
  return hard.term != g.match.in || quorate::truth::no_entry_said_is_forgotten(n, g.match, last, tell);
}

// A message is about to leave: all of the above that are about its kind.
template <class Node, class M, class Tell>
constexpr bool may_leave(Node const& n, vote_said& said, node_index to, M const& m, Tell&& tell) {
  if constexpr (std::is_same_v<M, vote_granted> || std::is_same_v<M, request_vote>) {
    auto const whom = founder_at(std::is_same_v<M, request_vote> ? n.self : to);
    bool const durable = votes_wait_for_the_disk(n, m.term, whom, tell);
    return one_vote_a_term_leaves(said, n.self, m.term, whom, tell) && durable;
  } else if constexpr (std::is_same_v<M, pre_vote_granted>) {
    return pre_votes_respect_a_leader(n, tell);
  } else if constexpr (std::is_same_v<M, appended>) {
    return acknowledgements_wait_for_the_disk(n, m, tell);
  } else {
    return true;
  }
}

// --- leaders

// `led`: the terms that the node has led before.
template <class Eras, class Core, class Tell>
constexpr bool a_term_is_led_once(Eras const& led, Core const& leader, Tell&& tell) {
  return !led.has(leader.era()) || tell("a term is led once", "node ", leader.self(), " begins to lead term ",
                                        leader.era(), ", which it has led before");
}
template <class Eras, class Others, class Tell>
constexpr bool one_leader_a_term(node_index a, Eras const& led_by_a, node_index b, Others const& led_by_b,
                                 Tell&& tell) {
  return !led_by_a.shares_one_with(led_by_b) ||
         tell("one leader a term", "nodes ", a, " and ", b, " have led the same term");
}

// What a leader takes for acknowledged is on that disk, unless that node has moved on to a later term.
template <class Node, class Tell>
constexpr bool a_match_is_true(Node const& leader, Node const& other, Tell&& tell) {
  auto const& s = leader.core.state();
  if (s.is != role::leader || other.core.state().current_term > s.current_term) return true;
  auto const here = quorate::truth::known_to(leader, other.self);
  if (here.place == no_node) return true;
  auto const match = s.peer(here).match;
  auto const& log = other.durable.log;
  if (match <= log.compacted() || match <= leader.written.log.compacted()) return true;
  return (match <= log.last() && log.stamp_at(match) == leader.written.log.stamp_at(match)) ||
         tell("a match is true", "the leader ", leader.self, " takes ", other.self, " to hold its entries up to ",
              match, ", and the disk of ", other.self, " has its own, or none: it ends at ", log.last());
}

// --- logs

// Two logs that hold one entry hold the same before it (§3.5): here, at entry `at` below the one that they share.
template <class Tell>
constexpr bool logs_match_at(node_index a, stamp of_a, node_index b, stamp of_b, log_index at, Tell&& tell) {
  return of_a == of_b ||
         tell("logs match up to the last entry that they share", "nodes ", a, " and ", b,
              " share an entry behind entry ", at, ", and differ there: of term ", of_a, " and of term ", of_b);
}
template <class A, class B, class Tell>
constexpr bool logs_match(node_index a, A const& log_a, node_index b, B const& log_b, Tell&& tell) {
  auto i = log_a.last() < log_b.last() ? log_a.last() : log_b.last();
  auto const least = log_a.compacted() < log_b.compacted() ? log_b.compacted() : log_a.compacted();
  while (i > least && log_a.stamp_at(i) != log_b.stamp_at(i)) i = i - 1;
  for (; i > least; i = i - 1)
    if (!logs_match_at(a, log_a.stamp_at(i), b, log_b.stamp_at(i), i, tell)) return false;
  return true;
}

// --- what is committed

// One entry an index, and the lowest term in which anybody knew it to be committed.
struct commit_known {
  stamp written_at{};
  stamp known_in{};
  friend constexpr bool operator==(commit_known const&, commit_known const&) = default;
};
template <class Memory>
struct commit_ledger {
  typename Memory::template list<commit_known, 8> entries{};
  friend constexpr bool operator==(commit_ledger const&, commit_ledger const&) = default;
};

// What one node knows to be committed is the same on all. Takes what `n` knows into the ledger.
template <class Memory, class Node, class Tell>
constexpr bool one_entry_an_index_is_committed(commit_ledger<Memory>& ledger, Node const& n, Tell&& tell) {
  auto const& s = n.core.state();
  auto const& log = n.written.log;
  for (auto i = log.compacted() + 1; i <= s.commit; i = i + 1) {
    auto const written_at = log.stamp_at(i);
    if (i.value > ledger.entries.size()) {
      (void)quorate::truth::append(ledger.entries, commit_known{written_at, s.current_term});
      continue;
    }
    auto& e = ledger.entries[i.value - 1];
    if (!quorate::truth::one_entry_an_index_is_committed(n.self, i, written_at, e.written_at,
                                                         e.written_at == written_at, tell))
      return false;
    if (s.current_term < e.known_in) e.known_in = s.current_term;
  }
  return true;
}

// A leader's log has all that was committed in earlier terms (§3.6.3).
template <class Memory, class Node, class Tell>
constexpr bool a_leader_has_what_was_committed(commit_ledger<Memory> const& ledger, Node const& n, Tell&& tell) {
  if (n.core.state().is != role::leader) return true;
  auto const& log = n.written.log;
  for (auto i = log.compacted() + 1; i.value <= ledger.entries.size(); i = i + 1)
    if (auto const& e = ledger.entries[i.value - 1]; e.known_in < n.core.era())
      if (!quorate::truth::a_leader_has_what_was_committed(
              n.self, n.core.era(), i, e.known_in, i <= log.last() && log.stamp_at(i) == e.written_at, tell))
        return false;
  return true;
}

} // namespace quorate::raft::truth
