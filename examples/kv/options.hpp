// The command line: the flags of `kv serve` and `kv demo`, and what is wrong with them in words that help.
#pragma once

#include "../flags.hpp"
#include "limits.hpp"

#include "quorate/service/integer.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/types.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kv {

struct address {
  std::string host;
  std::uint16_t port = 0;
  std::string text() const { return host + ":" + std::to_string(port); }
};

struct member {
  std::uint32_t id = 0;
  address at;
};

enum class protocol { raft, multi_paxos };
inline constexpr char const* name_of(protocol p) { return p == protocol::raft ? "raft" : "multi-paxos"; }

struct serve_flags {
  std::uint32_t id = 0;
  std::vector<member> cluster;
  address listen;
  std::string data;
  limits limit;
  std::chrono::milliseconds election_timeout{500};
  std::chrono::milliseconds heartbeat{100};
  std::uint64_t cluster_id = 1;
  kv::protocol protocol = kv::protocol::raft;
  std::uint64_t snapshot_bytes = std::uint64_t{64} << 20;
  std::uint64_t transfer_rate = std::uint64_t{32} << 20;
  bool insecure = false; // addresses that other machines may reach are taken
  pid_t parent = 0;      // die with it; 0: live on
};

namespace options_detail {

using flags::complaint;
using flags::failure;
using flags::integer_within;

inline address parse_address(std::string_view flag, std::string_view text) {
  auto const colon = text.rfind(':');
  auto const port =
      colon == text.npos ? std::nullopt : quorate::service::parse_integer<std::uint16_t>(text.substr(colon + 1));
  if (!port || colon == 0) throw failure{complaint(flag, "HOST:PORT, such as 127.0.0.1:6401", text)};
  auto host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2); // IPv6, as in a URL
  return {std::string{host}, *port};
}

inline std::vector<member> parse_cluster(std::string_view text) {
  std::vector<member> members;
  for (auto rest = text; !rest.empty();) {
    auto const one = rest.substr(0, rest.find(','));
    rest.remove_prefix(one.size() < rest.size() ? one.size() + 1 : one.size());
    auto const equals = one.find('=');
    if (equals == one.npos) throw failure{complaint("--cluster", "N=HOST:PORT, such as 1=127.0.0.1:7101", one)};
    auto const id = integer_within<std::uint32_t>("--cluster", one.substr(0, equals), 1, 0xffffffff);
    for (auto const& m : members)
      if (m.id == id)
        throw failure{"--cluster: node " + std::to_string(id) + " is named twice; give each its own number"};
    members.push_back({id, parse_address("--cluster", one.substr(equals + 1))});
    if (members.back().at.port == 0)
      throw failure{complaint("--cluster", "a port that the other nodes can know beforehand", one)};
  }
  if (members.empty() || members.size() > 7)
    throw failure{"--cluster: expected 1 to 7 nodes, but got " + std::to_string(members.size())};
  return members;
}

inline protocol parse_protocol(std::string_view flag, std::string_view text) {
  for (auto const p : {protocol::raft, protocol::multi_paxos})
    if (text == name_of(p)) return p;
  throw failure{complaint(flag, "raft or multi-paxos", text)};
}

using milliseconds = std::chrono::milliseconds;
inline milliseconds duration(std::string_view flag, std::string_view text, milliseconds::rep least) {
  return milliseconds{integer_within<milliseconds::rep>(flag, text, least, 600000)};
}

// Only this machine reaches it. Names other than localhost are not looked up.
inline bool is_loopback(std::string const& host) {
  in_addr four{};
  if (::inet_pton(AF_INET, host.c_str(), &four) == 1) return ntohl(four.s_addr) >> 24 == 127;
  in6_addr six{};
  if (::inet_pton(AF_INET6, host.c_str(), &six) == 1) return IN6_IS_ADDR_LOOPBACK(&six);
  return host == "localhost";
}

// There are no keys yet: whoever can reach a port is believed.
inline void check_loopback(std::string_view flag, address const& at, std::string_view whom) {
  if (is_loopback(at.host)) return;
  throw failure{
      complaint(flag, "an address that only this machine reaches (127.0.0.0/8, ::1 or localhost)", at.text()) +
      ": kv asks for no key yet, so whoever can reach that port can speak as " + std::string{whom} +
      "; take such an address, or, in a network where you trust everybody, add --insecure"};
}

