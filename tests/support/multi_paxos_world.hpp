// A few Multi-Paxos cores, their logs and disks, and a network, as one constexpr value that a test moves by hand.
// Nothing happens by itself: messages wait until delivered, writes until synced, timers until they are made to
// expire. Each slot holds a value that has a name, which travels with accept and fetched as payloads do.
#pragma once

#include "quorate/effect/outbox.hpp"
#include "quorate/effect/sink.hpp"
#include "quorate/multi_paxos/node.hpp"
#include "support/slot_log.hpp"

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <variant>

namespace quorate::test::inline on_multi_paxos {

using multi_paxos::timer;
using any_message = std::variant<multi_paxos::canvass, multi_paxos::canvass_granted, multi_paxos::prepare,
                                 multi_paxos::promise, multi_paxos::refused, multi_paxos::fetch,
                                 multi_paxos::fetched, multi_paxos::accept, multi_paxos::accepted,
                                 multi_paxos::heartbeat, multi_paxos::heartbeat_answer>;

inline constexpr node_index A{0}, B{1}, C{2}, D{3}, E{4};

constexpr stamp ballot(std::uint64_t round, node_index owner) { return multi_paxos::make_ballot(round, owner); }

struct packet {
  node_index from{};
  node_index to{};
  any_message what{};
  offer payload{};
};

using small_core =
    multi_paxos::node<limits<limit_values{.nodes = 7, .append_entries = 8, .mark = 8, .reserve = 4}>>;

template <std::size_t Nodes, class Core = small_core, std::size_t Slots = 96>
class world {
public:
  struct host;
  static constexpr std::size_t nodes = Nodes;
  static constexpr std::size_t slots = Slots;
  using core_type = Core;
  using options = typename Core::options;
  using state_type = multi_paxos::node_state<options>;
  using log_type = slot_log<Slots>;
  static_assert(options::limit.append_entries <= most_values);

  // Every log begins with the configuration entry, at index 1 and ballot 0, as a replica lays it down.
  constexpr world() {
    for (std::size_t i = 0; i < Nodes; ++i) {
      hosts_[i].self = node_index{static_cast<std::uint8_t>(i)};
      crash(hosts_[i].self, disk<Slots>{slot_log<Slots>{everybody()}, {}});
    }
  }
  static constexpr configuration everybody() { return {node_set<64>::first(Nodes)}; }
  static constexpr std::uint64_t config = everybody().voters.bits;

  constexpr host& operator[](node_index n) { return hosts_[n.value]; }
  constexpr host const& operator[](node_index n) const { return hosts_[n.value]; }
  constexpr auto const& state(node_index n) const { return hosts_[n.value].core.state(); }
  constexpr auto const& log(node_index n) const { return hosts_[n.value].written.log; }
  constexpr bool leads(node_index n) const { return state(n).is == multi_paxos::role::leader; }

  // --- events
  constexpr void expire(node_index n, timer t) { step(n, t); }
  // Commands that nobody has proposed before.
  constexpr void propose(node_index n, std::uint32_t count = 1) {
    offer o{log(n).last() + 1, {}};
    for (std::uint32_t i = 0; i < count; ++i) (void)o.what.push_back({state(n).promised, ++made_});
    step(n, quorate::propose{count}, o);
  }
  constexpr void read(node_index n, std::uint32_t count = 1) { step(n, quorate::read{count}); }
  constexpr void flush(node_index n) { step(n, quorate::flush{}); }
  template <class M>
  constexpr void receive(node_index to, node_index sender, M const& m, offer const& o = {}) {
    step(to, quorate::from<M>{sender, m}, o);
  }
  // The same, with values of its owner's making for an accept or a fetched.
  template <class M>
  constexpr void receive_new(node_index to, node_index sender, M const& m, std::uint64_t number) {
    offer o{m.first, {}};
    for (std::uint32_t i = 0; i < m.count; ++i) (void)o.what.push_back({m.voted, number + i});
    receive(to, sender, m, o);
  }

  // Puts what was written so far on stable storage, and lets go what waited for it.
  constexpr void sync(node_index n) {
    auto& h = hosts_[n.value];
    finish(n, h.tickets.order(), h.written);
  }
  // The same in two parts, for a sync in flight: `begun` is what will be durable.
  struct begun {
    sync_order order;
    disk<Slots> image;
  };
  constexpr begun start_sync(node_index n) {
    return {hosts_[n.value].tickets.order(), hosts_[n.value].written};
  }
  constexpr void finish_sync(node_index n, begun&& b) {
    finish(n, static_cast<sync_order&&>(b.order), b.image);
  }
  // One turn: flush, sync, and what that lets go.
  constexpr void turn(node_index n) {
    flush(n);
    sync(n);
  }

