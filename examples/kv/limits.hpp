// What a node takes from its clients, and how long it lets them wait.
#pragma once

#include "quorate/service/work_budget.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace kv {

struct limits {
  std::size_t max_key = std::size_t{64} << 10;  // bytes (--max-key)
  std::size_t max_value = std::size_t{1} << 20; // bytes (--max-value)
  // How long a request may take (--request-timeout). Its time begins when all before it on its connection have
  // been
  // answered.
  std::chrono::milliseconds request_timeout{3000};
  // How long a client may neither ask nor fetch anything before its connection is closed (--idle-timeout); 0: for
  // ever.
  std::chrono::seconds idle_timeout{0};

  std::size_t max_clients = 10000; // connections (--max-clients); fewer if the system gives fewer descriptors
  // Beyond them so many connections are let in that may only look: an operator must see who takes all the others.
  std::size_t operators = 4;
  // Memory of all clients together (--client-memory): half requests, pipelines, unread answers, the connections.
  std::size_t client_memory = std::size_t{256} << 20;

  std::size_t max_outstanding = 1024; // requests of one connection, then its socket is not read
  // Bytes of requests and replies of one connection, likewise; then its reads wait too until it fetches replies.
  std::size_t max_buffered = std::size_t{8} << 20;
  // What one command reads is of one moment and can't be cut into slices, so it is bounded; its keys too
  // (max_keys).
  // Bytes of keys and values in one reply: several values of the largest size, or many small ones.
  std::size_t max_answer() const { return std::max(std::size_t{8} << 20, 2 * max_value); }

  // What clients may cost between two turns of the replica, which has to hear its peers (units: cost).
  std::uint64_t slice = 4'000'000;

  // One encoded operation: a key and a value of the largest size fit, as do many small ones (MSET).
  std::size_t max_operation() const { return max_key + max_value + (std::size_t{64} << 10); }
  // On the wire. What is only somewhat too large is read, so that it can be refused by name; what is far too
  // large costs the connection.
  std::size_t max_bulk() const { return 2 * std::max(max_key, max_value) + (std::size_t{64} << 10); }
  std::size_t max_request() const { return 2 * max_operation(); }
};

// What the work for clients costs, in units of about one instruction.
namespace cost {
inline constexpr std::uint64_t request = 2000;                                          // whatever it is
inline constexpr std::uint64_t key = 1000;                                              // to find or to put one
inline constexpr std::uint64_t of_bytes(std::size_t n) { return std::uint64_t{n} / 4; } // read, or looked at
// A reply with what the store has, which is moved about twice.
inline constexpr std::uint64_t of_reply(std::size_t n) { return n; }
inline constexpr std::uint64_t visit = 500; // of one connection by a command that looks at all
// A text that is made here, word by word.
inline constexpr std::uint64_t of_text(std::size_t n) { return std::uint64_t{n} * 16; }
} // namespace cost

// What one connection may spend in a slice. The last thing that it does may cost more than is left, and is paid
// for all the same: by those that come behind it in the slice.
struct slice_budget : quorate::service::work_budget {
  std::uint64_t over = 0;
  void charge(std::uint64_t n) {
    if (n > left) over += n - left;
    spend(n);
  }
};

} // namespace kv
