// The descriptors that the system gives a node, and who may have how many: the log, the peers and the operator
// keep
// their share whatever clients do.
#pragma once

#include <sys/resource.h>

#include <algorithm>
#include <cstddef>
#include <string>

namespace kv {

struct descriptor_shares {
  std::size_t clients = 0; // connections of clients at most
  std::size_t guests = 0;  // connections at the peers' port that have not said yet who they are
  std::string wrong{};     // why the node can't run; or nothing
  std::string note{};      // what the operator should know; or nothing
};

// How `limit` descriptors are shared out. `wanted` connections of clients and `operators` beyond them; `peers`
// other
// nodes.
inline descriptor_shares share_descriptors(std::size_t limit, std::size_t wanted, std::size_t operators,
                                           std::size_t peers) {
  // Standard streams 3, the event loop 4, listeners 2, signals 2, one being accepted on each port 2; the log's
  // directory, lock, segment, next segment, state and the file of known stores, with their directories while they
  // are
  // renamed: 12.
  constexpr std::size_t own = 3 + 4 + 2 + 2 + 2 + 12;
  constexpr std::size_t fewest_guests = 4;
  descriptor_shares s;
  // A guest may be turned away while another has come: two each. A peer has a connection each way, and one more
  // while it reconnects.
  s.guests = std::clamp<std::size_t>(limit / 16, fewest_guests, 64);
  auto const kept = own + operators + 2 * s.guests + 3 * peers;
  if (limit < kept + 8) {
    s.wrong = "the system gives this process " + std::to_string(limit) +
              " file descriptors, and a node of this cluster needs " + std::to_string(kept + 8) +
              " at least; raise the limit (ulimit -n, or LimitNOFILE= of systemd)";
    return s;
  }
  s.clients = std::min(wanted, limit - kept);
  if (s.clients < wanted)
    s.note = "at most " + std::to_string(s.clients) + " clients, and not " + std::to_string(wanted) +
             ": the system gives this process " + std::to_string(limit) +
             " file descriptors; raise the limit (ulimit " +
             "-n, or LimitNOFILE= of systemd) or lower --max-clients";
  return s;
}

// The limit of this process, raised as far as allowed.
inline std::size_t raised_descriptor_limit() {
  rlimit l{};
  if (::getrlimit(RLIMIT_NOFILE, &l) != 0) return 256;
  if (l.rlim_cur < l.rlim_max) {
    auto const soft = l.rlim_cur;
    l.rlim_cur = std::min<rlim_t>(l.rlim_max, 1 << 20);
    if (l.rlim_cur < soft || ::setrlimit(RLIMIT_NOFILE, &l) != 0) l.rlim_cur = soft;
  }
  return static_cast<std::size_t>(std::min<rlim_t>(l.rlim_cur, 1 << 20));
}

} // namespace kv
