// A node as the checker sees it: a host (world/host.hpp), the sync that it has begun, and what is remembered of
// it. The systems (raft.hpp, multi_paxos.hpp, paxos.hpp) are made of it.
#pragma once

#include "quorate/effect/event.hpp"
#include "quorate/explore/digest.hpp"
#include "quorate/explore/era.hpp"
#include "quorate/policy/quorum.hpp"
#include "quorate/world/disk.hpp"
#include "quorate/world/host.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace quorate::check {

// What is explored of Raft. Counts are at most 15; see world.hpp for what the network does.
struct replicated_bounds {
  std::uint64_t terms = 2;    // no campaign beyond this term
  std::uint32_t commands = 1; // proposed, by leaders
  std::uint32_t crashes = 0;
  std::uint32_t beats = 0; // heartbeat timeouts
  std::uint32_t reads = 0; // asked, of leaders
  // A sync takes its time: a turn is parted into what it collects, the sync's begin and its return, and crashes
  // come between any two. Messages are heard until `collected` binding ones wait for a sync that has not begun.
  bool in_flight = false;
  std::uint32_t collected = 1;
  std::uint32_t slow = 15;       // the last so many nodes; the syncs of the others take no time
  std::uint32_t candidates = 15; // the first so many nodes campaign, the others only vote
  bool keeps_dead =
      false; // messages that can change nothing any more are kept (to show that leaving them out is exact)
  bool named = false; // nodes are told apart (to show that taking them for alike is exact)
};

using shape_disk = quorate::world::shape_disk<8>;

template <std::size_t Runs, class Hard, std::size_t Configs>
void digest_disk(quorate::world::shape_disk<Runs, Hard, Configs> const& d, renaming const& p, digester& h) {
  digest_log(d.log, p, h);
  digest_value(d.hard, p, h);
}

template <class Core, class Disk, class Past>
struct replicated_node : quorate::world::host<Core, Disk, 12> {
  using packet = typename replicated_node::packet_type;

  // A sync that has begun: what it will have made durable, and up to which write.
  bool syncing = false;
  std::uint64_t covered = 0;
  std::size_t left_behind = 0; // messages that waited when it began
  Disk image{};
  Past past{};

  bool settled() const { return this->held.empty() && this->written == this->durable && !syncing; }
  // How many messages wait that came after the sync had begun, or with none begun.
  std::size_t uncovered() const { return this->held.size() - left_behind; }
  friend bool operator==(replicated_node const&, replicated_node const&) = default;
};

// Do acknowledgements of two eras wait for one sync, to leave together?
template <class Ack, class Node>
bool acknowledges_two_eras(Node const& n) {
  stamp first{};
  bool two = false;
  n.held.each([&](peer to, std::uint64_t after, auto const& m) {
    if constexpr (std::is_same_v<decltype(m), Ack const&>) {
      if (quorate::world::host_of(to) == n.self || after <= n.covered) return;
      two = two || (first != stamp{} && first != era_of(m));
      first = era_of(m);
    }
  });
  return two;
}

// Hears what a node of the checker does. `Checks` says of each message whether it may leave, of each outcome
// whether it may be told and of each step whether the core may have taken it: Checks::leaves(node, to, message,
// out), Checks::told(node, outcome, out), Checks::stepped(node, core before, out).
template <class Node, class Checks, class Out>
struct replicated_ears : quorate::world::onlooker {
  replicated_ears(Node& n, Out& out) : n_{n}, out_{out} {}
  std::size_t effects = 0;
  bool more = false; // the last step has said that a flush would say more

  template <class Event>
  void begins(Event const&) {
    before_ = n_.core;
    more = false;
  }
  void ended() { Checks::stepped(n_, before_, out_); }
  template <class Write>
  void writes(Write const&) {
    ++effects;
  }
  void cannot_write() { (void)out_.tell("(the bounds need a longer log)"); }
  template <class M>
  void waits(node_index, M const&) {
    ++effects;
    if (n_.held.dropped() > 0) (void)out_.tell("(the bounds need a larger outbox)");
  }
  template <class M>
  void leaves(node_index to, M const& m) {
    ++effects;
    Checks::leaves(n_, to, m, out_);
    out_.send(n_.packed(to, m));
  }
  template <class M>
  void returns(M const& m) {
    ++effects;
    Checks::leaves(n_, n_.self, m, out_);
  }
  template <class Timer>
  void arm(Timer t) { // any timer may expire at any time; what was armed is told, not kept
    out_.note(static_cast<unsigned>(t));
  }
  template <class Outcome>
  void report(Outcome const& o) {
    if constexpr (std::is_same_v<Outcome, more_due>)
      more = true;
    else if constexpr (std::is_same_v<Outcome, contradiction>)
      (void)out_.tell("a contradiction, and yet no disk has lost anything", "node ", n_.self,
                      " reports one at index ", o.at);
    else
      Checks::told(n_, o, out_);
  }

private:
  Node& n_;
  Out& out_;
  typename Node::core_type before_{};
};