inline void check(serve_flags const& o) {
  if (o.id == 0) throw failure{"--id is missing: which node of --cluster is this?"};
  if (o.cluster.empty()) throw failure{"--cluster is missing: expected N=HOST:PORT,... of all nodes"};
  if (o.listen.host.empty()) throw failure{"--listen is missing: expected HOST:PORT where clients connect"};
  if (o.data.empty()) throw failure{"--data is missing: expected a directory of this node's own"};
  auto const self =
      std::find_if(o.cluster.begin(), o.cluster.end(), [&](member const& m) { return m.id == o.id; });
  if (self == o.cluster.end())
    throw failure{"--id: expected a node of --cluster, but " + std::to_string(o.id) + " is not one of them"};
  if (!o.insecure) {
    check_loopback("--cluster", self->at, "a node of the cluster");
    check_loopback("--listen", o.listen, "a client");
  }
  if (2 * o.heartbeat > o.election_timeout)
    throw failure{"--heartbeat: expected at most half of --election-timeout (" +
                  std::to_string(o.election_timeout.count()) + " ms), but got " +
                  std::to_string(o.heartbeat.count()) + " ms; lower it, or raise the other"};
}

// A flag of `kv serve`.
struct serve_flag {
  std::string_view name;
  std::string_view value; // what stands for it in the help; empty: the flag takes none
  std::string_view help;  // a new line begins a new one there; empty: not for users
  void (*set)(serve_flags&, std::string_view flag, std::string_view text);
};

inline constexpr serve_flag needed_flags[] = {
    {"--id", "N", "this node's number in --cluster, 1 or more",
     [](auto& o, auto flag, auto text) { o.id = integer_within<std::uint32_t>(flag, text, 1, 0xffffffff); }},
    {"--cluster", "1=HOST:PORT,...",
     "every node's number and the address at which the nodes talk\nto each other; the same on all of them",
     [](auto& o, auto, auto text) { o.cluster = parse_cluster(text); }},
    {"--listen", "HOST:PORT", "where clients connect",
     [](auto& o, auto flag, auto text) { o.listen = parse_address(flag, text); }},
    {"--data", "DIR", "this node's own directory; made if it is not there",
     [](auto& o, auto, auto text) { o.data = text; }},
};

inline constexpr serve_flag optional_flags[] = {
    {"--protocol", "P", "raft or multi-paxos; the same on all nodes, and for good (raft)",
     [](auto& o, auto flag, auto text) { o.protocol = parse_protocol(flag, text); }},
    {"--cluster-id", "N", "keeps the nodes of two clusters apart (1)",
     [](auto& o, auto flag, auto text) {
       o.cluster_id = integer_within<std::uint64_t>(flag, text, 1, ~std::uint64_t{0});
     }},
    {"--max-key", "BYTES", "the longest key (65536)",
     [](auto& o, auto flag, auto text) {
       o.limit.max_key = integer_within<std::size_t>(flag, text, 1, std::size_t{1} << 20);
     }},
    {"--max-value", "BYTES", "the longest value (1048576)",
     [](auto& o, auto flag, auto text) {
       o.limit.max_value = integer_within<std::size_t>(flag, text, 1, std::size_t{8} << 20);
     }},
    // Below some ten milliseconds a busy machine alone makes a node campaign.
    {"--election-timeout", "MS", "how long no leader is heard before there is an election (500)",
     [](auto& o, auto flag, auto text) { o.election_timeout = duration(flag, text, 10); }},
    {"--heartbeat", "MS", "how often the leader is heard; at most half of the above (100)",
     [](auto& o, auto flag, auto text) { o.heartbeat = duration(flag, text, 1); }},
    {"--request-timeout", "MS",
     "how long a request may take, from when all before it on its\nconnection have been answered (3000)",
     [](auto& o, auto flag, auto text) { o.limit.request_timeout = duration(flag, text, 10); }},
    {"--max-clients", "N",
     "connections of clients; fewer, with a warning, if the system\ngives fewer descriptors (10000)",
     [](auto& o, auto flag, auto text) {
       o.limit.max_clients = integer_within<std::size_t>(flag, text, 1, 1000000);
     }},
    {"--client-memory", "BYTES",
     "of all clients together: unread answers, half requests,\npipelines; who has most unread is closed first "
     "(268435456)",
     [](auto& o, auto flag, auto text) {
       constexpr auto most = std::min<std::uint64_t>(~std::size_t{0}, std::uint64_t{1} << 40);
       o.limit.client_memory =
           integer_within<std::size_t>(flag, text, std::size_t{16} << 20, static_cast<std::size_t>(most));
     }},
    {"--idle-timeout", "SECONDS", "closes a connection that neither asks nor fetches; 0: never (0)",
     [](auto& o, auto flag, auto text) {
       o.limit.idle_timeout =
           std::chrono::seconds{integer_within<std::chrono::seconds::rep>(flag, text, 0, 1000000)};
     }},
    {"--snapshot-bytes", "BYTES",
     "how much is written to the log before the state is saved and\nthe log behind it goes; 0: never (67108864)",
     [](auto& o, auto flag, auto text) {
       o.snapshot_bytes = integer_within<std::uint64_t>(flag, text, 0, std::uint64_t{1} << 40);
     }},
    {"--transfer-rate", "BYTES", "a second, of snapshots that this node sends; 0: no limit\n(33554432)",
     [](auto& o, auto flag, auto text) {
       o.transfer_rate = integer_within<std::uint64_t>(flag, text, 0, std::uint64_t{1} << 40);
     }},
    {"--insecure", "",
     "takes addresses that are not loopback: whoever can reach them\ncan speak as a node, or as a client",
     [](auto& o, auto, auto) { o.insecure = true; }},
    {"--die-with-parent", "PID", "", // the demo's own
     [](auto& o, auto flag, auto text) { o.parent = integer_within<pid_t>(flag, text, 1, 0x7fffffff); }},
};

