// The value that a Multi-Paxos core is.
#pragma once

#include "quorate/core/bounded.hpp"
#include "quorate/core/entry.hpp"
#include "quorate/log/read_rounds.hpp"
#include "quorate/log/role.hpp"
#include "quorate/multi_paxos/ballot.hpp"
#include "quorate/multi_paxos/hard.hpp"
#include "quorate/multi_paxos/options.hpp"

#include <cstddef>
#include <cstdint>

namespace quorate::multi_paxos {

using quorate::role;
using quorate::timer;
using quorate::timers;

// What one acceptor has reported in phase 1, from state::unsettled on.
struct report {
  bool given = false;
  bool ended = false; // it has voted for nothing from there on
  entry_kind kind{};
  std::uint32_t count{};
  stamp voted{};
  log_index kept{};
  log_index commit{};
  friend constexpr bool operator==(report const&, report const&) = default;
};

// What a leader knows of one acceptor, itself included.
struct progress {
  log_index next{};        // the next slot to send
  log_index match{};       // it holds everything from the commit index on up to here, durably
  log_index apart_first{}; // and these slots, accepted out of order; none when apart_last is below
  log_index apart_last{};
  log_index told{};      // the commit index that it has been told
  std::uint64_t round{}; // the last round that it has answered
  log_index sent_to{};   // the next slot to send when the heartbeat `asked` was due
  std::uint8_t asked{};  // the last heartbeat since which it has not said how its log is; 0: none
  std::uint8_t in_flight{};
  friend constexpr bool operator==(progress const&, progress const&) = default;
};

// Slots that a follower has yet to acknowledge.
struct owed_run {
  log_index first{};
  std::uint32_t count{};
  std::uint8_t answered{};
  friend constexpr bool operator==(owed_run const&, owed_run const&) = default;
};

template <class Options>
struct node_state {
  using options = Options;
  using nodes = typename Options::nodes;

  stamp promised{}; // the ballot that this node has promised; its own, if it campaigns or leads
  stamp seen{};     // the highest that anybody has spoken of
  log_index commit{};
  log_index marked{};     // the commit index that was written last
  node_index self{};      // the place of this member
  member_id member{};     // and its number
  quorate::peer leader{}; // of `promised`, as far as this node knows
  role is = role::follower;
  bool in_contact = false; // heard of a leader less than T ago
  bool canvassing = false;
  bool beat_due = false;
  std::uint8_t beat{}; // the number of the last heartbeat; 0: it does not lead
  nodes granted{};     // who answered the canvass

  // A follower's: its log is the leader's up to here, and what it has yet to acknowledge.
  log_index verified{};
  bounded<owed_run, 4> owed{};

  // A candidate's: phase 1 is settled below this slot; and whom it asked for values.
  log_index unsettled{};
  quorate::peer asked{};
  report reports[Options::limit.nodes]{};

  // A leader's.
  log_index settled{};   // the last slot that phase 1 found: nothing is read before it is chosen
  log_index self_told{}; // up to where it has acknowledged to itself
  nodes active{};        // heard of since a quorum was
  progress peers[Options::limit.nodes]{};
  [[no_unique_address]] kept_if<Options::reads, read_rounds<Options::limit.reads>, 1> readers{};

  constexpr quorate::peer me() const { return {self, member}; }
  constexpr stamp era() const { return promised; }
  // The configuration that was chosen last is in force. One that is accepted may never be chosen.
  constexpr log_index governed_by(log_index) const { return commit; }
  constexpr progress& peer(quorate::peer p) { return peers[p.place.value]; }
  constexpr progress const& peer(quorate::peer p) const { return peers[p.place.value]; }
  friend constexpr bool operator==(node_state const&, node_state const&) = default;
};

} // namespace quorate::multi_paxos
