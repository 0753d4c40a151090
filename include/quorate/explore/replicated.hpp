// A node of a replicated log as the checker sees it: the shipped core, what it has written, what of that is
// durable, and the shipped outbox between the two. Raft's and Multi-Paxos' systems (raft.hpp, multi_paxos.hpp) are
// made of it.
#pragma once

#include "quorate/explore/digest.hpp"
#include "quorate/explore/era.hpp"
#include "quorate/core/log_shape.hpp"
#include "quorate/effect/batch.hpp"
#include "quorate/effect/event.hpp"
#include "quorate/effect/outbox.hpp"
#include "quorate/message/set.hpp"
#include "quorate/policy/quorum.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>
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

// What travels beside a message that brings no values.
struct no_payload {
  friend bool operator==(no_payload, no_payload) = default;
};

template <class Set, class Payload>
struct packet_of;
template <class... M, class Payload>
struct packet_of<message_set<M...>, Payload> {
  struct type {
    node_index from{};
    node_index to{};
    std::variant<M...> what{};
    [[no_unique_address]] Payload payload{};
    friend bool operator==(type const&, type const&) = default;
  };
  // The shipped outbox, or the disk's own.
  template <class Disk, std::size_t Room>
  struct box_of {
    using type = outbox<Room, M...>;
  };
  template <class Disk, std::size_t Room>
  requires requires { typename Disk::template box<Room, M...>; }
  struct box_of<Disk, Room> {
    using type = typename Disk::template box<Room, M...>;
  };
};

// A disk that holds the log's shape and the hard state.
struct shape_disk {
  using log_type = log_shape<8>;
  using payload = no_payload;
  log_type log{};
  hard_state hard{};
  bool carry_out(hard_state const& w) { return hard = w, true; }
  bool carry_out(truncation const& w) { return log.truncate(w.from), true; }
  bool carry_out(entry_run const& w) { return log.put(w); }
  friend bool operator==(shape_disk const&, shape_disk const&) = default;
};

inline void digest_disk(shape_disk const& d, renaming const& p, digester& h) {
  digest_log(d.log, h);
  h.add(d.hard.promised), h.add(p(d.hard.vote)), h.add(d.hard.chosen);
}

struct numbered : ticket_source {
  using ticket_source::next;
  using ticket_source::order;
};

template <class Core, class Disk, class Past>
struct replicated_node {
  using core_type = Core;
  using packets = packet_of<typename Core::messages, typename Disk::payload>;
  using packet = typename packets::type;

  node_index self{};
  Core core{};
  Disk written{};
  Disk durable{};
  // A sync that has begun: what it will have made durable, and up to which write.
  bool syncing = false;
  std::uint64_t covered = 0;
  std::size_t left_behind = 0; // messages that waited when it began
  Disk image{};
  numbered tickets{};
  typename packets::template box_of<Disk, 12>::type held{};
  Past past{};

  bool settled() const { return held.empty() && written == durable && !syncing; }
  // How many messages wait that came after the sync had begun, or with none begun.
  std::size_t uncovered() const { return held.size() - left_behind; }
  // The message as it travels, with the values that it brings.
  template <class M>
  packet packed(node_index to, M const& m) const {
    if constexpr (requires { written.payload_of(m); })
      return {self, to, m, written.payload_of(m)};
    else
      return {self, to, m, {}};
  }
  friend bool operator==(replicated_node const&, replicated_node const&) = default;
};

// Do acknowledgements of two eras wait for one sync, to leave together?
template <class Ack, class Node>
bool acknowledges_two_eras(Node const& n) {
  stamp first{};
  bool two = false;
  n.held.each([&](node_index to, std::uint64_t after, auto const& m) {
    if constexpr (std::is_same_v<decltype(m), Ack const&>) {
      if (to == n.self || after <= n.covered) return;
      two = two || (first != stamp{} && first != era_of(m));
      first = era_of(m);
    }
  });
  return two;
}

// Carries out a core's effects on a node of the checker. `Checks` says of each message whether it may leave, of
// each outcome whether it may be told and of each step whether the core may have taken it: Checks::leaves(node,
// to, message, out), Checks::told(node, outcome, out), Checks::stepped(node, core before, out). With
// Checks::says_once a message that waits already is not said to wait again.
template <class Node, class Checks, class Out>
class replicated_hands : public sink<replicated_hands<Node, Checks, Out>> {
public:
  replicated_hands(Node& n, Out& out) : n_{n}, out_{out} {}
  std::size_t effects = 0;
  bool more = false;

