// What the tools must know of the protocol of primary.hpp: what must be true of several nodes, and so an
// exploration, a simulation, and a world to be moved by hand.
#pragma once

#include "protocol/primary.hpp"
#include "quorate/explore/replicated_events.hpp"
#include "quorate/message/messages.hpp"
#include "quorate/replica/replica.hpp"
#include "quorate/sim/log_family.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"
#include "quorate/truth/log.hpp"
#include "quorate/world/log_world.hpp"

#include <array>

namespace quorate::test::primary {

// --- what must be true

template <class Node, class M, class Tell>
constexpr bool may_leave(Node const& n, M const& m, Tell&& tell) {
  if constexpr (std::is_same_v<M, copied>)
    return n.durable.log.last() >= m.upto || tell("no acknowledgement leaves before it is durable", "node ",
                                                  n.self, " acknowledges all up to ", m.upto);
  else
    return true;
}
// What a backup has, the primary's disk has.
template <class Node, class Tell>
constexpr bool backups_are_behind(Node const& first, Node const& backup, Tell&& tell) {
  return backup.written.log.last() <= first.durable.log.last() ||
         tell("a backup has nothing that the primary's disk has not", "node ", backup.self, " has all up to ",
              backup.written.log.last(), ", and that disk ends at ", first.durable.log.last());
}
template <class Node, class Tell>
constexpr bool what_is_committed_stays(Node const& n, log_index known, Tell&& tell) {
  return !n.core.leads() || n.durable.log.last() >= known ||
         tell("what is committed is on the primary's disk", "all up to ", known, " is, and that disk ends at ",
              n.durable.log.last());
}

// --- an exploration

using disk = world::shape_disk<8, era_kept>;
struct no_past {
  void restart() {}
  friend bool operator==(no_past, no_past) = default;
};
inline void digest_past(no_past, check::renaming const&, check::digester&) {}

template <class Core>
struct system : check::replicated_events<system<Core>, check::replicated_node<Core, disk, no_past>> {
  using base = check::replicated_events<system, check::replicated_node<Core, disk, no_past>>;
  using typename base::node;
  static constexpr std::size_t nodes = primary::nodes;

  explicit system(check::replicated_bounds const& b) : bounds{b}, budgets{b.commands, b.crashes, b.beats, 0} {}
  check::replicated_bounds bounds;
  std::array<std::uint32_t, 4> budgets;

  template <class Tell>
  static bool holds(node const& n, Tell&& tell) {
    return primary::holds(n.core.state(), n.written.log, tell);
  }
  template <class Tell>
  static bool agree(node const& a, node const& b, Tell&& tell) {
    if (!a.core.leads()) return true;
    return backups_are_behind(a, b, tell) && what_is_committed_stays(a, b.core.commit_index(), tell);
  }
  template <class M, class Out>
  static void leaves(node& n, node_index, M const& m, Out& out) {
    (void)may_leave(n, m, out.tell);
  }
};

// --- a simulation

struct primary_truth {
  using said = truth::match_said;
  template <class Member, class M>
  static bool may_leave(Member const& n, said& s, node_index, M const& m, breach& tell) {
    if constexpr (std::is_same_v<M, copied>) s.say(n.core.era(), m.upto);
    return primary::may_leave(n, m, tell);
  }
  static bool remembers(node_index n, said const& s, era_kept const&, log_index last, breach& tell) {
    return truth::no_entry_said_is_forgotten(n, s, last, tell);
  }
  static bool stands_on(node_index, stamp, node_index, stamp, log_index, breach&) { return true; }
  template <class Core>
  static bool led_once(truth::all_eras const& led, Core const& core, breach& tell) {
    return !led.has(core.era()) || tell("an era is led once", "era ", core.era());
  }
  static bool one_leader(node_index, truth::one_era, node_index, truth::all_eras const&, breach&) { return true; }
};
template <class Core>
using family = sim::log_family<primary_truth, Core, messages<std::uint64_t>, memory, manual_timer>;

// --- a world moved by hand, and a replica

template <class Core>
using by_hand = world::log_world<world::log_play<Core, world::shape_disk<16, era_kept>>, nodes>;
template <class Core, class Storage = memory>
using replica = quorate::replica<Core, messages<std::uint64_t>, Storage, manual_timer>;

} // namespace quorate::test::primary
