// The cores that compact and install, as the model checker explores them.
#pragma once

#include "explored.hpp"
#include "multi_paxos_cores.hpp"
#include "raft_cores.hpp"

#include "quorate/explore/snapshots.hpp"
#include "quorate/mutant/snapshots.hpp"

namespace quorate::check {

template <class... Without>
using small_raft = careless<raft_core<3, raft::pre_vote<off>, raft::check_quorum<off>, raft::first_entry<off>,
                                      raft::pipelining<off>, raft::answer_stale<off>, raft::eager_commit<off>,
                                      raft::read_index<off>, raft::snapshots<on>, Without...>>;
template <class Core, class Disk = shape_disk>
using snapped_raft = with_snapshots<raft_system<Core, 3, Disk>>;
template <class... Without>
using small_paxos =
    careless<multi_paxos_core<3, multi_paxos::quorum_reads<off>, multi_paxos::snapshots<on>, Without...>>;
template <class Core, bool Whole = true, class Disk = slot_disk>
using snapped_paxos = with_snapshots<multi_paxos_system<Core, 3, Whole, Disk>>;
inline constexpr multi_paxos_bounds one_ballot{.ballots = 1, .proposers = 1, .commands = 1, .beats = 1};

// Something was fetched, and something installed, or the exploration shows nothing.
template <class System>
explored explore_snapshots(System const& system, bounds const& b = {}) {
  auto const x = explore_all(system, b);
  CHECK((x.marks & System::staged) != 0);
  CHECK((x.marks & System::installed) != 0);
  return x;
}

} // namespace quorate::check
