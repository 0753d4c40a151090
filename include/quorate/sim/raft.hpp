// Raft under the simulator, and what its messages promise.
#pragma once

#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/sim/log_family.hpp"
#include "quorate/timer/manual.hpp"
#include "quorate/truth/raft.hpp"

#include <cstdint>

namespace quorate::sim {

struct raft_truth {
  using said = raft::truth::word_given;
  template <class Member, class M>
  static bool may_leave(Member const& n, said& s, node_index to, M const& m, breach& tell) {
    raft::truth::note_word(s, m);
    return raft::truth::may_leave(n, s.vote, to, m, tell);
  }
  static bool remembers(node_index n, said const& s, raft::term_and_vote const& hard, log_index last,
                        breach& tell) {
    return raft::truth::nothing_said_is_forgotten(n, s, hard, last, tell);
  }
  // `n` and `other` have written one entry behind entry `at`, which they hold of these terms.
  static bool stands_on(node_index n, stamp here, node_index other, stamp there, log_index at, breach& tell) {
    return raft::truth::logs_match_at(n, here, other, there, at, tell);
  }
  template <class Core>
  static bool led_once(truth::all_eras const& led, Core const& core, breach& tell) {
    return raft::truth::a_term_is_led_once(led, core, tell);
  }
  static bool one_leader(node_index n, truth::one_era now, node_index other, truth::all_eras const& led,
                         breach& tell) {
    return raft::truth::one_leader_a_term(n, now, other, led, tell);
  }
};

template <class Core = raft::node<>, class Messages = messages<std::uint64_t>, class Storage = memory,
          class Timer = manual_timer, class Machine = recorder<Messages>, class Store = memory_snapshots>
using raft_family = log_family<raft_truth, Core, Messages, Storage, Timer, Machine, Store>;

// With snapshots. Nodes save by themselves, and who is behind fetches.
using forgetting_raft = raft::node<raft::snapshots<on>>;
template <class Machine = recorder<messages<std::uint64_t>>, class Store = memory_snapshots>
using raft_with_snapshots =
    raft_family<forgetting_raft, messages<std::uint64_t>, memory, manual_timer, Machine, Store>;

} // namespace quorate::sim
