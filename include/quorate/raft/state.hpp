// The value that a Raft core is.
#pragma once

#include "quorate/log/read_rounds.hpp"
#include "quorate/log/role.hpp"
#include "quorate/raft/hard.hpp"
#include "quorate/raft/options.hpp"

#include <cstddef>
#include <cstdint>

namespace quorate::raft {

using quorate::role;
using quorate::timer;
using quorate::timers;

struct asking { // pre-votes; apart from the votes, so that one never counts as the other (scenario E4)
  bool under_way = false;
  node_set<64> granted{};
  friend constexpr bool operator==(asking const&, asking const&) = default;
};

// What a leader does for one follower. It may not know where the two logs agree (§3.5): then it probes.
//
//   state      what is sent                                              it ends with
//   probing    one append at a time. `next` stays until it is answered   the acknowledgement of all before `next`:
//                                                                        streaming
//   streaming  appends up to the window. `next` runs ahead of answers,   a refusal of what lies above `match`:
//              and goes back to what is lost                             probing, from further back
//   snapshot   an offer of a snapshot, again once a heartbeat interval:  the acknowledgement of all that is
//              what is needed is compacted here                          compacted here: streaming
//
// A new leader probes everybody, from the end of its own log. Without pipelining every append is a probe. State
// `snapshot` is no value of its own, so nothing can be stuck in it: it is to be probing, with `next` at or below
// what is compacted. Where snapshots are off, that peer is probed still, and refuses: heartbeats go on.
enum class sending : std::uint8_t { probing, streaming };

// What a leader knows of one node's log (§3.5), its own included.
template <class Options>
struct progress {
  log_index next{};  // the next entry to send
  log_index match{}; // acknowledged as durable up to here, in this term
  [[no_unique_address]] kept_if<Options::tells_commit, log_index, 1> told{}; // the commit index that it knows
  [[no_unique_address]] kept_if<Options::reads, std::uint64_t, 2> round{};   // the last round that it has answered
  // Appends sent and not answered: a count, not a list of their ends. While probing: 0 or 1.
  std::uint8_t in_flight{};
  [[no_unique_address]] kept_if<Options::pipelines, sending, 3> is{};
  // In either state:
  std::uint8_t asked{}; // the heartbeat by which acknowledgements were owed, of which none has come since; 0: none
  bool poked{};         // is sent even if there is nothing new or the window is full: something may be lost
  std::uint32_t sent_since{}; // entries that were sent since that heartbeat was due
  friend constexpr bool operator==(progress const&, progress const&) = default;
};

template <class Options>
struct node_state {
  using options = Options;
  using nodes = typename Options::nodes;

  term_id current_term{};
  log_index commit{};
  node_index self{};      // the place of this member
  member_id member{};     // and its number
  member_id voted_for{};  // in current_term
  quorate::peer leader{}; // of current_term, as far as this node knows
  role is = role::follower;
  [[no_unique_address]] kept_if<Options::keeps_contact, bool, 4> in_contact{}; // heard of a leader less than T ago

  // A candidate's: who granted it its vote; itself only once that vote is durable.
  nodes granted{};
  [[no_unique_address]] kept_if<Options::pre_votes, asking, 5> pre{};

  // A follower's: up to where its log is known to be that of the current term's leader, and how many appends it
  // owes an answer.
  std::uint8_t owed{};
  log_index verified{};

  // A leader's. `beat` is the number of the last heartbeat; 0: it does not lead.
  bool beat_due = false;
  std::uint8_t beat{};
  [[no_unique_address]] kept_if<Options::checks_quorum, nodes, 6> active{}; // heard of since a quorum was
  log_index self_told{}; // up to where it has acknowledged to itself
  progress<Options> peers[Options::limit.nodes]{};
  [[no_unique_address]] kept_if<Options::reads, read_rounds<Options::limit.reads>, 7> readers{};

  constexpr quorate::peer me() const { return {self, member}; }
  constexpr stamp era() const { return current_term; }
  // The latest configuration in the log is in force, committed or not (§4.1).
  static constexpr log_index governed_by(log_index last) { return last; }
  constexpr progress<Options>& peer(quorate::peer p) { return peers[p.place.value]; }
  constexpr progress<Options> const& peer(quorate::peer p) const { return peers[p.place.value]; }
  friend constexpr bool operator==(node_state const&, node_state const&) = default;
};

} // namespace quorate::raft
