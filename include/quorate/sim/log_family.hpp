// What the simulator must know of a kind of protocol to drive it: here, of replicated logs.
#pragma once

#include "quorate/sim/log_clients.hpp"
#include "quorate/sim/log_ghost.hpp"
#include "quorate/sim/log_node.hpp"

#include <cstddef>
#include <cstdint>

namespace quorate::sim {

// A core with snapshots has a state machine, and a store for what it saves; without them they are ignored.
template <class Rules, class Core, class Messages, class Storage, class Timer, class Machine = recorder<Messages>,
          class Store = memory_snapshots>
struct log_family {
  using node = log_node<Core, Messages, Storage, Timer, Machine, Store>;
  using disk_type = typename node::disk_type;
  template <class Cluster>
  using ghost = log_ghost<Cluster, Rules>;

  template <class Cluster>
  using clients = log_clients<Cluster>;

  static constexpr char const* name = Core::protocol_name;
  static constexpr bool renews = false;
  static constexpr bool replicates_a_log = true;

  static constexpr bool has_snapshots = node::has_snapshots;

  static disk_type make_disk(store_identity const& identity, std::size_t entries) {
    return disk_type{identity, entries};
  }
  static bool can_damage(disk_type const& d, std::uint64_t index) {
    return log_index{index} > d.log().compacted() && log_index{index} <= d.log().last();
  }
};

} // namespace quorate::sim
