// A few Raft cores, their logs and disks, and a network, as one constexpr value that a test moves by hand. Nothing
// happens by itself: messages wait until delivered, writes until synced, timers until they are made to expire.
#pragma once

#include "quorate/core/log_shape.hpp"
#include "quorate/effect/outbox.hpp"
#include "quorate/effect/sink.hpp"
#include "quorate/raft/node.hpp"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <type_traits>
#include <variant>

namespace quorate::test::inline on_raft {

using raft::timer;
using any_message =
    std::variant<raft::request_pre_vote, raft::pre_vote_granted, raft::pre_vote_refused, raft::request_vote,
                 raft::vote_granted, raft::vote_refused, raft::append_entries, raft::appended, raft::rejected,
                 raft::heartbeat, raft::heartbeat_answer>;

struct packet {
  node_index from{};
  node_index to{};
  any_message what{};
};

inline constexpr node_index A{0}, B{1}, C{2}, D{3}, E{4};

constexpr term_id term(std::uint64_t n) { return term_id{n}; }
constexpr log_index at(std::uint64_t n) { return log_index{n}; }

// What outlives a crash, when it was synced.
template <std::size_t Runs>
struct disk {
  log_shape<Runs> log{};
  hard_state hard{};
  friend constexpr bool operator==(disk const&, disk const&) = default;
};

template <std::size_t Nodes, class Core = raft::node<limits<limit_values{.nodes = 7, .append_entries = 64}>>,
          std::size_t Runs = 64>
class world {
public:
  struct host;
  static constexpr std::size_t nodes = Nodes;
  using options = typename Core::options;
  using state_type = raft::node_state<options>;
  using log_type = log_shape<Runs>;

  // Every log begins with the configuration entry, at index 1 and term 0, as a replica lays it down.
  constexpr world() : world{everybody()} {}
  constexpr explicit world(configuration const& voters) : voters_{voters} {
    for (std::size_t i = 0; i < Nodes; ++i) {
      hosts_[i].self = node_index{static_cast<std::uint8_t>(i)};
      lay_down(hosts_[i].self, {}, 0);
    }
  }
  static constexpr configuration everybody() { return {node_set<64>::first(Nodes)}; }

  constexpr host& operator[](node_index n) { return hosts_[n.value]; }
  constexpr host const& operator[](node_index n) const { return hosts_[n.value]; }
  constexpr auto const& state(node_index n) const { return hosts_[n.value].core.state(); }
  constexpr auto const& log(node_index n) const { return hosts_[n.value].written.log; }
  constexpr bool leads(node_index n) const { return state(n).is == raft::role::leader; }

  // --- events
  constexpr void expire(node_index n, timer t) { step(n, t); }
  constexpr void propose(node_index n, std::uint32_t count = 1) { step(n, quorate::propose{count}); }
  constexpr void read(node_index n, std::uint32_t count = 1) { step(n, quorate::read{count}); }
  constexpr void flush(node_index n) { step(n, quorate::flush{}); }
  template <class M>
  constexpr void receive(node_index to, node_index sender, M const& m) {
    step(to, quorate::from<M>{sender, m});
  }

