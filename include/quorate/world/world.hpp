// A few hosts and a network, as one constexpr value that is moved by hand. Nothing happens by itself: messages
// wait until delivered, writes until synced, timers until they are made to expire.
#pragma once

#include "quorate/core/bounded.hpp"
#include "quorate/core/node_set.hpp"
#include "quorate/world/host.hpp"

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <variant>

namespace quorate::world {

// What is remembered of a host beside its own; a protocol's derives from it, and hides what it wants. It also has
// report(outcome), for each outcome of the core.
struct recollection {
  // A write, before it shows on the disk; or a binding message, when it begins to wait.
  template <class Host, class What>
  constexpr void note(Host const&, What const&) {}
  constexpr void restart() {} // the node has crashed
};

// `Play` is what a protocol brings:
//
//   core_type, disk_type
//   remembered              derived from recollection
//   founded()               the disk that each node begins with, or founded(node), which may differ
//   recovered(node, disk)   the core that starts from it
//   turn(world, node)       static: what is due is said, and what is written synced
template <class Play, std::size_t Nodes>
class by_hand {
public:
  static constexpr std::size_t nodes = Nodes;
  using core_type = typename Play::core_type;
  using disk_type = typename Play::disk_type;
  using payload = typename disk_type::payload;
  using timer = typename core_type::timer;

  // A write as the core ordered it, with the values that were at hand.
  struct laid {
    typename disk_type::write what{};
    [[no_unique_address]] payload with{};
  };
  struct host : quorate::world::host<core_type, disk_type>, Play::remembered {
    bounded_queue<laid, 128> unsynced{}; // written since the last sync, oldest first
    std::uint64_t synced = 0;            // how many writes are durable
    bool lost_track = false; // a write that the disk could not carry out, or too many: the rest means nothing
    std::size_t writes = 0, effects = 0, most_effects = 0; // effects: of the last step
    std::size_t armed[core_type::timers]{};                // how often each timer was asked for
    bool ticking[core_type::timers]{};
    constexpr bool is_armed(timer t) const { return ticking[static_cast<std::size_t>(t)]; }
  };
  using begun = typename host::begun;
  using packet_type = typename host::packet_type;

private:
  // Remembers what a host does, and sends what leaves it.
  class ears : public onlooker {
  public:
    constexpr ears(by_hand& w, host& h) : w_{w}, h_{h} {}
    template <class Event>
    constexpr void begins(Event const& e) {
      h_.effects = 0;
      if constexpr (std::is_same_v<Event, timer>) h_.ticking[static_cast<std::size_t>(e)] = false;
    }
    constexpr void ended() {
      if (h_.effects > h_.most_effects) h_.most_effects = h_.effects;
    }
    template <class Write>
    constexpr void writes(Write const& x) {
      h_.note(h_, x);
      if (!h_.unsynced.push({{x}, h_.written.at_hand()})) h_.lost_track = true;
      ++h_.writes, ++h_.effects;
    }
    constexpr void cannot_write() { h_.lost_track = true; }
    template <class M>
    constexpr void waits(node_index, M const& m) {
      h_.note(h_, m);
      ++h_.effects;
    }
    template <class M>
    constexpr void leaves(node_index to, M const& m) {
      ++h_.effects;
      (void)w_.net_.push_back(h_.packed(to, m));
    }
    constexpr void arm(timer t) {
      ++h_.effects, ++h_.armed[static_cast<std::size_t>(t)];
      h_.ticking[static_cast<std::size_t>(t)] = true;
    }
    constexpr void disarm(timer t) { ++h_.effects, h_.ticking[static_cast<std::size_t>(t)] = false; }
    template <class Outcome>
    constexpr void report(Outcome const& o) {
      ++h_.effects;
      h_.report(o);
    }

  private:
    by_hand& w_;
    host& h_;
  };

public:
  constexpr explicit by_hand(Play const& play) : play_{play} {
    for (std::size_t i = 0; i < Nodes; ++i) {
      hosts_[i].self = node_index{static_cast<std::uint8_t>(i)};
      crash(hosts_[i].self, founded(hosts_[i].self));
    }
  }
  static constexpr node_set<64> all() { return node_set<64>::first(Nodes); }
  constexpr Play const& play() const { return play_; }
  constexpr host& operator[](node_index n) { return hosts_[n.value]; }
  constexpr host const& operator[](node_index n) const { return hosts_[n.value]; }

