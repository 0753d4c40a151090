// What INFO tells: the backend and the client port fill in the struct; info_text.hpp makes the text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kv {

// What clients that ask for a version take us for: the commands that there are answer as that Redis does.
inline constexpr std::string_view redis_version = "7.0.0";

struct peer_info {
  std::uint32_t id = 0;
  std::string host; // as it stands in --cluster: where the nodes talk to each other
  std::uint16_t port = 0;
  // Only a leader knows these.
  std::optional<std::uint64_t> match{}; // known to be durable there; it may have more
  std::optional<std::uint64_t> next{};  // sent from here on
  std::string_view state{};             // probe, replicate, snapshot
  // Any node knows these.
  bool connected = false;       // what is sent to it goes out
  bool hearing = false;         // it has a connection to this node
  std::size_t queued_bytes = 0; // that the system has not taken yet
};

// What is held for clients, in bytes.
struct client_memory_info {
  std::size_t half_requests = 0;
  std::size_t pipelines = 0; // requests that wait for their turn or their outcome
  std::size_t unread_answers = 0;
  std::size_t connections = 0; // the rest of what each of them takes
  std::size_t limit = 0;       // of all together
  std::size_t highest = 0;     // that it was
  std::size_t total() const { return half_requests + pipelines + unread_answers + connections; }
};

struct info {
  std::uint64_t uptime_seconds = 0;
  std::string listen;     // where clients connect
  std::uint16_t port = 0; // the same one's
  std::string run_id;     // 40 hexadecimal digits: this store, in this run of the process
  std::string cluster_id; // likewise, of the whole cluster

  std::uint32_t id = 0;
  std::string protocol;
  std::string role;           // leader, follower, candidate
  std::uint64_t term = 0;     // of Multi-Paxos: the ballot as one number, which grows as a term does
  std::string ballot;         // its parts, round=R,owner=N (a node's id); Raft has none, and no such line
  std::uint32_t leader = 0;   // 0: not known
  std::string leader_address; // as it stands in --cluster
  std::uint64_t commit_index = 0;
  std::uint64_t applied_index = 0;
  std::uint64_t first_index = 0; // of the entries that are kept
  std::uint64_t last_index = 0;
  std::uint64_t snapshot_index = 0;         // where the newest whole one stands; 0: there is none
  std::string_view snapshot_state = "idle"; // saving: of its own state; fetching: from the leader
  bool sends_snapshot = false;              // to another node
  std::vector<peer_info> peers;

  // Counted since this process started.
  std::uint64_t elections = 0;
  std::uint64_t leader_changes = 0;
  std::uint64_t commits = 0; // entries
  std::uint64_t syncs = 0;
  std::uint64_t sync_under_way_ms = 0; // how long the one that is under way has taken so far; 0: none is
  std::uint64_t bytes = 0;             // written to the log
  std::uint64_t entries = 0;           // written to the log
  std::uint64_t snapshots_saved = 0;
  std::uint64_t snapshots_fetched = 0;
  std::uint64_t snapshots_failed = 0; // the node's log says why

  // Filled in by the client port.
  std::size_t connected_clients = 0;
  std::size_t max_clients = 0;
  std::uint64_t connections_received = 0;
  std::uint64_t connections_rejected = 0;
  std::uint64_t commands_processed = 0;
  std::uint64_t keys = 0;
  client_memory_info client_memory{};
  std::uint64_t closed_for_memory = 0; // connections
  std::uint64_t closed_idle = 0;

  // The longest that each part of the node's loop has taken, in CPU time of the thread.
  std::uint64_t client_slice_max_cpu_usec = 0; // a slice of clients' work
  std::uint64_t turn_max_cpu_usec = 0;         // the replica's turn, with what it applies
  std::uint64_t sockets_max_cpu_usec = 0;

  bool leads() const { return role == "leader"; }
  // The leader if it is another node; nullptr: it is this one, or not known.
  peer_info const* other_leader() const {
    for (auto const& p : peers)
      if (p.id == leader) return &p;
    return nullptr;
  }
};

} // namespace kv
