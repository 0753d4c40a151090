// Transports in one event loop, and a bare socket that speaks to them as it pleases.
#pragma once

#include "quorate/transport/tcp.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <tuple>
#include <utility>

namespace quorate::test {

using namespace std::chrono_literals;

struct received {
  node_id from;
  incarnation_id incarnation;
  std::string bytes;
  friend bool operator==(received const&, received const&) = default;
};

inline std::vector<std::byte> bytes_of(std::string_view s) {
  auto const b = std::as_bytes(std::span{s});
  return {b.begin(), b.end()};
}

inline std::string text_of(std::span<std::byte const> b) {
  return {reinterpret_cast<char const*>(b.data()), b.size()};
}

// Runs the loop until it is so; false when that takes longer than a test should.
inline bool until(asio::io_context& io, std::function<bool()> const& so, std::chrono::milliseconds limit = 10s) {
  auto const end = std::chrono::steady_clock::now() + limit;
  while (!so()) {
    if (std::chrono::steady_clock::now() > end) return false;
    io.restart();
    io.run_one_for(5ms);
  }
  return true;
}

inline void for_a_while(asio::io_context& io, std::chrono::milliseconds t) {
  until(
      io, [] { return false; }, t);
}

// One node: its options, what it has received and what it has logged.
struct party {
  using transport = tcp_transport<std::function<std::string(node_id, incarnation_id, std::span<std::byte const>)>,
                                  std::function<void(std::string)>>;

  asio::io_context& io;
  tcp_options options{};
  std::vector<received> got{};
  std::vector<std::string> lines{};
  std::function<void()> on_frame = [] {};
  std::string hang_up{}; // what is wrong with the next frame; empty: nothing
  std::function<void()> on_line = [] {};
  std::unique_ptr<transport> net{};

  party(asio::io_context& loop, std::uint32_t id, std::uint32_t nodes) : io{loop} {
    options.cluster = cluster_id{77};
    options.self = node_id{id};
    options.store = store_id{1000 + id};
    options.incarnation = incarnation_id{1};
    options.backoff_max = 200ms;
    for (std::uint32_t n = 1; n <= nodes; ++n) options.peers[node_id{n}] = {asio::ip::address_v4::loopback(), 0};
  }

  void open() {
    net = std::make_unique<transport>(
        options, io,
        [this](node_id from, incarnation_id i, std::span<std::byte const> f) {
          got.push_back({from, i, text_of(f)});
          on_frame();
          return std::exchange(hang_up, {});
        },
        [this](std::string line) {
          lines.push_back(std::move(line));
          on_line();
        });
    REQUIRE(net->start() == std::error_code{});
    options.peers[options.self] = net->local_endpoint(); // the next time, the same port
  }

  tcp::endpoint at() const { return options.peers.at(options.self); }

  void meet(node_id peer, tcp::endpoint const& where) {
    options.peers[peer] = where;
    if (net) net->relocate(peer, where);
  }

  bool send(std::uint32_t to, std::string_view frame) { return net->send(node_id{to}, bytes_of(frame)); }
  bool connected(std::uint32_t to) const { return net->connected(node_id{to}); }
  tcp_peer_status status(std::uint32_t of) const { return net->status(node_id{of}); }

  std::size_t times(std::string_view part) const {
    std::size_t n = 0;
    for (auto const& l : lines) n += l.find(part) != std::string::npos;
    return n;
  }
};

// Tells each where the others are.
inline void introduce(std::initializer_list<party*> all) {
  for (auto* a : all)
    for (auto* b : all)
      if (a != b) a->meet(b->options.self, b->at());
}

inline bool meshed(asio::io_context& io, std::initializer_list<party*> all) {
  return until(io, [&] {
    for (auto* a : all)
      for (auto* b : all)
        if (a != b && !(a->status(b->options.self.value).connected && a->status(b->options.self.value).hearing))
          return false;
    return true;
  });
}

// A connection whose other end is a transport in the same loop.
struct bare {
  asio::io_context& io;
  asio::ip::tcp::socket socket{io};
  bool closed = false; // seen by hear()
  bool cut = false;    // seen by say(): not all of it was taken

  void dial(tcp::endpoint const& at) {
    socket.connect(at);
    socket.set_option(asio::ip::tcp::no_delay{true});
  }

  // What the other side does to us meanwhile, a reset too, is its right.
  void say(std::span<std::byte const> b) {
    socket.non_blocking(true);
    until(io, [&] {
      std::error_code ec;
      b = b.subspan(socket.write_some(asio::buffer(b.data(), b.size()), ec));
      cut = ec && ec != asio::error::would_block;
      return b.empty() || cut;
    });
  }
  void say(std::string_view s) { say(bytes_of(s)); }

  // At least n bytes, or what came before the other side closed.
  std::vector<std::byte> hear(std::size_t n) {
    std::vector<std::byte> all(n);
    std::size_t have = 0;
    socket.non_blocking(true);
    until(io, [&] {
      std::error_code ec;
      have += socket.read_some(asio::buffer(all.data() + have, n - have), ec);
      closed = ec && ec != asio::error::would_block;
      return closed || have == n;
    });
    all.resize(have);
    return all;
  }

  bool hangs_up() {
    hear(1u << 16);
    return closed;
  }
};

inline tcp::hello hello_from(party const& p, std::uint32_t to) {
  return tcp::registry{p.options}.hello_to(node_id{to});
}

inline std::vector<std::byte> hello_bytes(tcp::hello const& h) {
  std::vector<std::byte> b;
  tcp::put_hello(b, h);
  return b;
}

inline std::vector<std::byte> confirm_bytes(std::uint64_t nonce) {
  std::vector<std::byte> b;
  tcp::put_confirm(b, nonce);
  return b;
}

inline std::vector<std::byte> frame_bytes(std::uint32_t size, std::string_view body) {
  std::vector<std::byte> b;
  tcp::put(b, size);
  for (char c : body) b.push_back(static_cast<std::byte>(c));
  return b;
}

// A bare connection to `there` that has said hello as `p`, who is not running. Returns the answer; nothing if it
// is no hello.
inline std::optional<tcp::hello> greet_as(bare& b, party const& p, party const& there) {
  b.dial(there.at());
  b.say(hello_bytes(hello_from(p, there.options.self.value)));
  auto const answer = b.hear(tcp::record_head_bytes + tcp::hello_fixed_bytes + there.options.protocol.size());
  if (answer.size() < tcp::record_head_bytes || tcp::parse_head(answer)->kind != tcp::record_kind::hello)
    return {};
  return tcp::parse_hello(std::span{answer}.subspan(tcp::record_head_bytes));
}

// The same, and it has confirmed: it may send frames.
inline void pass_for(bare& b, party const& p, party const& there) {
  auto const answer = greet_as(b, p, there);
  REQUIRE(answer);
  b.say(confirm_bytes(answer->nonce));
}

// What the heap of this program has done (heap.cpp).
std::size_t heap_live_bytes();
std::size_t heap_largest_since_reset();
void heap_reset();

} // namespace quorate::test
