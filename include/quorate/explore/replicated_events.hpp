// What may happen to a node of a replicated log, whatever its protocol: timers, commands, reads, crashes, syncs.
#pragma once

#include "quorate/explore/replicated.hpp"
#include "quorate/explore/world.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace quorate::check {

// The base of a System of replicated logs. `System` has `nodes` and `bounds`, replicated_bounds or the like, and
// says what must be true; `Node` is its replicated_node. What is here of a System is for a protocol about which
// nothing is known: that its nodes are not alike, that no message is ever dead.
template <class System, class Node>
class replicated_events {
  using core = typename Node::core_type;
  using timer = typename core::timer;

public:
  using node = Node;
  using message = typename Node::packet;
  struct ghost { // nothing
    friend bool operator==(ghost, ghost) = default;
  };
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
  static bool settled(std::span<Node const> all) {
    Node const* leader = nullptr;
    for (auto const& n : all)
      if (n.core.leads()) leader = &n;
    for (auto const& n : all)
      if (leader == nullptr || n.written.log.last() != leader->written.log.last() ||
          n.core.commit_index() != leader->written.log.last())
        return false;
    return true;
  }

  // --- what may happen, and what it costs: of the commands, the crashes, the heartbeats and the reads
  static int cost_of(std::size_t code) {
    return code == proposal ? 0 : is_crash(code) ? 1 : code == beat ? 2 : code == reading ? 3 : -1;
  }
  bool can(Node const& n, std::size_t code) const {
    if (code == proposal || code == beat) return n.core.leads();
    if (code != reading) return may(n, code);
    if constexpr (core::options::reads)
      return n.core.leads() && n.past.reads.most > n.past.reads.asked;
    else
      return false;
  }
  Node first(node_index self) const {
    Node n;
    n.self = self;
    static_cast<System const&>(*this).found(n.written, self);
    n.durable = n.written;
    n.core = core{quorate::world::peer_on(n.written, self), n.written.hard, n.written.log};
    return n;
  }
  // Lays down what a node's disk begins with: a System may hide it, and give each node its own.
  template <class Disk>
  static void found(Disk& disk, node_index) {
    disk.found(everybody());
  }
  static std::uint64_t spent(std::uint32_t) { return 0; }
  static bool dead(Node const&, message const&, std::uint64_t) { return false; }
  std::vector<renaming> renamings() const { return {renaming::none()}; }
  static ghost first_ghost() { return {}; }

  static constexpr char const* mark_names[]{"a leader", "a commit", "an uncommitted tail"};
  static std::uint64_t marks(Node const& n) {
    return (n.core.leads() ? 1U : 0U) | (n.core.commit_index().value > 0 ? 2U : 0U) |
           (n.written.log.last() > n.core.commit_index() ? 4U : 0U);
  }
  // A state that lists its fields (message/fields.hpp).
  static void digest(Node const& n, renaming const& p, digester& h) {
    digest_value(n.core.state(), p, h);
    digest_surroundings(n, p, h);
  }
  static void digest(message const& m, renaming const& p, digester& h) { digest_value(m.what, p, h); }
  static void digest(ghost, renaming const&, digester&) {}

  // --- what must be true, as far as nothing is known
  template <class Tell>
  static bool follows(Node const&, std::size_t, Node const&, Tell&&) {
    return true;
  }
  template <class Tell>
  static bool follows(Node const&, message const&, Node const&, step_notes const&, Tell&&) {
    return true;
  }
  template <class Tell>
  static bool agree(Node const&, Node const&, Tell&&) {
    return true;
  }
  template <class Tell>
  static bool observe(ghost&, Node const&, Tell&&) {
    return true;
  }
  template <class Tell>
  static bool holds_beside(ghost const&, Node const&, Tell&&) {
    return true;
  }
  template <class Out>
  static void stepped(Node&, core const&, Out&) {}
  template <class M, class Out>
  static void leaves(Node&, node_index, M const&, Out&) {}
  template <class Outcome, class Out>
  static void told(Node& n, Outcome const& o, Out&) {
    if constexpr (std::is_same_v<Outcome, readable>) n.past.reads.told(o);
    if constexpr (std::is_same_v<Outcome, snapshot_wanted>)
      n.past.staged = {n.core.era(), o.at, {}, n.past.staged.installed};
  }

  template <class Out>
  void step(Node& n, std::size_t code, Out& out) const {
    replicated_turn<Node, System, Out> turn{n, out};
    switch (code) {
    case election:
      if constexpr (requires { timer::election; }) turn.take(timer::election, whole(n));
      return;
    case contact:
      if constexpr (requires { timer::contact; }) turn.take(timer::contact, whole(n));
      return;
    case quorum_check:
      if constexpr (requires { timer::quorum_check; }) turn.take(timer::quorum_check, whole(n));
      return;
    case beat: return turn.take(timer::heartbeat, whole(n));
    case proposal:
      if constexpr (requires { n.written.offer_new(n.core.era()); }) n.written.offer_new(n.core.era());
      return turn.take(propose{1}, whole(n));
    case reading:
      if constexpr (core::options::reads) {
        ++n.past.reads.asked;
        turn.take(read{1}, whole(n));
      }
      return;
    default: return turn.take(interruption{static_cast<std::uint8_t>(code - crash)});
    }
  }
  template <class Out>
  void receive(Node& n, typename Node::packet const& m, Out& out) const {
    if (waits(n)) return;
    replicated_turn<Node, System, Out> turn{n, out};
    n.written.offer(m.payload);
    std::visit([&](auto const& x) { turn.take(from{n.known_as(m.from), x}, whole(n)); }, m.what);
  }

protected:
  static configuration everybody() { return {node_set<64>::first(System::nodes)}; }
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