  written latest() const { return n_.tickets.latest(); }
  template <class Write>
  quorate::written write(Write const& w) {
    ++effects;
    if (!n_.written.carry_out(w)) (void)out_.tell("(the bounds need a longer log)");
    return n_.tickets.next();
  }
  template <class M>
  void advise(node_index to, M const& m) {
    ++effects;
    Checks::leaves(n_, to, m, out_);
    out_.send(n_.packed(to, m));
  }
  template <class M>
  void bind(node_index to, M const& m, quorate::written after) {
    ++effects;
    if constexpr (requires { requires Checks::says_once; })
      if (waits(to, m)) return;
    n_.held.hold(to, m, after);
    if (n_.held.dropped() > 0) (void)out_.tell("(the bounds need a larger outbox)");
  }
  template <class Timer>
  void arm(Timer t) { // any timer may expire at any time; what was armed is told, not kept
    out_.note(static_cast<unsigned>(t));
  }
  template <class Timer>
  void disarm(Timer) {}
  template <class Outcome>
  void report(Outcome const& o) {
    if constexpr (std::is_same_v<Outcome, more_due>)
      more = true;
    else if constexpr (std::is_same_v<Outcome, contradiction>)
      (void)out_.tell("a contradiction, and yet no disk has lost anything");
    else
      Checks::told(n_, o, out_);
  }

private:
  // What waits already will be said once it may; the network may say it again as often as it likes.
  template <class M>
  bool waits(node_index to, M const& m) const {
    bool found = false;
    n_.held.each([&](node_index other, std::uint64_t, auto const& x) {
      if constexpr (std::is_same_v<decltype(x), M const&>) found = found || (other == to && x == m);
    });
    return found;
  }

  Node& n_;
  Out& out_;
};

// What comes between events: everything that is not durable is gone; or the same when the sync under way had
// reached the disk; a sync begins; it returns.
enum class interruption : std::uint8_t { crash, crash_kept, sync_begins, sync_returns };

template <class Node>
bool may_be(interruption i, Node const& n, bool in_flight) {
  if (i == interruption::crash) return true;
  return i == interruption::sync_begins ? in_flight && !n.syncing && !n.settled() : n.syncing;
}

// One event, or a message, and what a turn makes of it: the whole turn and those that follow from what it let go,
// or else collected only, with the sync still to come.
template <class Node, class Checks, class Out>
class replicated_turn {
public:
  replicated_turn(Node& n, Out& out) : n_{n}, out_{out} {}

  template <class Event>
  void take(Event const& e, bool whole) {
    step(e);
    if (!whole) return flush();
    for (;;) {
      auto const before = effects_;
      flush();
      if (effects_ == before && n_.settled()) break;
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
    do step(quorate::flush{});
    while (more_);
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
    n_.durable = n_.image;
    n_.image = {};
    n_.syncing = false;
    auto const upto = n_.covered;
    n_.covered = 0;
    n_.left_behind = 0;
    release(upto);
    settle();
  }
  // Everything that is not durable is gone; with `kept`, the sync that was under way had reached the disk.
  void crash(bool kept) {
    auto const survived = kept ? n_.image : n_.durable;
    auto past = n_.past;
    past.restart();
    auto const self = n_.self;
    n_ = {};
    n_.self = self;
    n_.written = n_.durable = survived;
    n_.past = past;
    n_.core = decltype(n_.core){self, survived.hard, survived.log};
    step(start{});
  }
  template <class Event>
  void step(Event const& e) {
    replicated_hands<Node, Checks, Out> hands{n_, out_};
    auto const before = n_.core;
    n_.core.step(e, n_.written.log, hands);
    if constexpr (requires { n_.written.offer({}); }) n_.written.offer({}); // what came with it is used up
    Checks::stepped(n_, before, out_);
    effects_ += hands.effects;
    more_ = hands.more;
  }
  // The token that only a sync_order makes: one of as many writes as were covered.
  void release(std::uint64_t upto) {
    numbered counted;
    while (counted.latest().number() < upto) (void)counted.next();
    n_.held.release(counted.order().succeeded(), [&](node_index to, auto const& m) {
      ++effects_;
      Checks::leaves(n_, to, m, out_);
      if (to == n_.self)
        step(quorate::from{n_.self, m});
      else
        out_.send(n_.packed(to, m));
    });
  }
  // So that equal nodes are equal: when nothing waits the numbers begin again, and what waits stands in order.
  void settle() {
    if (n_.settled()) n_.tickets = {};
    auto const waits = waiting_in<decltype(Node::packet::what)>(n_.held, renaming::none());
    n_.held = {};
    numbered counted;
    for (auto const& w : waits) {
      while (counted.latest().number() < w.after) (void)counted.next();
      std::visit([&](auto const& m) { n_.held.hold(w.to, m, counted.latest()); }, w.what);
    }
  }

  Node& n_;
  Out& out_;
  std::size_t effects_ = 0;
  bool more_ = false;
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
