// What a node takes from its clients, and how long it lets them wait.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace kv {

struct limits {
  std::size_t max_key = std::size_t{64} << 10;  // bytes (--max-key)
  std::size_t max_value = std::size_t{1} << 20; // bytes (--max-value)
  // How long a request may wait for a leader (--request-timeout); once it is on its way, its outcome may take
  // as long again before the client is told that it cannot be known.
  std::chrono::milliseconds request_timeout{3000};

  std::size_t max_clients = 10000;
  std::size_t max_outstanding = 1024; // requests of one connection, then its socket is not read
  std::size_t max_buffered = std::size_t{8}
                             << 20;               // bytes of requests and replies of one connection, likewise
  std::size_t max_answer = std::size_t{64} << 20; // bytes of keys and values in one reply

  // One encoded operation: a key and a value of the largest size fit, as do many small ones (MSET).
  std::size_t max_operation() const { return max_key + max_value + (std::size_t{64} << 10); }
  // On the wire. What is only somewhat too large is read, so that it can be refused by name; what is far too
  // large costs the connection.
  std::size_t max_bulk() const { return 2 * std::max(max_key, max_value) + (std::size_t{64} << 10); }
  std::size_t max_request() const { return 2 * max_operation(); }
};

} // namespace kv
