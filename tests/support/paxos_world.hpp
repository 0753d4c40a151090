// A few Paxos nodes, their disks and a network, as one constexpr value that a test moves by hand. Nothing happens
// by itself: messages wait until delivered, writes until synced, timers until they are made to expire.
#pragma once

#include "support/paxos_names.hpp"

#include "quorate/core/bounded.hpp"
#include "quorate/effect/outbox.hpp"
#include "quorate/effect/sink.hpp"
#include "quorate/paxos/node.hpp"

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <variant>

namespace quorate::test {

using paxos::timer;

template <class Set>
struct message_variant;
template <class... Ms>
struct message_variant<message_set<Ms...>> {
  using type = std::variant<Ms...>;
};

template <class Core>
struct paxos_packet {
  node_index from{};
  node_index to{};
  typename message_variant<typename Core::messages>::type what{};
  friend constexpr bool operator==(paxos_packet const&, paxos_packet const&) = default;
};

template <std::size_t Nodes, class Core = paxos::full_node<number>>
class paxos_world {
public:
  struct host;
  using core_type = Core;
  using value_type = typename Core::value_type;
  using disk = paxos::recovered<value_type>;
  using packet_type = paxos_packet<Core>;
  using roles = node_set<64>;
  static constexpr std::size_t nodes = Nodes;

  constexpr paxos_world() : paxos_world{paxos::roster::of(Nodes)} {}
  constexpr explicit paxos_world(paxos::roster const& who) : who_{who} {
    for (std::size_t i = 0; i < Nodes; ++i) {
      hosts_[i].self = node_index{static_cast<std::uint8_t>(i)};
      boot(hosts_[i]);
    }
  }
  static constexpr roles everybody() { return roles::first(Nodes); }

  constexpr host& operator[](node_index n) { return hosts_[n.value]; }
  constexpr host const& operator[](node_index n) const { return hosts_[n.value]; }
  constexpr paxos::roster const& who() const { return who_; }
  constexpr auto const& acceptor(node_index n) const {
    return hosts_[n.value].core.template as<paxos::acceptor>().state();
  }
  constexpr auto const& proposer(node_index n) const {
    return hosts_[n.value].core.template as<paxos::proposer>().state();
  }
  constexpr auto const& learner(node_index n) const {
    return hosts_[n.value].core.template as<paxos::learner>().state();
  }

  // --- events
  constexpr void expire(node_index n, timer t) { step(n, t); }
  constexpr void propose(node_index n, value_type const& v) { step(n, paxos::propose_value<value_type>{v}); }
  constexpr void edit(node_index n) { step(n, paxos::edit{}); }
  constexpr void withdraw(node_index n) { step(n, paxos::withdraw{}); }
  // Answers the change that n has asked for, if it has, with f(its current value).
  template <class F>
  constexpr bool answer(node_index n, F&& f) {
    auto& h = hosts_[n.value];
    if (!h.asked) return false;
    h.asked = false;
    step(n, paxos::changed<value_type>{h.asked_at, f(h.current)});
    return true;
  }
  template <class M>
  constexpr void receive(node_index to, node_index sender, M const& m) {
    step(to, quorate::from<M>{sender, m});
  }

  // Puts what was written so far on stable storage, and lets go what waited for it.
  constexpr void sync(node_index n) { finish_sync(n, start_sync(n)); }
  // The same in two parts, for a sync in flight: `begun` is what will be durable.
  struct begun {
    sync_order order;
    disk image;
  };
  constexpr begun start_sync(node_index n) { return {hosts_[n.value].tickets.order(), hosts_[n.value].written}; }
  constexpr void finish_sync(node_index n, begun&& b) {
    auto& h = hosts_[n.value];
    h.durable = b.image;
    for (; h.synced < b.order.upto(); ++h.synced)
      if (!h.unsynced.empty()) h.unsynced.pop();
    h.held.release(static_cast<sync_order&&>(b.order).succeeded(), [&](node_index to, auto const& m) {
      if (to == n) receive(n, n, m);
      else post(n, to, m);
    });
  }

