// The four protocols as the simulator drives them, and the replicated logs with snapshots too.
#pragma once

#include "quorate/sim/multi_paxos.hpp"
#include "quorate/sim/paxos.hpp"
#include "quorate/sim/raft.hpp"

// A list for TEST_CASE_TEMPLATE, which can't take one by any other name.
#define SIMULATED_FAMILIES                                                                                        \
  sim::raft_family<>, sim::multi_paxos_family<>, sim::paxos_family<>, sim::caspaxos_family<>,                     \
      sim::raft_with_snapshots<>, sim::multi_paxos_with_snapshots<>
