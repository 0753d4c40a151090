// Memory that is held for clients.
#pragma once

#include <cstddef>

namespace kv {

// What one connection holds of the node's memory, in bytes.
struct client_bytes {
  std::size_t connection = 0; // itself
  std::size_t half = 0;       // requests that have not come in whole
  std::size_t pipeline = 0;   // requests that wait for their outcome, and replies that wait behind these
  std::size_t unread = 0;     // replies that the client has not fetched
  std::size_t all() const { return connection + half + pipeline + unread; }
  client_bytes& operator+=(client_bytes const& b) {
    connection += b.connection, half += b.half, pipeline += b.pipeline, unread += b.unread;
    return *this;
  }
  client_bytes& operator-=(client_bytes const& b) {
    connection -= b.connection, half -= b.half, pipeline -= b.pipeline, unread -= b.unread;
    return *this;
  }
};

} // namespace kv