// What comes between events: everything that is not durable is gone; or the same when the sync under way had
// reached the disk; a sync begins; it returns.
enum class interruption : std::uint8_t { crash, crash_kept, sync_begins, sync_returns };

template <class Node>
bool may_be(interruption i, Node const& n, bool in_flight) {
  if (i == interruption::crash) return true;
  return i == interruption::sync_begins ? in_flight && !n.syncing && !n.settled() : n.syncing;
}

// One event or message, and the turn that takes it. Either the turn is whole, and further turns follow from what
// it released. Or the turn only collects, and its sync comes later.
template <class Node, class Checks, class Out>
class replicated_turn {
public:
  replicated_turn(Node& n, Out& out) : n_{n}, ears_{n, out} {}

  template <class Event>
  void take(Event const& e, bool whole) {
    n_.step(e, ears_);
    if (!whole) return flush();
    for (;;) {
      auto const before = ears_.effects;
      flush();
      if (ears_.effects == before && n_.settled()) break;
      start_sync();
      finish_sync();
    }
    settle();
  }
  void take(interruption i) {
    if (i == interruption::sync_begins) return start_sync();
    if (i != interruption::sync_returns) return crash(i == interruption::crash_kept);
    finish_sync();
    flush();
  }

private:
  void flush() {
    do n_.step(quorate::flush{}, ears_);
    while (ears_.more);
    settle();
  }
  // Without a sync under way, and only when something waits for one.
  void start_sync() {
    n_.syncing = true;
    n_.covered = n_.tickets.latest().number();
    n_.left_behind = n_.held.size();
    n_.image = n_.written;
  }
  // The sync returns, and what it lets go is said.
  void finish_sync() {
    typename Node::begun b{numbers::order_upto(n_.covered), n_.image};
    no_sync();
    n_.finish_sync(std::move(b), ears_);
    settle();
  }
  // Everything that is not durable is gone; with `kept`, the sync that was under way had reached the disk.
  void crash(bool kept) {
    auto const survived = kept ? n_.image : n_.durable;
    no_sync();
    n_.past.restart();
    n_.tickets = {}; // no sync of the life before will return
    n_.crash(survived, ears_);
  }
  void no_sync() {
    n_.image = {};
    n_.syncing = false;
    n_.covered = 0;
    n_.left_behind = 0;
  }
  // So that equal nodes are equal: when nothing waits the numbers begin again, and what waits stands in order.
  void settle() {
    if (n_.settled()) n_.tickets = {};
    auto const waits = waiting_in<decltype(Node::packet::what)>(n_.held, renaming::none());
    n_.held = {};
    numbers counted;
    for (auto const& w : waits) {
      while (counted.latest().number() < w.after) (void)counted.next();
      std::visit(
          [&](auto const& m) {
            if constexpr (binding_message<std::remove_cvref_t<decltype(m)>>)
              n_.held.hold(w.to, m, counted.latest());
          },
          w.what);
    }
  }

  using numbers = quorate::world::numbers;
  Node& n_;
  replicated_ears<Node, Checks, Out> ears_;
};

// Every way to rename n nodes under which a quorum system stays what it is: all n! for a majority.
template <class Quorum>
std::vector<renaming> renamings_of(std::size_t n) {
  std::vector<renaming> all;
  std::vector<std::uint8_t> order(n);
  for (std::uint8_t i = 0; i < n; ++i) order[i] = i;
  configuration const everybody{node_set<64>::first(n)};
  do {
    auto r = renaming::none();
    for (std::uint8_t i = 0; i < n; ++i) r.to[i] = order[i], r.back[order[i]] = i;
    bool same = true;
    for (std::uint64_t set = 0; set < std::uint64_t{1} << n; ++set)
      for (auto const phase : {quorum_phase::election, quorum_phase::commit})
        same =
            same && Quorum{}.met(phase, {set}, everybody) == Quorum{}.met(phase, r(node_set<64>{set}), everybody);
    if (same) all.push_back(r);
  } while (std::next_permutation(order.begin(), order.end()));
  return all;
}

// Those of them that make of each node of `some` another one of them, and of the others as well.
inline std::vector<renaming> that_keep_among(node_set<64> some, std::vector<renaming> all) {
  std::erase_if(all, [&](renaming const& r) {
    bool leaves = false;
    some.for_each([&](node_index n) { leaves = leaves || !some.contains(r(n)); });
    return leaves;
  });
  return all;
}

// Those of them that leave the names of `fixed` as they are. A ballot carries its owner, and the order of ballots
// depends on it: only who never proposes is like another.
inline std::vector<renaming> that_keep(node_set<64> fixed, std::vector<renaming> all) {
  std::erase_if(all, [&](renaming const& r) {
    bool moved = false;
    fixed.for_each([&](node_index n) { moved = moved || r(n) != n; });
    return moved;
  });
  return all;
}

} // namespace quorate::check
