// What the simulator must know of a kind of protocol to drive it: here, of replicated logs.
#pragma once

#include "quorate/sim/log_clients.hpp"
#include "quorate/sim/log_ghost.hpp"
#include "quorate/sim/log_node.hpp"

#include <cstddef>
#include <cstdint>

namespace quorate::sim {

template <class Rules, class Core, class Messages, class Storage, class Timer>
struct log_family {
  using node = log_node<Core, Messages, Storage, Timer>;
  template <class Cluster>
  using ghost = log_ghost<Cluster, Rules>;

  template <class Cluster>
  using clients = log_clients<Cluster>;

  static constexpr char const* name = Core::protocol_name;
  static constexpr bool renews = false;
  static constexpr bool replicates_a_log = true;

  static disk<Storage> make_disk(store_identity const& identity, std::size_t entries) {
    return disk<Storage>{identity, entries};
  }
  static bool can_damage(disk<Storage> const& d, std::uint64_t index) {
    return log_index{index} > d.log().compacted() && log_index{index} <= d.log().last();
  }
};

} // namespace quorate::sim
