// A Multi-Paxos core: composition only. Each concern's rules are in its own file.
#pragma once

#include "quorate/log/node.hpp"
#include "quorate/message/set.hpp"
#include "quorate/multi_paxos/acceptor.hpp"
#include "quorate/multi_paxos/candidate.hpp"
#include "quorate/multi_paxos/doubt.hpp"
#include "quorate/multi_paxos/leader.hpp"
#include "quorate/multi_paxos/snapshot.hpp"

#include <cstddef>
#include <type_traits>

namespace quorate::multi_paxos {

// The effects' destination (effect/sink.hpp) as a Multi-Paxos core uses it. It writes runs anywhere above what is
// compacted: over others at lower ballots, and behind a gap, which is filled with `hole` entries.
template <class Out>
concept effect_sink = log_sink<Out, promise_and_mark> && requires(Out& out, peer to) {
  out.send(to, heartbeat{});
  out.send(to, accepted{}, out.latest());
};

// One node's core: a value, as log/core.hpp has it.
template <class... Keywords>
class node : public log_node<node_state<options<Keywords...>>> {
  using log_node<node_state<multi_paxos::options<Keywords...>>>::s_;

public:
  using options = multi_paxos::options<Keywords...>;
  using messages =
      joined_messages<message_set<canvass, canvass_granted, prepare, promise, refused, fetch, fetched, accept,
                                  accepted, heartbeat, heartbeat_answer, other_configuration>,
                      std::conditional_t<options::snapshots, message_set<offer_snapshot>, message_set<>>>;
  using outcomes =
      joined_outcomes<outcome_list<proposed, proposal_refused, committed, readable, reads_refused, more_due>,
                      std::conditional_t<options::snapshots, outcome_list<snapshot_wanted>, outcome_list<>>>;
  // An accept, a heartbeat and a more_due for each peer, and in phase 1 a write and a commit for each report.
  static constexpr std::size_t effects_bound = 4 * options::limit.nodes + 12;

  constexpr node() = default;
  using hard_type = promise_and_mark;
  // The core of that member, as recovered. The founding configuration needs no vote: every log begins with it.
  template <log_view Log>
  constexpr node(peer self, promise_and_mark const& hard, Log const& log) {
    s_.self = self.place;
    s_.member = self.member;
    s_.promised = s_.seen = hard.promised;
    s_.commit = hard.chosen > log.compacted() ? hard.chosen : log.compacted();
    if (s_.commit == log_index{} && log.last() > log_index{} && log.stamp_at(log_index{1}) == stamp{})
      s_.commit = log_index{1};
    s_.verified = s_.marked = s_.commit;
  }

  static constexpr char const* protocol_name = "multi-paxos";
  // An entry may be written again at a higher ballot, with the same value or, if it was not chosen, another.
  static constexpr bool rewrites = true;

  template <log_view Log, effect_sink Out>
  constexpr void step(start, Log const&, Out& out) {
    out.arm(timer::election);
  }
  template <class Message, log_view Log, effect_sink Out>
  [[gnu::always_inline]] constexpr void step(from<Message> const& e, Log const& log, Out& out) {
    on(s_, e, log, out);
  }
  template <log_view Log, effect_sink Out>
  constexpr void step(propose e, Log const& log, Out& out) {
    on_propose(s_, e, log, out);
  }
  template <log_view Log, effect_sink Out>
  requires(options::snapshots) constexpr void step(installable const& e, Log const&, Out& out) {
    on_installable(s_, e, out);
  }
  template <log_view Log, effect_sink Out>
  constexpr void step(read e, Log const&, Out& out) {
    static_assert(options::reads, "quorate: multi_paxos: this core has quorum_reads<off>; leave the keyword "
                                  "out to read");
    on_read(s_, e, out);
  }
  template <log_view Log, effect_sink Out>
  constexpr void step(flush, Log const& log, Out& out) {
    if (s_.is == role::leader) return flush_leader(s_, log, out);
    flush_acceptor(s_, log, out);
  }
  template <log_view Log, effect_sink Out>
  constexpr void step(timer expired, Log const& log, Out& out) {
    switch (expired) {
    case timer::contact: return on_contact_timeout(s_);
    case timer::quorum_check: return on_quorum_check_timeout(s_, log, out);
    case timer::election: return on_election_timeout(s_, log, out);
    case timer::heartbeat:
      if (s_.is == role::leader) return on_heartbeat_timeout(s_, log, out);
      return ask_again(s_, log, out);
    }
  }

  // Why no honest node says `m` to this one, or nullptr (doubt.hpp).
  template <class M, log_view Log>
  constexpr char const* doubt(M const& m, Log const& log, witness const& w = {}) const {
    return multi_paxos::doubt(s_, m, log, w);
  }
  static constexpr char const* too_far = multi_paxos::too_far; // what it says of a leap

  friend constexpr bool operator==(node const&, node const&) = default;
};

} // namespace quorate::multi_paxos