  // --- events; the values that come with one are offered to the disk
  template <class Event>
  constexpr void step(node_index n, Event const& e, payload const& values = {}) {
    auto& h = hosts_[n.value];
    h.written.offer(values);
    ears out{*this, h};
    h.step(e, out);
  }
  constexpr void expire(node_index n, timer t) { step(n, t); }
  template <class M>
  constexpr void receive(node_index to, node_index sender, M const& m, payload const& values = {}) {
    step(to, quorate::from<M>{hosts_[to.value].known_as(sender), m}, values);
  }

  // Puts what was written so far on stable storage, and lets go what waited for it.
  constexpr void sync(node_index n) { finish_sync(n, start_sync(n)); }
  // The same in two parts, for a sync in flight: `begun` is what will be durable.
  constexpr begun start_sync(node_index n) const { return hosts_[n.value].start_sync(); }
  constexpr void finish_sync(node_index n, begun&& b) {
    auto& h = hosts_[n.value];
    if constexpr (requires { b.image.log; }) b.image.log.compact(h.durable.log.compacted());
    for (; h.synced < b.order.upto(); ++h.synced)
      if (!h.unsynced.empty()) h.unsynced.pop();
    ears out{*this, h};
    h.finish_sync(std::move(b), out);
  }
  constexpr void turn(node_index n) { Play::turn(*this, n); }

  // --- the network
  constexpr std::size_t in_flight() const { return net_.size(); }
  constexpr packet_type const& waiting(std::size_t i) const { return net_[i]; }
  constexpr void hand_over(packet_type const& p) {
    std::visit([&](auto const& m) { receive(p.to, p.from, m, p.payload); }, p.what);
  }
  constexpr void forget(std::size_t i) {
    for (auto k = i; k + 1 < net_.size(); ++k) net_[k] = net_[k + 1];
    net_.pop_back();
  }
  // Takes the i-th waiting message out and hands it over.
  constexpr void deliver(std::size_t i) {
    auto const p = net_[i];
    forget(i);
    hand_over(p);
  }
  constexpr void lose_everything() { net_.clear(); }
  // Removes every message of type M, to `to` if given, and returns the last of them.
  template <class M>
  constexpr packet_type take(node_index to = no_node) {
    packet_type found{};
    for (std::size_t i = 0; i < net_.size();)
      if (is_a<M>(net_[i], to)) {
        found = net_[i];
        forget(i);
      } else
        ++i;
    return found;
  }
  template <class M>
  constexpr std::size_t count(node_index to = no_node) const {
    std::size_t n = 0;
    for (auto const& p : net_) n += is_a<M>(p, to) ? 1 : 0;
    return n;
  }
  // Hands over, oldest first, what waits between members of `among`, with a turn of each after every delivery,
  // until nothing is left; loses the rest. Returns how many were delivered.
  constexpr std::size_t settle(node_set<64> among = all()) {
    return settle_where(among, [](packet_type const&) { return true; });
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

  // --- the machine
  // Everything not synced is gone; the node starts again from its disk.
  constexpr void crash(node_index n) { crash(n, hosts_[n.value].durable); }
  // The same, when the disk holds `survived` after all: the image of a sync that was in flight, or an older one.
  constexpr void crash(node_index n, disk_type const& survived) {
    auto& h = hosts_[n.value];
    h.unsynced.clear();
    h.synced = h.tickets.latest().number();
    for (auto& t : h.ticking) t = false;
    h.restart();
    ears out{*this, h};
    h.crash(survived, play_.recovered(n, survived), out);
  }
  // The same, when of what was not synced the first `kept` writes reached the disk.
  constexpr void crash_keeping(node_index n, std::size_t kept) {
    auto const& h = hosts_[n.value];
    auto d = h.durable;
    for (std::size_t i = 0; i < kept; ++i) {
      d.offer(h.unsynced[i].with);
      std::visit([&](auto const& x) { (void)d.carry_out(x); }, h.unsynced[i].what);
    }
    d.offer({});
    crash(n, d);
  }

private:
  constexpr disk_type founded([[maybe_unused]] node_index n) const {
    if constexpr (requires { play_.founded(n); })
      return play_.founded(n);
    else
      return play_.founded();
  }
  template <class M>
  static constexpr bool is_a(packet_type const& p, node_index to) {
    return std::holds_alternative<M>(p.what) && (to == no_node || p.to == to);
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

  Play play_;
  host hosts_[Nodes]{};
  bounded<packet_type, 256> net_{};
};

} // namespace quorate::world