  // Puts what was written so far on stable storage, and lets go what waited for it.
  constexpr void sync(node_index n) {
    auto& h = hosts_[n.value];
    finish(n, begin_sync(h), h.written);
  }
  // The same in two parts, for a sync in flight: `begun` is what will be durable.
  struct begun {
    sync_order order;
    disk<Runs> image;
  };
  constexpr begun start_sync(node_index n) { return {begin_sync(hosts_[n.value]), hosts_[n.value].written}; }
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
  // Takes the i-th waiting message out and hands it over.
  constexpr void deliver(std::size_t i) {
    auto const p = net_[i];
    forget(i);
    hand_over(p);
  }
  constexpr void hand_over(packet const& p) {
    std::visit([&](auto const& m) { receive(p.to, p.from, m); }, p.what);
  }
  constexpr void forget(std::size_t i) {
    for (auto k = i; k + 1 < net_.size(); ++k) net_[k] = net_[k + 1];
    net_.pop_back();
  }
  constexpr void lose_everything() { net_.clear(); }
  // Hands over, oldest first, what waits between members of `among`, with a turn of each after every
  // delivery, until nothing is left; loses the rest. Returns how many were delivered.
  constexpr std::size_t settle(node_set<64> among = node_set<64>::first(Nodes)) {
    return settle_where(among,
                        [&](packet const& p) { return among.contains(p.to) && among.contains(p.from); });
  }
  // The same, losing every message for which `passes` is false: one-way links, bridges.
  template <class Passes>
  constexpr std::size_t settle_where(node_set<64> among, Passes&& passes) {
    std::size_t delivered = 0;
    among.for_each([&](node_index n) { turn(n); });
    while (!net_.empty() && delivered < 10000) {
      auto const p = net_[0];
      forget(0);
      if (!passes(p)) continue;
      hand_over(p);
      turn(p.to);
      ++delivered;
    }
    return delivered;
  }
  // Removes every message of type M and returns the last of them.
  template <class M>
  constexpr packet take() {
    packet found{};
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
  constexpr void crash(node_index n) { crash(n, disk<Runs>{hosts_[n.value].durable}); }
  // The same, when the disk holds `survived` after all: the image of a sync that was in flight, or an older one.
  constexpr void crash(node_index n, disk<Runs> const& survived) {
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
  // Starts `n` from a disk with the configuration entry, entries of these terms behind it, and this hard state.
  constexpr void lay_down(node_index n, std::initializer_list<std::uint64_t> terms, std::uint64_t current,
                          node_index vote = no_node) {
    disk<Runs> d{};
    (void)d.log.put({log_index{1}, 1, stamp{0}, entry_kind::configuration}, voters_);
    for (auto const t : terms) (void)d.log.put({d.log.last() + 1, 1, term(t), entry_kind::command});
    d.hard = {term(current), vote};
    crash(n, d);
  }
  // What a storage does once entries are applied.
  constexpr void compact(node_index n, log_index upto) {
    hosts_[n.value].written.log.compact(upto);
    hosts_[n.value].durable.log.compact(upto);
  }
  // Makes `n` win an election with the votes of `among`, its no-op committed as far as they allow. Contact
  // with the old leader is taken as lost.
  constexpr void elect(node_index n, node_set<64> among = node_set<64>::first(Nodes)) {
    among.for_each([&](node_index v) { expire(v, timer::contact); });
    expire(n, timer::election);
    settle(among);
  }
  // The same, but whatever the winner says as a leader is lost.
  constexpr void elect_unheard(node_index n, node_set<64> among = node_set<64>::first(Nodes)) {
    among.for_each([&](node_index v) { expire(v, timer::contact); });
    expire(n, timer::election);
    settle_where(among, [&](packet const& p) {
      return among.contains(p.to) && among.contains(p.from) && (p.from != n || !leads(n));
    });
  }

  struct host {
    node_index self{};
    Core core{};
    disk<Runs> written{};
    disk<Runs> durable{};
    class numbers : public ticket_source {
    public:
      using ticket_source::next;
      using ticket_source::order;
    } tickets{};
    outbox<64, raft::request_vote, raft::vote_granted, raft::appended> held{};
    // Written since the last sync, oldest first, as far as there is room.
    bounded_queue<std::variant<hard_state, entry_run, truncation>, 64> unsynced{};
    std::uint64_t synced = 0; // writes that are durable
    bool log_full = false;    // a write did not fit the shape: nothing after it means anything
    // What the core reported.
    bounded<entry_run, 8> proposed{};
    std::size_t refused = 0;
    std::uint64_t readable = 0;
    log_index read_index{};
    std::size_t reads_refused = 0;
    std::size_t contradictions = 0;
    log_index committed{};
    bool committed_fell = false; // a report was not above the one before
    std::size_t writes = 0, hard_writes = 0, truncations = 0;
    std::size_t armed[raft::timers]{}; // how often each timer was asked for
  };

private:
  // Carries effects out at once: writes into the host's log, advisory messages into the network.
  class hands : public sink<hands> {
  public:
    constexpr hands(world& w, host& h) : w_{w}, h_{h} {}
    constexpr written latest() const { return h_.tickets.latest(); }
    template <class Write>
    constexpr quorate::written write(Write const& x) {
      if (!w_.carry_out(h_.written, x)) h_.log_full = true;
      (void)h_.unsynced.push({x});
      ++h_.writes;
      h_.hard_writes += std::is_same_v<Write, hard_state> ? 1 : 0;
      h_.truncations += std::is_same_v<Write, truncation> ? 1 : 0;
      return h_.tickets.next();
    }
    template <class M>
    constexpr void advise(node_index to, M const& m) {
      w_.post(h_.self, to, m);
    }
    template <class M>
    constexpr void bind(node_index to, M const& m, quorate::written after) {
      h_.held.hold(to, m, after);
    }
    constexpr void arm(timer t) { ++h_.armed[static_cast<std::size_t>(t)]; }
    constexpr void disarm(timer) {}
    constexpr void report(quorate::proposed const& p) {
      if (h_.proposed.full()) h_.proposed.clear();
      (void)h_.proposed.push_back(p.run);
    }
    constexpr void report(proposal_refused) { ++h_.refused; }
    constexpr void report(quorate::committed c) {
      if (c.upto <= h_.committed) h_.committed_fell = true;
      h_.committed = c.upto;
    }
    constexpr void report(quorate::readable r) {
      h_.readable = r.upto;
      h_.read_index = r.index;
    }
    constexpr void report(quorate::reads_refused) { ++h_.reads_refused; }
    constexpr void report(more_due) {}
    constexpr void report(contradiction) { ++h_.contradictions; }

  private:
    world& w_;
    host& h_;
  };

  constexpr bool carry_out(disk<Runs>& d, hard_state const& x) { return d.hard = x, true; }
  constexpr bool carry_out(disk<Runs>& d, truncation const& x) { return d.log.truncate(x.from), true; }
  constexpr bool carry_out(disk<Runs>& d, entry_run const& x) { return d.log.put(x, voters_); }

  template <class Event>
  constexpr void step(node_index n, Event const& e) {
    auto& h = hosts_[n.value];
    hands out{*this, h};
    h.core.step(e, h.written.log, out);
  }
  constexpr void boot(host& h) {
    h.core = Core{h.self, h.written.hard, h.written.log};
    h.held = {};
    h.unsynced.clear();
    h.synced = h.tickets.latest().number();
    h.committed = {};
    h.readable = 0;
    step(h.self, start{});
  }
  static constexpr sync_order begin_sync(host& h) { return h.tickets.order(); }
  constexpr void finish(node_index n, sync_order order, disk<Runs> const& image) {
    auto& h = hosts_[n.value];
    h.durable = image;
    for (; h.synced < order.upto(); ++h.synced)
      if (!h.unsynced.empty()) h.unsynced.pop();
    h.held.release(static_cast<sync_order&&>(order).succeeded(), [&](node_index to, auto const& m) {
      if (to == n)
        receive(n, n, m);
      else
        post(n, to, m);
    });
  }
  template <class M>
  constexpr void post(node_index sender, node_index to, M const& m) {
    (void)net_.push_back({sender, to, any_message{m}});
  }

  configuration voters_;
  host hosts_[Nodes]{};
  bounded<packet, 256> net_{};
};

} // namespace quorate::test::inline on_raft
