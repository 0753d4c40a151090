// The text of INFO, in Redis's form and with its names where they mean the same.
#pragma once

#include "info.hpp"
#include "process_usage.hpp"
#include "words.hpp"

#include "quorate/version.hpp"

#include <sys/utsname.h>
#include <unistd.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace kv {

namespace info_detail {

class text {
public:
  void title(std::string_view section) {
    if (!out.empty()) out += "\r\n";
    out.append("# ").append(section).append("\r\n");
  }
  void line(std::string_view name, std::string_view value) {
    out.append(name).append(":").append(value).append("\r\n");
  }
  void line(std::string_view name, std::uint64_t value) { line(name, std::to_string(value)); }
  std::string out;
};

// a/b with so many decimals, without the locale that printf asks. Precondition: one^decimals fits.
inline std::string ratio(std::uint64_t a, std::uint64_t b, int decimals) {
  std::uint64_t one = 1;
  for (int i = 0; i < decimals; ++i) one *= 10;
  auto const parts = b == 0 ? 0 : a / b * one + a % b * one / b;
  auto rest = std::to_string(parts % one);
  rest.insert(0, static_cast<std::size_t>(decimals) - rest.size(), '0');
  return std::to_string(parts / one) + "." + rest;
}
// As Redis shortens them: 512B, 1.50K, 2.00M.
inline std::string human(std::uint64_t bytes) {
  constexpr std::string_view units = "BKMGTPE";
  std::size_t unit = 0;
  std::uint64_t one = 1;
  for (; bytes / one >= 1024; one *= 1024) ++unit;
  return (unit == 0 ? std::to_string(bytes) : ratio(bytes, one, 2)) + units[unit];
}
// HOST:PORT, with the brackets that an IPv6 address needs.
inline std::string address_of(peer_info const& p) {
  auto const host = p.host.find(':') == p.host.npos ? p.host : "[" + p.host + "]";
  return host + ":" + std::to_string(p.port);
}
inline std::string peer_line(peer_info const& p) {
  auto const flag = [](bool b) { return b ? "1" : "0"; };
  auto line = "address=" + address_of(p) + ",connected=" + flag(p.connected) + ",hearing=" + flag(p.hearing) +
              ",queued_bytes=" + std::to_string(p.queued_bytes);
  if (p.match) line += ",match=" + std::to_string(*p.match);
  if (p.next) line += ",next=" + std::to_string(*p.next);
  if (!p.state.empty()) line.append(",state=").append(p.state);
  return line;
}

inline void server(info const& i, text& t) {
  utsname os{};
  ::uname(&os);
  t.line("redis_version", redis_version);
  t.line("quorate_version", quorate::version);
  t.line("redis_mode", "standalone");
  t.line("server", "quorate kv");
  t.line("os", std::string{os.sysname} + " " + os.release + " " + os.machine);
  t.line("arch_bits", 8 * sizeof(void*));
  t.line("process_id", static_cast<std::uint64_t>(::getpid()));
  t.line("run_id", i.run_id);
  t.line("tcp_port", i.port);
  t.line("listen", i.listen);
  t.line("uptime_in_seconds", i.uptime_seconds);
  t.line("uptime_in_days", i.uptime_seconds / 86400);
}

inline void clients(info const& i, text& t) {
  t.line("connected_clients", i.connected_clients);
  t.line("maxclients", i.max_clients);
  t.line("blocked_clients", 0);
  t.line("clients_closed_idle", i.closed_idle);
}

inline void memory(info const& i, text& t) {
  auto const u = usage_of_process();
  auto const& c = i.client_memory;
  // Of the process as a whole: to ask the allocator costs a walk through all that is free.
  t.line("used_memory", u.resident);
  t.line("used_memory_human", human(u.resident));
  t.line("used_memory_rss", u.resident);
  t.line("used_memory_peak", u.most_resident);
  t.line("used_memory_peak_human", human(u.most_resident));
  t.line("maxmemory", 0);
  t.line("maxmemory_policy", "noeviction");
  t.line("client_memory", c.total());
  t.line("client_memory_half_requests", c.half_requests);
  t.line("client_memory_pipelines", c.pipelines);
  t.line("client_memory_unread_answers", c.unread_answers);
  t.line("client_memory_connections", c.connections);
  t.line("client_memory_limit", c.limit);
  t.line("client_memory_highest", c.highest);
  t.line("clients_closed_for_memory", i.closed_for_memory);
}

inline void persistence(info const& i, text& t) {
  t.line("loading", 0); // a node listens when it has read its log
  t.line("aof_enabled", 1);
  t.line("aof_rewrite_in_progress", 0);
  t.line("rdb_bgsave_in_progress", i.snapshot_state == "saving" ? 1 : 0);
  t.line("snapshot_index", i.snapshot_index);
  t.line("snapshot_state", i.snapshot_state);
  t.line("snapshot_sending", i.sends_snapshot ? 1 : 0);
  t.line("snapshots_saved", i.snapshots_saved);
  t.line("snapshots_fetched", i.snapshots_fetched);
  t.line("snapshots_failed", i.snapshots_failed);
  t.line("log_first_index", i.first_index);
  t.line("log_last_index", i.last_index);
}

inline void stats(info const& i, text& t) {
  t.line("total_connections_received", i.connections_received);
  t.line("total_commands_processed", i.commands_processed);
  t.line("rejected_connections", i.connections_rejected);
  t.line("expired_keys", 0);
  t.line("evicted_keys", 0);
}

// In Redis's words a leader is a master and every other node a slave, also one that knows no leader; but any of
// them takes writes. Offsets are indices of the log.
inline void replication(info const& i, text& t) {
  t.line("role", i.leads() ? "master" : "slave");
  std::size_t slaves = 0;
  if (i.leads()) {
    for (auto const& p : i.peers) slaves += p.connected ? 1 : 0;
    t.line("connected_slaves", slaves);
    std::size_t n = 0;
    for (auto const& p : i.peers)
      if (p.connected)
        t.line("slave" + std::to_string(n++), "ip=" + p.host + ",port=" + std::to_string(p.port) +
                                                  ",state=online,offset=" + std::to_string(p.match.value_or(0)));
  } else {
    auto const* const leader = i.other_leader();
    t.line("master_host", leader != nullptr ? leader->host : "");
    t.line("master_port", leader != nullptr ? leader->port : 0);
    t.line("master_link_status", leader != nullptr && leader->hearing ? "up" : "down");
    t.line("master_sync_in_progress", 0);
    t.line("slave_read_repl_offset", i.last_index);
    t.line("slave_repl_offset", i.applied_index);
    t.line("slave_read_only", 0);
    t.line("connected_slaves", slaves);
  }
  t.line("master_replid", i.cluster_id);
  t.line("master_repl_offset", i.leads() ? i.last_index : i.commit_index);
}

inline void cpu(info const& i, text& t) {
  auto const u = usage_of_process();
  t.line("used_cpu_sys", ratio(u.system_usec, 1'000'000, 6));
  t.line("used_cpu_user", ratio(u.user_usec, 1'000'000, 6));
  t.line("client_slice_max_cpu_usec", i.client_slice_max_cpu_usec);
  t.line("turn_max_cpu_usec", i.turn_max_cpu_usec);
  t.line("sockets_max_cpu_usec", i.sockets_max_cpu_usec);
}

inline void consensus(info const& i, text& t) {
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
  for (auto const& p : i.peers) t.line("peer" + std::to_string(p.id), peer_line(p));
  t.line("elections", i.elections);
  t.line("leader_changes", i.leader_changes);
  t.line("commits", i.commits);
  t.line("syncs", i.syncs);
  t.line("sync_under_way_ms", i.sync_under_way_ms);
  t.line("bytes", i.bytes);
  t.line("entries_per_sync", ratio(i.entries, i.syncs, 2));
}

inline void cluster(info const&, text& t) { t.line("cluster_enabled", 0); } // Redis's own kind is meant

inline void keyspace(info const& i, text& t) {
  if (i.keys > 0) t.line("db0", "keys=" + std::to_string(i.keys) + ",expires=0,avg_ttl=0");
}

struct section {
  std::string_view title;
  void (*write)(info const&, text&);
};
// Consensus stands behind Replication: who makes one map of all lines finds the role as the protocol has it.
inline constexpr section sections[] = {
    {"Server", server},   {"Clients", clients},         {"Memory", memory}, {"Persistence", persistence},
    {"Stats", stats},     {"Replication", replication}, {"CPU", cpu},       {"Consensus", consensus},
    {"Cluster", cluster}, {"Keyspace", keyspace},
};

inline bool is_wanted(section const& s, std::span<std::string_view const> names) {
  auto const title = small_letters(s.title);
  for (auto const name : names)
    for (std::string_view const good : {std::string_view{title}, std::string_view{"all"},
                                        std::string_view{"default"}, std::string_view{"everything"}})
      if (is_word(name, good)) return true;
  return names.empty();
}

} // namespace info_detail

// The sections of these names, in any case; all of them if none is named. A name that there is not gives nothing.
inline std::string info_text(info const& i, std::span<std::string_view const> names) {
  info_detail::text t;
  for (auto const& s : info_detail::sections) {
    if (!info_detail::is_wanted(s, names)) continue;
    t.title(s.title);
    s.write(i, t);
  }
  return std::move(t.out);
}

} // namespace kv
