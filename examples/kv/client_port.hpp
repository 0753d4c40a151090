// The port that clients connect to: many connections on one thread, each answered in the order in which it asked.
#pragma once

#include "connection.hpp"
#include "info.hpp"
#include "limits.hpp"

#include "quorate/service/key_value.hpp"

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>

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
template <class B>
concept backend = requires(B& b, B const& c, std::uint64_t n, std::string_view bytes) {
  { c.available() } -> std::same_as<bool>;
  b.submit_write(n, bytes);
  b.submit_read(n);
  { c.store() } -> std::same_as<quorate::service::key_value const&>;
  { c.report() } -> std::same_as<info>;
};

template <class Backend>
class client_port {
public:
  using tcp = asio::ip::tcp;
  using client = connection<client_port>;

  // Listens at once. Throws asio::system_error if it cannot. Must outlive every run of `io` from now on.
  client_port(asio::io_context& io, Backend& b, limits const& l, tcp::endpoint at)
      : io_{io}, backend_{b}, limits_{l}, acceptor_{io, at}, ticker_{io} {
    static_assert(backend<Backend>, "kv: a client port needs a backend: see the table at `kv::backend`");
    accept();
  }
  client_port(client_port const&) = delete;
  client_port& operator=(client_port const&) = delete;

  tcp::endpoint local_endpoint() const { return acceptor_.local_endpoint(); }
  std::size_t clients() const { return clients_.size(); }

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

  limits const& limit() const { return limits_; }
  quorate::service::key_value const& store() const { return backend_.store(); }
  std::array<char, 65536>& scratch() { return scratch_; }
  void count_command() { ++commands_; }
  info report() const {
    auto i = backend_.report();
    i.connected_clients = clients_.size();
    i.connections_received = connections_;
    i.commands_processed = commands_;
    i.keys = backend_.store().size();
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
  // Has the connection flushed once what is going on now is over, so that many outcomes make one packet.
  void touch(client& c) {
    if (!ticking_) tick_later();
    if (c.dirty) return;
    c.dirty = true;
    if (dirty_.empty()) asio::post(io_, [this] { flush(); });
    dirty_.push_back(c.shared_from_this());
  }
  void forget(std::uint32_t id) { clients_.erase(id); }

private:
  template <class Settle>
  void settle(std::uint64_t number, Settle&& how) {
    auto const at = clients_.find(static_cast<std::uint32_t>(number >> 32));
    if (at == clients_.end()) return;
    how(at->second->queue(), static_cast<std::uint32_t>(number));
    touch(*at->second);
  }

  void flush() {
    flushing_.swap(dirty_);
    for (auto& c : flushing_) {
      c->dirty = false;
      c->flush();
    }
    flushing_.clear();
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
    auto const now = client::clock::now();
    bool busy = false;
    for (auto at = clients_.begin(); at != clients_.end();) {
      auto const c = (at++)->second; // a tick may close it
      c->tick(now);
      busy = busy || c->busy();
    }
    if (busy && !ticking_) tick_later();
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
    if (error) return; // it has gone again
    if (clients_.size() >= limits_.max_clients) {
      s.write_some(asio::buffer(std::string_view{"-ERR max number of clients reached\r\n"}), error);
      return;
    }
    while (last_id_ == 0 || clients_.contains(last_id_)) ++last_id_;
    auto const c = std::make_shared<client>(*this, last_id_, std::move(s));
    clients_.emplace(last_id_++, c);
    c->start();
  }

  asio::io_context& io_;
  Backend& backend_;
  limits limits_;
  tcp::acceptor acceptor_;
  asio::steady_timer ticker_;
  bool ticking_ = false;
  std::uint32_t last_id_ = 1;
  std::unordered_map<std::uint32_t, std::shared_ptr<client>> clients_;
  std::vector<std::shared_ptr<client>> dirty_;
  std::vector<std::shared_ptr<client>> flushing_;
  std::array<char, 65536> scratch_;
  std::uint64_t connections_ = 0;
  std::uint64_t commands_ = 0;
};

} // namespace kv