// The word in front of `in` is a flag of the table, and its value, if it takes one, goes into the options.
inline bool set_one_of(std::span<serve_flag const> table, serve_flags& o, flags::reader& in) {
  for (auto const& f : table) {
    if (in.word() != f.name) continue;
    if (f.value.empty()) in.no_value();
    f.set(o, f.name, f.value.empty() ? std::string_view{} : in.value());
    return true;
  }
  return false;
}

// The table as lines of the help.
inline std::string help_of(std::span<serve_flag const> table) {
  constexpr std::size_t column = 28;
  std::string out;
  for (auto const& f : table) {
    if (f.help.empty()) continue;
    auto line = "  " + std::string{f.name} + " " + std::string{f.value};
    for (auto rest = f.help; !rest.empty(); line.clear()) {
      auto const part = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(part.size() + 1, rest.size()));
      out.append(line).append(column > line.size() ? column - line.size() : 1, ' ').append(part).append("\n");
    }
  }
  return out;
}

} // namespace options_detail

// The flags of `kv serve` as the help tells them: those that it needs, then the others.
inline std::string needed_flags_help() { return options_detail::help_of(options_detail::needed_flags); }
inline std::string optional_flags_help() { return options_detail::help_of(options_detail::optional_flags); }

// What follows `kv demo`; or what is wrong with it, in `error`.
inline std::optional<protocol> parse_demo_flags(std::span<char const* const> words, std::string& error) {
  auto chosen = protocol::raft;
  try {
    for (flags::reader in{words}; in.next();) {
      if (in.word() != "--protocol")
        throw flags::failure{"\"" + std::string{in.whole()} + "\" is no flag of kv demo; see kv demo --help"};
      chosen = options_detail::parse_protocol(in.word(), in.value());
    }
  } catch (flags::failure const& f) {
    error = f.text;
    return std::nullopt;
  }
  return chosen;
}

// What follows `kv serve`; or what is wrong with it, in `error`.
inline std::optional<serve_flags> parse_serve_flags(std::span<char const* const> words, std::string& error) {
  namespace detail = options_detail;
  serve_flags o;
  try {
    for (flags::reader in{words}; in.next();)
      if (!detail::set_one_of(detail::needed_flags, o, in) && !detail::set_one_of(detail::optional_flags, o, in))
        throw flags::failure{"\"" + std::string{in.whole()} + "\" is no flag of kv serve; see kv serve --help"};
    detail::check(o);
  } catch (flags::failure const& f) {
    error = f.text;
    return std::nullopt;
  }
  return o;
}

} // namespace kv
