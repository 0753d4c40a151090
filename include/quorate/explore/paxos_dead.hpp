// Which of Paxos' messages can change nothing any more. Of an acceptor only its durable state counts: a crash may
// take back a promise that is not durable. Of a proposer only the ballot counts. A proposer never returns to a
// ballot that it has left, and a crash makes it forget the rest.
#pragma once

#include "quorate/explore/paxos_ledger.hpp"

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace quorate::check {

// What is left to happen.
struct paxos_outlook {
  std::uint64_t spent = 0;   // one bit a node: no ballot is left to it, so that it has no use for refusals
  bool no_crashes = false;   // what a learner knows it does not forget
  bool room_for_all = false; // in a learner's tallies, for every ballot that there may be
};

template <class Node>
class paxos_dead {
public:
  using core = typename Node::core_type::core_type;
  using value_type = typename core::value_type;

  paxos_dead(Node const& n, node_index sender, paxos_outlook const& o) : n_{n}, sender_{sender}, outlook_{o} {}

  // The network loses a refusal whose addressee has no ballot left. That is a bound of the model, and so it is
  // lost where dead messages are kept, too.
  static bool is_lost(Node const& n, paxos::refused const&, paxos_outlook const& o) { return spent(n.self, o); }
  template <class M>
  static bool is_lost(Node const&, M const&, paxos_outlook const&) {
    return false;
  }

  // What it could still do is to be answered: with what was said already, or, once it is stale, with refusals.
  bool operator()(paxos::prepare const& m) const {
    // It was promised, or it was voted for there, and the ballot's owner is past promises.
    bool const answered = n_.past.said.promised == m.at || disk().voted.at == m.at;
    return (m.at < disk().promised || (m.at == disk().promised && answered)) && no_use_for_refusals(m.at);
  }
  bool operator()(paxos::accept<value_type> const& m) const {
    bool const answered = disk().voted.at == m.at && n_.past.said.voted == m.at;
    return (m.at < disk().promised || answered) && no_use_for_refusals(m.at);
  }
  bool operator()(paxos::promise<value_type> const& m) const {
    auto const& now = proposer().now;
    if (behind(m.at)) return true;
    return now.at == m.at && (now.is != paxos::phase::preparing || now.answered.contains(sender_));
  }
  bool operator()(paxos::accepted<value_type> const& m) const {
    bool const owner = m.at.owner() == founder_at(n_.self);
    return (!owner || counted(m.at)) && (!learns || learned(m.at));
  }
  bool operator()(paxos::refused const& m) const {
    auto const& s = proposer();
    if (behind(m.at) || m.promised <= m.at) return true;
    if (s.now.at != m.at) return false;
    return !at_work(s) || (s.now.refused.contains(sender_) && m.promised.round_number() <= s.heard);
  }
  bool operator()(paxos::inquiry const&) const { return false; }
  bool operator()(paxos::chosen<value_type> const&) const { return outlook_.no_crashes && knows(); }

private:
  static constexpr bool learns = core::template plays<paxos::learner>;
  auto const& disk() const { return n_.durable.acceptor; }
  auto const& proposer() const { return n_.core.template as<paxos::proposer>(); }
  static bool spent(node_index n, paxos_outlook const& o) { return (o.spent >> n.value & 1) != 0; }

  // Whoever asked at a ballot is told that it is refused, unless it has asked at a higher one since.
  bool no_use_for_refusals(ballot at) const {
    return spent(sender_, outlook_) || (at < disk().promised && disk().promised.owner() == at.owner());
  }
  // The node has left its ballot, for another or by a crash.
  bool behind(ballot at) const {
    auto const& s = proposer();
    return s.now.at > at || (!at_work(s) && s.now.at != at && s.used >= at.round_number());
  }
  bool counted(ballot at) const {
    auto const& now = proposer().now;
    return behind(at) || (now.at == at && (now.is != paxos::phase::accepting || now.answered.contains(sender_)));
  }
  bool knows() const {
    if constexpr (learns)
      return !n_.core.template as<paxos::learner>().known.at.none();
    else
      return false;
  }
  bool learned(ballot at) const {
    if constexpr (learns) {
      if (!outlook_.no_crashes) return false;
      if (knows()) return true;
      for (auto const& t : n_.core.template as<paxos::learner>().tallies)
        if (t.of.at == at && t.voters.contains(sender_)) return outlook_.room_for_all;
    }
    return false;
  }

  Node const& n_;
  node_index sender_;
  paxos_outlook outlook_;
};

} // namespace quorate::check
