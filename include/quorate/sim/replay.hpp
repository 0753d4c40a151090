// A run again, from its list of actions: no chance, no clock, no nemesis. What has become impossible is skipped.
#pragma once

#include "quorate/sim/cluster.hpp"

#include <cstddef>
#include <cstdint>

namespace quorate::sim {

struct replayed {
  char const* broken = nullptr; // nullptr: nothing is
  std::uint32_t node = 0;       // where; an id
  std::size_t used = 0;         // how many actions it took
  schedule carried_out{};       // those that were possible
};

template <class Family>
replayed replay(cluster_options const& built, schedule const& actions, check::trace* into = nullptr) {
  cluster<Family> world{built};
  replayed out;
  world.index_messages();
  world.log().trace_into(into);
  world.log().record_into(&out.carried_out);
  for (auto const& a : actions) {
    if (world.broken() != nullptr) break;
    world.execute(a);
    ++out.used;
  }
  out.broken = world.broken();
  out.node = world.broken() == nullptr ? 0 : world.broken_at() + 1;
  return out;
}

} // namespace quorate::sim
