// A Raft core: composition only. Each concern's rules are in its own file, in the order of the dissertation's
// figures.
#pragma once

#include "quorate/log/node.hpp"
#include "quorate/raft/change.hpp"
#include "quorate/raft/doubt.hpp"
#include "quorate/raft/election.hpp"
#include "quorate/raft/reading.hpp"
#include "quorate/raft/replication.hpp"
#include "quorate/raft/snapshot.hpp"

#include <concepts>
#include <cstddef>
#include <type_traits>

namespace quorate::raft {

// The effects' destination (effect/sink.hpp) as a Raft core uses it.
template <class Out>
concept effect_sink = log_sink<Out, term_and_vote> && requires(Out& out, peer to) {
  { out.write(truncation{}) } -> std::same_as<written>;
  out.send(to, heartbeat{});
  out.send(to, vote_granted{}, out.latest());
};

// One node's core: a value, as log/core.hpp has it; at most 512 bytes for seven nodes.
template <class... Keywords>
class node : public log_node<node_state<options<Keywords...>>> {
  using log_node<node_state<raft::options<Keywords...>>>::s_;

public:
  using options = raft::options<Keywords...>;
  using messages =
      joined_messages<message_set<request_pre_vote, pre_vote_granted, pre_vote_refused, request_vote, vote_granted,
                                  vote_refused, append_entries, appended, rejected, heartbeat, heartbeat_answer>,
                      std::conditional_t<options::snapshots, message_set<offer_snapshot>, message_set<>>>;
  using outcomes = joined_outcomes<
      outcome_list<proposed, proposal_refused, committed, readable, reads_refused, more_due, contradiction>,
      std::conditional_t<options::snapshots, outcome_list<snapshot_wanted>, outcome_list<>>>;
  // No step has more effects: an append, a heartbeat and a more_due for each peer, and what every flush has.
  static constexpr std::size_t effects_bound = 3 * options::limit.nodes + 8;

  constexpr node() = default;
  using hard_type = term_and_vote;
  // The core of that member, as recovered: what was written last, and the log.
  template <log_view Log>
  constexpr node(peer self, term_and_vote const& hard, Log const& log) {
    s_.self = self.place;
    s_.member = self.member;
    s_.current_term = hard.term;
    s_.voted_for = hard.vote;
    s_.commit = log.compacted();
  }

  static constexpr char const* protocol_name = "raft";
  static constexpr bool rewrites = false; // an entry keeps its stamp until it is truncated

  // Callees stand before their callers: clang wants it during constant evaluation.
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
  constexpr void step(configure const& e, Log const& log, Out& out) {
    on(s_, e, log, out);
  }
  template <log_view Log, effect_sink Out>
  requires(options::snapshots) constexpr void step(installable const& e, Log const& log, Out& out) {
    on_installable(s_, e, log, out);
  }
  template <log_view Log, effect_sink Out>
  constexpr void step(read e, Log const&, Out& out) {
    static_assert(options::reads, "quorate: raft: this core has read_index<off>; leave the keyword out to read");
    on_read(s_, e, out);
  }
  template <log_view Log, effect_sink Out>
  constexpr void step(flush e, Log const& log, Out& out) {
    on(s_, e, log, out);
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
    return raft::doubt(s_, m, log, w);
  }
  static constexpr char const* too_far = raft::too_far; // what it says of a leap

  friend constexpr bool operator==(node const&, node const&) = default;
};

} // namespace quorate::raft