  // --- the network
  constexpr std::size_t in_flight() const { return net_.size(); }
  constexpr packet const& waiting(std::size_t i) const { return net_[i]; }
  constexpr void deliver(std::size_t i) {
    auto const p = net_[i];
    forget(i);
    hand_over(p);
  }
  constexpr void hand_over(packet const& p) {
    std::visit([&](auto const& m) { receive(p.to, p.from, m, p.payload); }, p.what);
  }
  constexpr void forget(std::size_t i) {
    for (auto k = i; k + 1 < net_.size(); ++k) net_[k] = net_[k + 1];
    net_.pop_back();
  }
  constexpr void lose_everything() { net_.clear(); }
  // Hands over, oldest first, what waits between members of `among`, with a turn of each after every delivery,
  // until nothing is left; loses the rest. Returns how many were delivered.
  constexpr std::size_t settle(node_set<64> among = node_set<64>::first(Nodes)) {
    return settle_where(among, [](packet const&) { return true; });
  }
  // The same, losing every message for which `passes` is false: one-way links, bridges.
  template <class Passes>
  constexpr std::size_t settle_where(node_set<64> among, Passes&& passes) {
    std::size_t delivered = 0;
    among.for_each([&](node_index n) { turn(n); });
    while ((!net_.empty() || let_go(among)) && delivered < 10000) {
      if (net_.empty()) continue;
      auto const p = net_[0];
      forget(0);
      if (!among.contains(p.to) || !among.contains(p.from) || !passes(p)) continue;
      hand_over(p);
      turn(p.to);
      ++delivered;
    }
    return delivered;
  }
  // Removes every message of type M, to `to` if given, and returns the last of them.
  template <class M>
  constexpr packet take(node_index to = no_node) {
    packet found{};
    for (std::size_t i = 0; i < net_.size();)
      if (std::holds_alternative<M>(net_[i].what) && (to == no_node || net_[i].to == to)) {
        found = net_[i];
        forget(i);
      } else
        ++i;
    return found;
  }
  template <class M>
  constexpr std::size_t count(node_index to = no_node) const {
    std::size_t n = 0;
    for (auto const& p : net_)
      n += std::holds_alternative<M>(p.what) && (to == no_node || p.to == to) ? 1 : 0;
    return n;
  }

  // --- the machine
  // Everything not synced is gone; the node starts again from its disk.
  constexpr void crash(node_index n) { crash(n, disk<Slots>{hosts_[n.value].durable}); }
  // The same, when the disk holds `survived` after all.
  constexpr void crash(node_index n, disk<Slots> const& survived) {
    auto& h = hosts_[n.value];
    h.written = h.durable = survived;
    h.core = Core{h.self, h.written.hard, h.written.log};
    h.held = {};
    h.unsynced.clear();
    h.synced = h.tickets.latest().number();
    h.committed = {};
    h.readable = 0;
    for (auto& t : h.ticking) t = false;
    step(n, start{});
  }
  // The same, when of what was not synced the first `kept` writes reached the disk.
  constexpr void crash_keeping(node_index n, std::size_t kept) {
    auto const& h = hosts_[n.value];
    auto d = h.durable;
    for (std::size_t i = 0; i < kept; ++i) (void)carry_out(d, h.unsynced[i]);
    crash(n, d);
  }
  constexpr void compact(node_index n, log_index upto) {
    hosts_[n.value].written.log.compact(upto);
    hosts_[n.value].durable.log.compact(upto);
  }
  // Makes `n` win an election with the promises of `among`, all that was found proposed again as far as they
  // allow. Contact with the old leader is taken as lost.
  constexpr void elect(node_index n, node_set<64> among = node_set<64>::first(Nodes)) {
    among.for_each([&](node_index v) { lose_contact(v); });
    expire(n, timer::election);
    settle(among);
  }
  // The same, but whatever the winner says as a leader is lost.
  constexpr void elect_unheard(node_index n, node_set<64> among = node_set<64>::first(Nodes)) {
    among.for_each([&](node_index v) { lose_contact(v); });
    expire(n, timer::election);
    settle_where(among, [&](packet const& p) { return p.from != n || !leads(n); });
  }
  constexpr void lose_contact(node_index n) {
    expire(n, timer::contact);
    for (int i = 0; i < 2 && leads(n); ++i) expire(n, timer::quorum_check);
  }

