// Which of Multi-Paxos' messages can change nothing any more. Only what is durable counts: a promise that a crash
// may take back is none yet. A candidacy and a leadership end with their ballot, and never come back to it.
#pragma once

#include "quorate/multi_paxos/message.hpp"
#include "quorate/multi_paxos/state.hpp"

namespace quorate::check {

// `silent`: the network loses refusals, so that a stale request is not even answered. `forgets`: that its sender
// lives, and how much was under way, is of no use to a leader.
template <class Node>
class multi_paxos_dead {
public:
  multi_paxos_dead(Node const& n, peer sender, bool silent, bool forgets)
      : n_{n}, s_{n.core.state()}, sender_{sender}, silent_{silent}, forgets_{forgets} {}

  bool operator()(multi_paxos::canvass const& m) const { return silent_ && m.ballot <= durable(); }
  bool operator()(multi_paxos::prepare const& m) const { return silent_ && m.ballot < durable(); }
  bool operator()(multi_paxos::accept const& m) const { return silent_ && m.ballot < durable(); }
  bool operator()(multi_paxos::heartbeat const& m) const { return silent_ && m.ballot < durable(); }
  bool operator()(multi_paxos::offer_snapshot const& m) const { return silent_ && m.ballot < durable(); }
  bool operator()(multi_paxos::fetch const& m) const { return m.ballot < durable(); }
  // It would not ask for that ballot again: the next one is of a later round.
  bool operator()(multi_paxos::canvass_granted const& m) const {
    return ballot{m.ballot.value}.round_number() <= ballot{durable().value}.round_number();
  }
  bool operator()(multi_paxos::promise const& m) const {
    if (!past(m.ballot)) return false;
    if (!is(multi_paxos::role::candidate, m.ballot) || m.first < s_.unsettled) return true;
    if (sender_.place == no_node) return false; // it may be given one
    return m.first == s_.unsettled && s_.reports[sender_.place.value].given;
  }
  bool operator()(multi_paxos::fetched const& m) const {
    return past(m.ballot) && (!is(multi_paxos::role::candidate, m.ballot) || m.first < s_.unsettled);
  }
  bool operator()(multi_paxos::accepted const& m) const {
    if (!past(m.ballot) || is(multi_paxos::role::candidate, m.ballot)) return false;
    if (!is(multi_paxos::role::leader, m.ballot)) return true;
    if (sender_.place == no_node) return false;
    auto const last = m.first + m.count - 1;
    return forgets_ && (last <= s_.commit || last <= s_.peer(sender_).match);
  }
  bool operator()(multi_paxos::heartbeat_answer const& m) const {
    return past(m.ballot) && !is(multi_paxos::role::leader, m.ballot);
  }
  bool operator()(multi_paxos::refused const& m) const { return m.promised <= durable(); }
  // What is known to be chosen, durably, has a configuration that is as late.
  bool operator()(multi_paxos::other_configuration const& m) const {
    return m.config <= n_.durable.log.config_at(n_.durable.hard.chosen).number.value;
  }

private:
  stamp durable() const { return n_.durable.hard.promised; }
  // What is to become of that ballot here has begun: its owner, if this is it, has asked for it.
  bool past(stamp asked) const { return asked <= durable(); }
  bool is(multi_paxos::role r, stamp asked) const { return s_.is == r && s_.promised == asked; }

  Node const& n_;
  multi_paxos::node_state<typename Node::core_type::options> const& s_;
  peer sender_;
  bool silent_, forgets_;
};

} // namespace quorate::check
