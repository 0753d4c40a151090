// What may happen to a node of a replicated log, whatever its protocol: timers, commands, reads, crashes, syncs.
#pragma once

#include "quorate/explore/replicated.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <variant>
#include <vector>

namespace quorate::check {

// The base of a System of replicated logs. `System` has `bounds` with `in_flight`, and the checks that
// replicated_turn calls; `Node` is its replicated_node.
template <class System, class Node>
class replicated_events {
  using core = typename Node::core_type;
  using timer = typename core::timer;

public:
  enum event : std::size_t {
    election,
    contact,
    quorum_check,
    beat,
    proposal,
    reading,
    crash, // from here on in the order of `interruption`
    crash_kept,
    sync_begins,
    sync_returns,
    count
  };
  static constexpr std::size_t events = event::count;
  static char const* name_of_event(std::size_t code) {
    static constexpr char const* names[]{"its election timeout expires",
                                         "it has not heard of a leader for T",
                                         "it checks its quorum",
                                         "its heartbeat timeout expires",
                                         "it is given a command",
                                         "it is asked to read",
                                         "it crashes, and starts again",
                                         "it crashes when its sync has reached the disk, and starts again",
                                         "it begins a sync",
                                         "its sync returns"};
    return names[code];
  }
  static constexpr bool is_crash(std::size_t code) { return code == crash || code == crash_kept; }

  // --- of a random walk (walk.hpp)
  static constexpr std::size_t usual[]{proposal,    reading,      beat,        sync_begins,
                                       sync_begins, sync_returns, sync_returns};
  static constexpr std::size_t rare[]{election, election, election, contact, quorum_check, crash, crash_kept};
  static constexpr std::size_t calms[]{contact, quorum_check, quorum_check};
  static constexpr std::size_t brings_on[]{election, proposal, beat, beat, beat, beat, beat, beat};
  // There is a leader, and all that it has is committed on all.
  static bool settled(std::span<Node const> nodes) {
    Node const* leader = nullptr;
    for (auto const& n : nodes)
      if (n.core.leads()) leader = &n;
    for (auto const& n : nodes)
      if (leader == nullptr || n.written.log.last() != leader->written.log.last() ||
          n.core.commit_index() != leader->written.log.last())
        return false;
    return true;
  }

  template <class Out>
  void step(Node& n, std::size_t code, Out& out) const {
    replicated_turn<Node, System, Out> turn{n, out};
    switch (code) {
    case election:
      return turn.take(timer::election, whole(n));
    case contact:
      return turn.take(timer::contact, whole(n));
    case quorum_check:
      return turn.take(timer::quorum_check, whole(n));
    case beat:
      return turn.take(timer::heartbeat, whole(n));
    case proposal:
      if constexpr (requires { n.written.offer_new(n.core.era()); }) n.written.offer_new(n.core.era());
      return turn.take(propose{1}, whole(n));
    case reading:
      ++n.past.reads.asked;
      if constexpr (core::options::reads) turn.take(read{1}, whole(n));
      return;
    default:
      return turn.take(interruption{static_cast<std::uint8_t>(code - crash)});
    }
  }
  template <class Out>
  void receive(Node& n, typename Node::packet const& m, Out& out) const {
    if (waits(n)) return;
    replicated_turn<Node, System, Out> turn{n, out};
    n.written.offer(m.payload);
    std::visit([&](auto const& x) { turn.take(from{m.from, x}, whole(n)); }, m.what);
  }

protected:
  auto const& within() const { return static_cast<System const&>(*this).bounds; }
  // A turn of that node is one step, its sync included.
  bool whole(Node const& n) const { return !within().in_flight || n.self.value + within().slow < System::nodes; }
  bool waits(Node const& n) const { return !whole(n) && n.uncovered() >= within().collected; }
  // Those of the renamings under which slow nodes are slow.
  std::vector<renaming> alike(std::vector<renaming> all) const {
    if (!within().in_flight) return all;
    node_set<64> slow{};
    for (std::uint8_t i = 0; i < System::nodes; ++i)
      if (i + within().slow >= System::nodes) slow.insert(node_index{i});
    return that_keep_among(slow, std::move(all));
  }
  // Of crashes and syncs: the rest is the protocol's.
  bool may(Node const& n, std::size_t code) const {
    return code >= crash && may_be(interruption{static_cast<std::uint8_t>(code - crash)}, n, !whole(n));
  }
};

} // namespace quorate::check
