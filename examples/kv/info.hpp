// What INFO tells: the backend fills in the struct, this makes the text.
#pragma once

#include "client_bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kv {

struct peer_info {
  std::uint32_t id = 0;
  std::string address;
  std::uint64_t match = 0; // known to be durable there
  std::uint64_t next = 0;  // sent from here on
  std::string state;       // of the leader's view of it: probe, replicate, ...; or "unknown" on a follower
};

struct info {
  std::uint64_t uptime_seconds = 0;
  std::string listen; // where clients connect

  std::uint32_t id = 0;
  std::string protocol;
  std::string role;       // leader, follower, candidate
  std::uint64_t term = 0; // of Multi-Paxos: the ballot as one number, which grows as a term does
  std::string ballot;     // its parts, round=R,owner=N (a node's id); Raft has none, and no such line
  std::uint32_t leader = 0;   // 0: not known
  std::string leader_address; // as it stands in --cluster
  std::uint64_t commit_index = 0;
  std::uint64_t applied_index = 0;
  std::uint64_t last_index = 0;
  std::vector<peer_info> peers;

  // Counted since this process started.
  std::uint64_t elections = 0;
  std::uint64_t leader_changes = 0;
  std::uint64_t commits = 0; // entries
  std::uint64_t syncs = 0;
  std::uint64_t bytes = 0;   // written to the log
  std::uint64_t entries = 0; // written to the log

  // Filled in by the client port.
  std::size_t connected_clients = 0;
  std::uint64_t connections_received = 0;
  std::uint64_t commands_processed = 0;
  std::uint64_t keys = 0;
  std::size_t max_clients = 0;
  client_bytes memory{};
  std::size_t memory_peak = 0;
  std::size_t memory_limit = 0;
  std::uint64_t closed_for_memory = 0;
  std::uint64_t closed_idle = 0;
  std::uint64_t rejected = 0; // connections

  // The longest that each part of the node's loop has taken, in microseconds of CPU.
  std::uint64_t sockets_max_cpu = 0;
  std::uint64_t slice_max_cpu = 0;
  std::uint64_t turn_max_cpu = 0;
};

namespace info_detail {

class text {
public:
  explicit text(std::string_view wanted) : wanted_{wanted} {}
  // Begins a section; false: the client did not ask for it.
  bool section(std::string_view title) {
    std::string name{title};
    for (auto& c : name) c = static_cast<char>(c | 0x20);
    if (!wanted_.empty() && wanted_ != name && wanted_ != "all" && wanted_ != "default" &&
        wanted_ != "everything")
      return false;
    if (!out.empty()) out += "\r\n";
    out.append("# ").append(title).append("\r\n");
    return true;
  }
  void line(std::string_view name, std::string_view value) {
    out.append(name).append(":").append(value).append("\r\n");
  }
  void line(std::string_view name, std::uint64_t value) { line(name, std::to_string(value)); }
  std::string out;

private:
  std::string_view wanted_;
};

// Two decimals, without the locale that printf asks.
inline std::string ratio(std::uint64_t a, std::uint64_t b) {
  auto const hundredths = b == 0 ? 0 : a * 100 / b;
  auto const rest = std::to_string(hundredths % 100);
  return std::to_string(hundredths / 100) + (rest.size() == 1 ? ".0" : ".") + rest;
}

inline void consensus_section(info const& i, text& t) {
  t.line("protocol", i.protocol);
  t.line("id", i.id);
  t.line("role", i.role);
  t.line("term", i.term);
  if (!i.ballot.empty()) t.line("ballot", i.ballot);
  t.line("leader", i.leader);
  t.line("leader_address", i.leader_address);
  t.line("commit_index", i.commit_index);
  t.line("applied_index", i.applied_index);
  t.line("last_index", i.last_index);
  for (auto const& p : i.peers)
    t.line("peer" + std::to_string(p.id), "address=" + p.address + ",match=" + std::to_string(p.match) +
                                              ",next=" + std::to_string(p.next) + ",state=" + p.state);
  t.line("elections", i.elections);
  t.line("leader_changes", i.leader_changes);
  t.line("commits", i.commits);
  t.line("syncs", i.syncs);
  t.line("bytes", i.bytes);
  t.line("entries_per_sync", ratio(i.entries, i.syncs));
}

} // namespace info_detail

// `section`: one section's name in small letters, or nothing for all.
inline std::string info_text(info const& i, std::string_view section) {
  info_detail::text t{section};
  if (t.section("Server")) {
    t.line("server", "quorate kv");
    t.line("listen", i.listen);
    t.line("uptime_in_seconds", i.uptime_seconds);
  }
  if (t.section("Clients")) {
    t.line("connected_clients", i.connected_clients);
    t.line("maxclients", i.max_clients);
    t.line("clients_closed_idle", i.closed_idle);
    t.line("rejected_connections", i.rejected);
  }
  if (t.section("Stats")) {
    t.line("total_connections_received", i.connections_received);
    t.line("total_commands_processed", i.commands_processed);
  }
  if (t.section("Consensus")) info_detail::consensus_section(i, t);
  if (t.section("Memory")) {
    t.line("client_memory", i.memory.all());
    t.line("client_memory_connections", i.memory.connection);
    t.line("client_memory_half_requests", i.memory.half);
    t.line("client_memory_pipelines", i.memory.pipeline);
    t.line("client_memory_unread_answers", i.memory.unread);
    t.line("client_memory_peak", i.memory_peak);
    t.line("client_memory_limit", i.memory_limit);
    t.line("clients_closed_for_memory", i.closed_for_memory);
  }
  if (t.section("CPU")) {
    t.line("sockets_max_cpu_usec", i.sockets_max_cpu);
    t.line("client_slice_max_cpu_usec", i.slice_max_cpu);
    t.line("turn_max_cpu_usec", i.turn_max_cpu);
  }
  if (t.section("Keyspace")) t.line("db0", "keys=" + std::to_string(i.keys));
  return std::move(t.out);
}

} // namespace kv