  // A write as the core ordered it, with the values that were at hand.
  struct laid {
    bool of_log = false;
    hard_state hard{};
    entry_run run{};
    offer with{};
  };
  struct host {
    node_index self{};
    Core core{};
    disk<Slots> written{};
    disk<Slots> durable{};
    class numbers : public ticket_source {
    public:
      using ticket_source::next;
      using ticket_source::order;
    } tickets{};
    outbox<64, multi_paxos::prepare, multi_paxos::promise, multi_paxos::accepted> held{};
    bounded_queue<laid, 128> unsynced{}; // since the last sync, oldest first
    std::uint64_t synced = 0;
    bool lost_track = false; // a write that no storage could carry out, or too many: the rest means nothing
    bool overwrote = false;  // a value at or below the commit index was replaced
    bool fell = false;       // a promise was written below an earlier one
    bounded<entry_run, 8> proposed{};
    std::size_t refused = 0;
    std::uint64_t readable = 0;
    log_index read_index{};
    std::size_t reads_refused = 0;
    log_index committed{};
    bool committed_fell = false; // a report was not above the one before
    std::size_t writes = 0, effects = 0, most_effects = 0; // effects: of the last step
    std::size_t armed[multi_paxos::timers]{}; // how often each timer was asked for
    bool ticking[multi_paxos::timers]{};
    constexpr bool is_armed(timer t) const { return ticking[static_cast<std::size_t>(t)]; }
  };

private:
  // Carries effects out at once: writes into the host's log, advisory messages into the network.
  class hands : public sink<hands> {
  public:
    constexpr hands(world& w, host& h, offer const& o) : w_{w}, h_{h}, offer_{o} {}
    constexpr written latest() const { return h_.tickets.latest(); }
    template <class Write>
    constexpr quorate::written write(Write const& x) {
      laid l{};
      if constexpr (std::is_same_v<Write, entry_run>) {
        l.of_log = true, l.run = x, l.with = offer_;
        for (auto i = x.first; i <= x.last() && i <= h_.core.state().commit; i = i + 1)
          h_.overwrote = h_.overwrote || i > h_.written.log.compacted();
      } else {
        l.hard = x;
        h_.fell = h_.fell || x.promised < h_.written.hard.promised || x.chosen < h_.written.hard.chosen;
      }
      if (!w_.carry_out(h_.written, l)) h_.lost_track = true;
      if (!h_.unsynced.push(l)) h_.lost_track = true;
      ++h_.writes, ++h_.effects;
      return h_.tickets.next();
    }
    template <class M>
    constexpr void advise(node_index to, M const& m) {
      ++h_.effects;
      w_.post(h_.self, to, m);
    }
    template <class M>
    constexpr void bind(node_index to, M const& m, quorate::written after) {
      ++h_.effects;
      h_.held.hold(to, m, after);
    }
    constexpr void arm(timer t) {
      ++h_.effects, ++h_.armed[static_cast<std::size_t>(t)];
      h_.ticking[static_cast<std::size_t>(t)] = true;
    }
    constexpr void disarm(timer t) { ++h_.effects, h_.ticking[static_cast<std::size_t>(t)] = false; }
    constexpr void report(quorate::proposed const& p) {
      if (h_.proposed.full()) h_.proposed.clear();
      (void)h_.proposed.push_back(p.run);
    }
    constexpr void report(proposal_refused) { ++h_.refused; }
    constexpr void report(quorate::committed c) {
      ++h_.effects;
      if (c.upto <= h_.committed) h_.committed_fell = true;
      h_.committed = c.upto;
    }
    constexpr void report(quorate::readable r) {
      ++h_.effects;
      h_.readable = r.upto;
      h_.read_index = r.index;
    }
    constexpr void report(quorate::reads_refused) { ++h_.effects, ++h_.reads_refused; }
    constexpr void report(more_due) { ++h_.effects; }

  private:
    world& w_;
    host& h_;
    offer const& offer_;
  };

  static constexpr bool carry_out(disk<Slots>& d, laid const& l) {
    if (l.of_log) return d.log.put(l.run, l.with);
    d.hard = l.hard;
    return true;
  }
  // What was said while a sync ended waits for the next. Returns whether anything did.
  constexpr bool let_go(node_set<64> among) {
    bool any = false;
    among.for_each([&](node_index n) {
      if (hosts_[n.value].held.empty()) return;
      any = true;
      turn(n);
    });
    return any;
  }
  template <class Event>
  constexpr void step(node_index n, Event const& e, offer const& o = {}) {
    auto& h = hosts_[n.value];
    h.effects = 0;
    if constexpr (std::is_same_v<Event, timer>) h.ticking[static_cast<std::size_t>(e)] = false;
    hands out{*this, h, o};
    h.core.step(e, h.written.log, out);
    if (h.effects > h.most_effects) h.most_effects = h.effects;
  }
  constexpr void finish(node_index n, sync_order order, disk<Slots> const& image) {
    auto& h = hosts_[n.value];
    auto const compacted = h.durable.log.compacted();
    h.durable = image;
    h.durable.log.compact(compacted);
    for (; h.synced < order.upto(); ++h.synced)
      if (!h.unsynced.empty()) h.unsynced.pop();
    h.held.release(static_cast<sync_order&&>(order).succeeded(), [&](node_index to, auto const& m) {
      if (to == n) receive(n, n, m);
      else post(n, to, m);
    });
  }
  template <class M>
  constexpr void post(node_index sender, node_index to, M const& m) {
    packet p{sender, to, any_message{m}, {}};
    if constexpr (requires { m.entries(); }) {
      p.payload.first = m.first;
      for (std::uint32_t i = 0; i < m.count; ++i)
        (void)p.payload.what.push_back(hosts_[sender.value].written.log[m.first + i].what);
    }
    (void)net_.push_back(p);
  }

  host hosts_[Nodes]{};
  std::uint64_t made_ = 0;
  bounded<packet, 256> net_{};
};

} // namespace quorate::test::inline on_multi_paxos
