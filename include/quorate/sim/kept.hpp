// Up to where a node may compact its log.
#pragma once

#include "quorate/core/id.hpp"
#include "quorate/sim/disk.hpp"

#include <algorithm>
#include <cstdint>

namespace quorate::sim {

// Nobody can be served what is compacted: there are no snapshots yet. What h has applied and every disk would
// still hold after a crash; entries of the same place and era are the same, and so is what is before them.
template <class Cluster>
std::uint64_t kept_by_all(Cluster const& c, typename Cluster::host const& h) {
  auto const& own = h.disk.log();
  auto least = h.node->applied_index();
  for (std::uint32_t n = 0; n < c.size(); ++n) {
    if (c[n].lost || c[n].abandoned || &c[n] == &h) continue;
    auto const& log = c[n].disk.log();
    least = (std::min)(least, (std::min)(log.last(), c[n].disk.durable_log().last()));
    using core = typename Cluster::node_type::core_type;
    constexpr bool rewrites = core::rewrites;
    if constexpr (rewrites) // there, equal entries say nothing of those before them; and chosen ones may differ
      least = (std::min)(least, (std::max)(hard_of<core>(c[n].disk.durable_hard()).chosen, log.compacted()));
    while (least > own.compacted() && least > log.compacted() &&
           !(c[n].disk.is_durable(least) && (rewrites || log.stamp_at(least) == own.stamp_at(least))))
      least = least - 1;
  }
  return least.value;
}

} // namespace quorate::sim