  // --- the network
  constexpr std::size_t in_flight() const { return net_.size(); }
  constexpr packet_type const& waiting(std::size_t i) const { return net_[i]; }
  constexpr void hand_over(packet_type const& p) {
    std::visit([&](auto const& m) { receive(p.to, p.from, m); }, p.what);
  }
  // Takes the i-th waiting message out and hands it over.
  constexpr void deliver(std::size_t i) {
    auto const p = net_[i];
    forget(i);
    hand_over(p);
  }
  constexpr void forget(std::size_t i) {
    for (auto k = i; k + 1 < net_.size(); ++k) net_[k] = net_[k + 1];
    net_.pop_back();
  }
  constexpr void lose_everything() { net_.clear(); }
  // Hands over, oldest first, what waits between members of `among`, with a sync of each after every delivery,
  // until nothing is left; loses the rest. Returns how many were delivered.
  constexpr std::size_t settle(roles among = everybody()) {
    return settle_where(among, [&](auto const& p) { return among.contains(p.to) && among.contains(p.from); });
  }
  // The same, losing every message for which `passes` is false: one-way links, bridges.
  template <class Passes>
  constexpr std::size_t settle_where(roles among, Passes&& passes) {
    std::size_t delivered = 0;
    among.for_each([&](node_index n) { sync_all(n); });
    while (!net_.empty() && delivered < 10000) {
      auto const p = net_[0];
      forget(0);
      if (!passes(p)) continue;
      hand_over(p);
      sync_all(p.to);
      ++delivered;
    }
    return delivered;
  }
  // Syncs until nothing waits any more: what a node says to itself may make it say more.
  constexpr void sync_all(node_index n) {
    do sync(n);
    while (!hosts_[n.value].held.empty());
  }
  // Removes every message of type M and returns the last of them.
  template <class M>
  constexpr packet_type take() {
    packet_type found{};
    for (std::size_t i = 0; i < net_.size();)
      if (std::holds_alternative<M>(net_[i].what)) {
        found = net_[i];
        forget(i);
      } else
        ++i;
    return found;
  }
  template <class M>
  constexpr std::size_t count() const {
    std::size_t n = 0;
    for (auto const& p : net_) n += std::holds_alternative<M>(p.what) ? 1 : 0;
    return n;
  }
  template <class M>
  constexpr std::size_t count(node_index to) const {
    std::size_t n = 0;
    for (auto const& p : net_) n += p.to == to && std::holds_alternative<M>(p.what) ? 1 : 0;
    return n;
  }

  // --- the machine
  // Everything not synced is gone; the node starts again from its disk.
  constexpr void crash(node_index n) { crash(n, disk{hosts_[n.value].durable}); }
  // The same, from that disk.
  constexpr void crash(node_index n, disk const& survived) {
    auto& h = hosts_[n.value];
    h.written = h.durable = survived;
    boot(h);
  }
  // The same, when of what was not synced the first `kept` writes reached the disk.
  constexpr void crash_keeping(node_index n, std::size_t kept) {
    auto const& h = hosts_[n.value];
    auto d = h.durable;
    for (std::size_t i = 0; i < kept; ++i) std::visit([&](auto const& x) { carry_out(d, x); }, h.unsynced[i]);
    crash(n, d);
  }

