// Multi-Paxos under the simulator, and what its messages promise.
#pragma once

#include "quorate/message/messages.hpp"
#include "quorate/multi_paxos.hpp"
#include "quorate/sim/log_family.hpp"
#include "quorate/timer/manual.hpp"
#include "quorate/truth/multi_paxos.hpp"

#include <cstdint>

namespace quorate::sim {

struct multi_paxos_truth {
  using said = multi_paxos::truth::word_given;
  template <class Member, class M>
  static bool may_leave(Member const& n, said& s, node_index, M const& m, breach& tell) {
    multi_paxos::truth::note_word(s, m);
    return multi_paxos::truth::may_leave(
        n, s.ballots, m, [](log_index) {}, tell);
  }
  static bool remembers(node_index n, said const& s, multi_paxos::promise_and_mark const& hard, log_index last,
                        breach& tell) {
    return multi_paxos::truth::nothing_said_is_forgotten(n, s, hard, last, tell);
  }
  // An entry says nothing of those before it.
  static bool stands_on(node_index, stamp, node_index, stamp, log_index, breach&) { return true; }
  template <class Core>
  static bool led_once(truth::all_eras const& led, Core const& core, breach& tell) {
    return multi_paxos::truth::a_ballot_is_led_once(led, core, tell);
  }
  static bool one_leader(node_index n, truth::one_era now, node_index other, truth::all_eras const& led,
                         breach& tell) {
    return multi_paxos::truth::one_leader_a_ballot(n, now, other, led, tell);
  }
};

// It marks what is chosen soon, because nothing is compacted that some other node has not marked.
using marking_multi_paxos = multi_paxos::node<limits<limit_values{.mark = 16}>>;

template <class Core = marking_multi_paxos, class Messages = messages<std::uint64_t>, class Storage = memory,
          class Timer = manual_timer, class Machine = recorder<Messages>, class Store = memory_snapshots>
using multi_paxos_family = log_family<multi_paxos_truth, Core, Messages, Storage, Timer, Machine, Store>;

// With snapshots. Nodes save by themselves, and who is behind fetches.
using forgetting_multi_paxos = multi_paxos::node<limits<limit_values{.mark = 16}>, multi_paxos::snapshots<on>>;
template <class Machine = recorder<messages<std::uint64_t>>, class Store = memory_snapshots>
using multi_paxos_with_snapshots =
    multi_paxos_family<forgetting_multi_paxos, messages<std::uint64_t>, memory, manual_timer, Machine, Store>;

} // namespace quorate::sim
