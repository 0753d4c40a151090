// The port that clients connect to: many connections on one thread, each answered in the order in which it asked.
// Whatever one of them does, the others are served, and so are the node's peers: the work is done in slices, the
// memory of all of them together is bounded, and so are their descriptors.
#pragma once

#include "connection.hpp"
#include "info.hpp"
#include "limits.hpp"
#include "sharing.hpp"

#include "quorate/service/key_value.hpp"

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace kv {

// What stands behind the port. Everything is called on the thread of the io_context.
//
// | expression               | meaning                                                                           |
// | b.available()            | false: no leader is known; requests wait in the port; b calls port.wake() later   |
// | b.submit_write(n, bytes) | have the operation replicated; `bytes` may be gone when the call returns. Exactly |
// |                          | one of port.complete, port.refused, port.unknown follows for n, perhaps within    |
// |                          | the call                                                                          |
// | b.submit_read(n)         | find out from when on the store is fresh enough to answer a read that came now;   |
// |                          | port.readable, port.refused or port.unknown follows in the same way               |
// | b.store()                | the store as far as it has been applied                                           |
// | b.report()               | what INFO tells, but for what the port knows itself                               |
// | b.tidy(budget)           | whatever the store has to do in its own time; false: there is more                |
// | b.warn(text)             | tell the operator                                                                 |
template <class B>
concept backend = requires(B& b, B const& c, std::uint64_t n, std::string_view bytes, work_budget& budget,
                           std::string text) {
  { c.available() } -> std::same_as<bool>;
  b.submit_write(n, bytes);
  b.submit_read(n);
  { c.store() } -> std::same_as<quorate::service::key_value const&>;
  { c.report() } -> std::same_as<info>;
  { b.tidy(budget) } -> std::same_as<bool>;
  b.warn(text);
};

template <class Backend>
class client_port {
public:
  using tcp = asio::ip::tcp;
  using client = connection<client_port>;

  // Listens at once. Throws asio::system_error if it cannot. Must outlive every run of `io` from now on. Whoever
  // runs `io` calls work() between: handlers only note what has happened.
  client_port(asio::io_context& io, Backend& b, limits const& l, tcp::endpoint at)
      : io_{io}, backend_{b}, limits_{l}, acceptor_{io, at}, ticker_{io}, sweeper_{io} {
    static_assert(backend<Backend>, "kv: a client port needs a backend: see the table at `kv::backend`");
    accept();
    sweep_later();
  }
  client_port(client_port const&) = delete;
  client_port& operator=(client_port const&) = delete;

  tcp::endpoint local_endpoint() const { return acceptor_.local_endpoint(); }
  std::size_t clients() const { return clients_.size(); }

  // One slice of what is to be done for the clients.
  void work() {
    now_ = client::clock::now();
    work_budget tidying{limits_.slice / 8};
    untidy_ = !backend_.tidy(tidying);
    work_budget budget{limits_.slice};
    sharing_.slice(budget);
  }
  // There is something to be done: come again soon, but after others.
  bool pending() const { return untidy_ || sharing_.any(); }

  // --- the outcomes, from the backend; of a number that is no longer waited for, nothing happens

  // The write has been applied; `reply` is what the store answered, in RESP.
  void complete(std::uint64_t number, std::string_view reply) {
    settle(number, [&](request_queue& q, std::uint32_t n) { q.complete(n, reply); });
  }
  // The store is fresh enough to answer the read, now or at any later moment.
  void readable(std::uint64_t number) {
    settle(number, [&](request_queue& q, std::uint32_t n) { q.readable(n); });
  }
  // It has not happened and will not. It may be tried again, then answered -CLUSTERDOWN.
  void refused(std::uint64_t number, std::string_view reason) {
    settle(number, [&](request_queue& q, std::uint32_t n) { q.refused(n, reason); });
  }
  // A write that may or may not happen: answered -UNKNOWN. A read is tried again.
  void unknown(std::uint64_t number, std::string_view reason) {
    settle(number, [&](request_queue& q, std::uint32_t n) { q.unknown(n, reason); });
  }
  // There is a leader again: what waits is tried without waiting for the next tick.
  void wake() {
    for (auto& [id, c] : clients_) {
      if (!c->busy()) continue;
      c->queue().retry_held();
      touch(*c);
    }
  }

  // --- shutting down

  // Takes no more connections or requests; a connection closes when it has been answered. Done when clients()
  // is 0.
  void stop() {
    asio::error_code ignored;
    acceptor_.close(ignored);
    sweeper_.cancel();
    for (auto& [id, c] : clients_) c->finish();
  }
  // Closes everything at once.
  void abort() {
    stop();
    while (!clients_.empty()) {
      auto const c = clients_.begin()->second;
      c->close();
    }
    ticker_.cancel();
  }

  // --- for the connections

  host_view const& host() const { return host_; }
  template <class F>
  void each_client(F&& f) const {
    for (auto const& [id, c] : clients_) f(c->describe());
  }
  void close_client(std::uint64_t id) {
    auto const at = clients_.find(static_cast<std::uint32_t>(id));
    if (at == clients_.end() || at->first != id) return;
    auto const c = at->second;
    c->close();
  }
  limits const& limit() const { return limits_; }
  typename client::clock::time_point now() const { return now_; } // when this slice began
  quorate::service::key_value const& store() const { return backend_.store(); }
  std::array<char, 65536>& scratch() { return scratch_; }
  void count_command() { ++commands_; }
  info report() const {
    auto i = backend_.report();
    i.port = local_endpoint().port();
    i.connected_clients = clients_.size();
    i.max_clients = limits_.max_clients;
    i.connections_received = connections_;
    i.commands_processed = commands_;
    i.keys = backend_.store().size();
    i.client_memory = {.half_requests = memory_.half,
                       .pipelines = memory_.pipeline,
                       .unread_answers = memory_.unread,
                       .connections = memory_.connection,
                       .limit = limits_.client_memory,
                       .highest = memory_peak_};
    i.closed_for_memory = closed_for_memory_;
    i.closed_idle = closed_idle_;
    i.connections_rejected = rejected_;
    return i;
  }
  void submit(client& c) {
    if (!backend_.available()) return;
    auto const high = std::uint64_t{c.id()} << 32;
    c.queue().pump([&](std::uint32_t n, request_queue::kind k, std::string_view operation) {
      k == request_queue::kind::write ? backend_.submit_write(high | n, operation)
                                      : backend_.submit_read(high | n);
    });
  }
  // There is work for this connection, in the next slice: so many outcomes make one packet.
  void touch(client& c) {
    if (!ticking_) tick_later();
    sharing_.add(c);
  }
  // A connection's share of the memory has changed. Beyond the bound those are closed that have most unread or
  // begun: whoever does not fetch what it asked for pays first.
  void account(client_bytes const& before, client_bytes const& after) {
    memory_ -= before;
    memory_ += after;
    if (memory_.all() > memory_peak_) memory_peak_ = memory_.all();
    if (memory_.all() > limits_.client_memory) shed();
  }
  // One that was let in beyond the clients is a client like others once there is room. False: there is none.
  bool admit(client& c) {
    if (clients_.size() - operators_ >= limits_.max_clients) return false;
    c.operating = false;
    --operators_;
    return true;
  }
  void forget(client& c) {
    memory_ -= c.bytes();
    if (c.operating) --operators_;
    clients_.erase(c.id());
  }

private:
  template <class Settle>
  void settle(std::uint64_t number, Settle&& how) {
    auto const at = clients_.find(static_cast<std::uint32_t>(number >> 32));
    if (at == clients_.end()) return;
    auto const c = at->second; // its reply may be what is too much
    how(c->queue(), static_cast<std::uint32_t>(number));
    touch(*c);
    c->account();
  }

  void tick_later() {
    ticking_ = true;
    ticker_.expires_after(std::chrono::milliseconds{20});
    ticker_.async_wait([this](asio::error_code error) {
      ticking_ = false;
      if (!error) tick();
    });
  }
  void tick() {
    now_ = client::clock::now();
    bool busy = false;
    for (auto at = clients_.begin(); at != clients_.end();) {
      auto const c = (at++)->second; // a tick may close it
      c->tick(now_);
      busy = busy || c->busy();
    }
    // Who has work to do in the next slice may wait from then on, for a leader say.
    if ((busy || sharing_.any()) && !ticking_) tick_later();
  }

  void sweep_later() {
    sweeper_.expires_after(std::chrono::seconds{1});
    sweeper_.async_wait([this](asio::error_code error) {
      if (!error) sweep();
    });
  }
  // Closes who has been idle for too long.
  void sweep() {
    now_ = client::clock::now();
    auto const bound = limits_.idle_timeout;
    for (auto at = clients_.begin(); at != clients_.end();) {
      auto const c = (at++)->second;
      auto const mine = c->operating ? std::chrono::seconds{10} : bound;
      if (mine.count() == 0 || !c->idle_since(now_ - mine)) continue;
      ++closed_idle_;
      c->close();
    }
    sweep_later();
  }

  // Makes an eighth of the bound free, so that it isn't done for each byte that comes: it looks at all clients.
  void shed() {
    std::vector<std::pair<std::size_t, std::shared_ptr<client>>> by_size;
    for (auto const& [id, c] : clients_) by_size.emplace_back(c->bytes().unread + c->bytes().half, c);
    std::sort(by_size.begin(), by_size.end(), [](auto const& a, auto const& b) { return a.first > b.first; });
    auto const held = memory_.all();
    auto const enough = limits_.client_memory - limits_.client_memory / 8;
    std::size_t closed = 0;
    for (; memory_.all() > enough && closed < by_size.size(); ++closed) by_size[closed].second->close();
    closed_for_memory_ += closed;
    unsaid_ += closed;
    if (now_ < warned_ + std::chrono::seconds{1}) return;
    warned_ = now_;
    backend_.warn("the clients held " + std::to_string(held) + " bytes, and --client-memory allows " +
                  std::to_string(limits_.client_memory) + ": " + std::to_string(std::exchange(unsaid_, 0)) +
                  " were closed, the one of them with most unread (" + std::to_string(by_size.front().first) +
                  " bytes of answers, or of half a request) first");
  }

  void accept() {
    acceptor_.async_accept([this](asio::error_code error, tcp::socket s) {
      if (!acceptor_.is_open()) return;
      if (!error) welcome(std::move(s));
      // Out of descriptors, as a rule: look again when some may have been closed.
      if (error)
        accept_later();
      else
        accept();
    });
  }
  void accept_later() {
    auto timer = std::make_shared<asio::steady_timer>(io_, std::chrono::milliseconds{100});
    timer->async_wait([this, timer](asio::error_code error) {
      if (!error && acceptor_.is_open()) accept();
    });
  }

  void welcome(tcp::socket s) {
    ++connections_;
    asio::error_code error;
    s.non_blocking(true, error);
    if (!error) s.set_option(tcp::no_delay{true}, error);
    if (!error) s.set_option(asio::socket_base::keep_alive{true}, error);
    if (error) return; // it has gone again
    bool const full = memory_.all() + client::own_bytes > limits_.client_memory;
    bool const crowded = full || clients_.size() - operators_ >= limits_.max_clients;
    if (crowded && operators_ >= limits_.operators)
      return turn_away(s, full ? "-ERR the memory for clients is used up (--client-memory)\r\n"
                               : "-ERR max number of clients reached\r\n");
    now_ = client::clock::now();
    while (last_id_ == 0 || clients_.contains(last_id_)) ++last_id_;
    auto const c = std::make_shared<client>(*this, last_id_, std::move(s));
    c->operating = crowded;
    if (crowded) ++operators_;
    clients_.emplace(last_id_++, c);
    c->start();
  }
  void turn_away(tcp::socket& s, std::string_view why) {
    ++rejected_;
    asio::error_code ignored;
    s.write_some(asio::buffer(why), ignored);
  }

  asio::io_context& io_;
  Backend& backend_;
  limits limits_;
  host_view host_ = host_view_of(*this);
  tcp::acceptor acceptor_;
  asio::steady_timer ticker_;
  asio::steady_timer sweeper_;
  bool ticking_ = false;
  typename client::clock::time_point now_ = client::clock::now();
  std::uint32_t last_id_ = 1;
  std::unordered_map<std::uint32_t, std::shared_ptr<client>> clients_;
  sharing<client> sharing_;
  bool untidy_ = false; // the store has something to do in its own time
  client_bytes memory_{};
  std::size_t memory_peak_ = 0;
  typename client::clock::time_point warned_{};
  std::size_t operators_ = 0; // connections beyond max_clients
  std::uint64_t closed_for_memory_ = 0;
  std::uint64_t unsaid_ = 0; // of these, since the operator was told
  std::uint64_t closed_idle_ = 0;
  std::uint64_t rejected_ = 0;
  std::array<char, 65536> scratch_;
  std::uint64_t connections_ = 0;
  std::uint64_t commands_ = 0;
};

} // namespace kv