  struct host {
    node_index self{};
    Core core{};
    disk written{};
    disk durable{};
    class numbers : public ticket_source {
    public:
      using ticket_source::next;
      using ticket_source::order;
    } tickets{};
    outbox<64, paxos::prepare, paxos::promise<value_type>, paxos::accept<value_type>, paxos::accepted<value_type>>
        held{};
    // Written since the last sync, oldest first, as far as there is room.
    bounded_queue<std::variant<paxos::acceptor_record<value_type>, paxos::ballot_floor>, 64> unsynced{};
    std::uint64_t synced = 0; // writes that are durable
    std::size_t writes = 0;
    paxos::attempt<typename Core::options> asked_to_accept{}; // the last ballot that came to its second phase
    // What the core reported, since it was started.
    std::size_t decisions = 0, lessons = 0, refusals = 0, conflicts = 0, exhaustions = 0;
    paxos::vote<value_type> decided{}, learned{};
    bool asked = false; // a register: for a change of `current`
    ballot asked_at{};
    value_type current{};
    bounded<paxos::rewritten<value_type>, 16> rewritten{};
    bounded<paxos::unsettled<value_type>, 16> unsettled{};
    std::size_t withdrawals = 0;
    std::size_t armed[paxos::timers]{}; // how often each timer was asked for
    bool ticking[paxos::timers]{};
    constexpr bool is_armed(timer t) const { return ticking[static_cast<std::size_t>(t)]; }
  };

private:
  // Carries effects out at once: writes onto the host's disk, advisory messages into the network.
  class hands : public sink<hands> {
  public:
    constexpr hands(paxos_world& w, host& h) : w_{w}, h_{h} {}
    constexpr quorate::written latest() const { return h_.tickets.latest(); }
    template <class Write>
    constexpr quorate::written write(Write const& x) {
      carry_out(h_.written, x);
      (void)h_.unsynced.push({x});
      ++h_.writes;
      return h_.tickets.next();
    }
    template <class M>
    constexpr void advise(node_index to, M const& m) {
      w_.post(h_.self, to, m);
    }
    template <class M>
    constexpr void bind(node_index to, M const& m, quorate::written after) {
      h_.held.hold(to, m, after);
      if constexpr (std::is_same_v<M, paxos::accept<value_type>>) h_.asked_to_accept = w_.proposer(h_.self).now;
    }
    constexpr void arm(timer t) {
      ++h_.armed[static_cast<std::size_t>(t)];
      h_.ticking[static_cast<std::size_t>(t)] = true;
    }
    constexpr void disarm(timer t) { h_.ticking[static_cast<std::size_t>(t)] = false; }
    constexpr void report(paxos::decided<value_type> const& d) { ++h_.decisions, h_.decided = {d.at, d.value}; }
    constexpr void report(paxos::learned<value_type> const& l) { ++h_.lessons, h_.learned = {l.at, l.value}; }
    constexpr void report(paxos::change<value_type> const& c) {
      h_.asked = true, h_.asked_at = c.at, h_.current = c.current;
    }
    constexpr void report(paxos::rewritten<value_type> const& r) { (void)h_.rewritten.push_back(r); }
    constexpr void report(paxos::unsettled<value_type> const& u) { (void)h_.unsettled.push_back(u); }
    constexpr void report(paxos::withdrawn) { ++h_.withdrawals; }
    constexpr void report(proposal_refused) { ++h_.refusals; }
    constexpr void report(paxos::exhausted) { ++h_.exhaustions; }
    constexpr void report(paxos::conflict) { ++h_.conflicts; }

  private:
    paxos_world& w_;
    host& h_;
  };

  static constexpr void carry_out(disk& d, paxos::acceptor_record<value_type> const& x) { d.acceptor = x; }
  static constexpr void carry_out(disk& d, paxos::ballot_floor const& x) { d.proposer = x; }

  template <class Event>
  constexpr void step(node_index n, Event const& e) {
    auto& h = hosts_[n.value];
    if constexpr (std::is_same_v<Event, timer>) h.ticking[static_cast<std::size_t>(e)] = false;
    hands out{*this, h};
    h.core.step(e, out);
  }
  constexpr void boot(host& h) {
    host fresh{};
    fresh.self = h.self;
    fresh.written = fresh.durable = h.durable;
    fresh.tickets = h.tickets;
    fresh.synced = h.tickets.latest().number();
    fresh.core = Core{h.self, who_, h.durable};
    h = fresh;
    step(h.self, start{});
  }
  template <class M>
  constexpr void post(node_index sender, node_index to, M const& m) {
    (void)net_.push_back({sender, to, {m}});
  }

  paxos::roster who_;
  host hosts_[Nodes]{};
  bounded<packet_type, 256> net_{};
};

} // namespace quorate::test
