// Paxos for one value among three servers, as the example `paxos` of the model checker stateright has it, down to
// what is and what is not part of a state: its count is published, so the explorer is tried on it.
//
// Servers are actors 0 to 2, clients follow. Client c asks server c % 3 to write its value, and, once that is
// written, the next server to read. The network keeps every message until it is delivered, once, in any order. A
// delivery that its receiver ignores is no step, and its message stays.
#pragma once

#include "register_clients.hpp"

#include "quorate/explore/explore.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace quorate::check::actors {

inline constexpr std::uint32_t servers = 3, quorum = 2;

// A ballot is round << 2 | server, a vote is ballot << 2 | value; values are 1 to 3, and 0 is none of them.
constexpr std::uint32_t vote(std::uint32_t ballot, std::uint32_t value) { return ballot << 2 | value; }
constexpr std::uint32_t value_of(std::uint32_t vote) { return vote & 3; }

enum class kind : std::uint8_t { put, put_ok, get, get_ok, prepare, prepared, accept, accepted, decided };

// One word on the wire, of 22 bits: it is also the action that delivers it.
struct envelope {
  kind what{};
  std::uint32_t from = 0, to = 0;
  std::uint32_t ballot = 0, value = 0;
  std::uint32_t last = 0; // a promise's vote

  constexpr std::uint32_t word() const {
    return static_cast<std::uint32_t>(what) << 18 | from << 15 | to << 12 | ballot << 8 | value << 6 | last;
  }
  static constexpr envelope of(std::uint32_t w) {
    return {static_cast<kind>(w >> 18), w >> 15 & 7, w >> 12 & 7, w >> 8 & 15, w >> 6 & 3, w & 63};
  }
};

struct server {
  std::uint32_t ballot = 0;
  std::uint32_t proposal = 0; // the value that it proposes
  std::uint32_t voted = 0;
  std::array<std::uint32_t, servers> promises{}; // to it: 64 | vote
  std::uint32_t accepts = 0;                     // of its proposal: a bit a server
  bool decided = false;

  constexpr std::uint32_t first_word() const {
    return ballot | proposal << 4 | voted << 6 | accepts << 12 | std::uint32_t{decided} << 15;
  }
  constexpr std::uint32_t second_word() const { return promises[0] | promises[1] << 7 | promises[2] << 14; }
  static constexpr server of(std::uint32_t a, std::uint32_t b) {
    return {a & 15,      a >> 4 & 3,        a >> 6 & 63, {b & 127, b >> 7 & 127, b >> 14 & 127},
            a >> 12 & 7, (a >> 15 & 1) != 0};
  }
};

struct state {
  std::array<server, servers> server_of{};
  register_clients clients{0};
  std::vector<std::uint32_t> network{}; // words of envelopes, in order; the same one may be there twice

  static state of(row r, std::size_t clients) {
    state s;
    for (std::size_t i = 0; i < servers; ++i) s.server_of[i] = server::of(r[2 * i], r[2 * i + 1]);
    s.clients = register_clients::of(r.subspan(2 * servers, clients));
    s.network.assign(r.begin() + static_cast<std::ptrdiff_t>(2 * servers + clients), r.end());
    return s;
  }
  std::vector<std::uint32_t> words() const {
    std::vector<std::uint32_t> w;
    for (auto const& s : server_of) w.push_back(s.first_word()), w.push_back(s.second_word());
    for (std::size_t c = 0; c < clients.size(); ++c) w.push_back(clients.word(c));
    w.insert(w.end(), network.begin(), network.end());
    return w;
  }
  void send(envelope const& e) {
    network.insert(std::upper_bound(network.begin(), network.end(), e.word()), e.word());
  }
  void take(std::uint32_t word) { network.erase(std::lower_bound(network.begin(), network.end(), word)); }
  bool holds(kind k) const {
    return std::any_of(network.begin(), network.end(), [&](auto w) { return envelope::of(w).what == k; });
  }
};

// The steps. Each delivery says whether it is one.
struct rules {
  bool forgetful = false; // a leader proposes its own value whatever was promised: to show that this is noticed

  static void ask(state& s, std::uint32_t client, kind what) {
    auto const self = servers + client;
    s.send({what, self, (self + (what == kind::get ? 1 : 0)) % servers, 0, what == kind::put ? client + 1 : 0, 0});
  }
  bool deliver(state& s, envelope const& e) const { return e.to < servers ? to_server(s, e) : to_client(s, e); }

private:
  static bool to_client(state& s, envelope const& e) {
    auto const c = e.to - servers;
    if (e.what == kind::put_ok && s.clients.writes(c)) {
      s.clients.has_written(c);
      ask(s, c, kind::get);
      return true;
    }
    if (e.what != kind::get_ok || !s.clients.reads(c)) return false;
    s.clients.has_read(c, e.value);
    return true;
  }
  bool to_server(state& s, envelope const& e) const {
    auto& me = s.server_of[e.to];
    if (me.decided) {
      if (e.what == kind::get) s.send({kind::get_ok, e.to, e.from, 0, value_of(me.voted), 0});
      return e.what == kind::get;
    }
    switch (e.what) {
    case kind::put: return campaign(s, me, e);
    case kind::prepare:
      if (me.ballot >= e.ballot) return false;
      me.ballot = e.ballot;
      s.send({kind::prepared, e.to, e.from, e.ballot, 0, me.voted});
      return true;
    case kind::prepared: return e.ballot == me.ballot && promised(s, me, e);
    case kind::accept:
      if (me.ballot > e.ballot) return false;
      me.ballot = e.ballot;
      me.voted = vote(e.ballot, e.value);
      s.send({kind::accepted, e.to, e.from, e.ballot, 0, 0});
      return true;
    case kind::accepted: return e.ballot == me.ballot && counted(s, me, e);
    case kind::decided:
      me.ballot = e.ballot;
      me.voted = vote(e.ballot, e.value);
      return me.decided = true;
    default: return false;
    }
  }
  static void broadcast(state& s, kind what, std::uint32_t from, std::uint32_t ballot, std::uint32_t value) {
    for (std::uint32_t to = 0; to < servers; ++to)
      if (to != from) s.send({what, from, to, ballot, value, 0});
  }
  static bool campaign(state& s, server& me, envelope const& e) {
    if (me.proposal != 0) return false;
    me.proposal = e.value;
    me.ballot = ((me.ballot >> 2) + 1) << 2 | e.to;
    me.promises = {};
    me.promises[e.to] = 64 | me.voted;
    me.accepts = 0;
    broadcast(s, kind::prepare, e.to, me.ballot, 0);
    return true;
  }
  // What is more than a quorum is remembered all the same.
  bool promised(state& s, server& me, envelope const& e) const {
    me.promises[e.from] = 64 | e.last;
    auto const& p = me.promises;
    if (std::count_if(p.begin(), p.end(), [](auto x) { return x != 0; }) != quorum) return true;
    auto const highest = *std::max_element(p.begin(), p.end()) & 63;
    if (highest != 0 && !forgetful) me.proposal = value_of(highest);
    me.voted = vote(e.ballot, me.proposal);
    me.accepts |= 1U << e.to;
    broadcast(s, kind::accept, e.to, e.ballot, me.proposal);
    return true;
  }
  static bool counted(state& s, server& me, envelope const& e) {
    me.accepts |= 1U << e.from;
    if (std::popcount(me.accepts) != quorum) return true;
    me.decided = true;
    broadcast(s, kind::decided, e.to, e.ballot, me.proposal);
    s.send({kind::put_ok, e.to, servers + me.proposal - 1, 0, 0, 0});
    return true;
  }
};

// The model for the explorer. Property: broken(state) -> nullptr, or what is wrong with it.
template <class Property>
struct paxos {
  std::uint32_t clients = 2; // 1 to 3
  rules how{};
  Property property{};

  class worker {
  public:
    explicit worker(paxos const& m) : m_{m} {}
    template <class Add>
    void initial(Add&& add) const {
      state s{.clients = register_clients{m_.clients}};
      for (std::uint32_t c = 0; c < m_.clients; ++c) rules::ask(s, c, kind::put);
      auto const w = s.words();
      add(row{w}, print(w), m_.property.broken(s));
    }
    template <class Emit>
    void expand(row r, Emit&& emit) const {
      auto const before = state::of(r, m_.clients);
      std::uint32_t last = ~std::uint32_t{0};
      for (auto const word : before.network) {
        if (word == std::exchange(last, word)) continue;
        auto s = before;
        s.take(word);
        if (!m_.how.deliver(s, envelope::of(word))) continue;
        auto const w = s.words();
        emit(word, row{w}, print(w), m_.property.broken(s));
      }
    }

  private:
    static fingerprint print(row r) {
      digester h;
      for (auto const w : r) h.add(w);
      return h.result();
    }
    paxos const& m_;
  };
};

struct linearizable {
  static char const* broken(state const& s) {
    return s.clients.linearizable() ? nullptr : "what the clients saw is not linearizable";
  }
};
struct never_answered {
  static char const* broken(state const& s) { return s.holds(kind::get_ok) ? "a value was read" : nullptr; }
};

} // namespace quorate::check::actors
