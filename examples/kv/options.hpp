// The command line: `kv serve`'s flags, and what is wrong with them in words that help.
#pragma once

#include "../flags.hpp"
#include "limits.hpp"

#include "quorate/service/integer.hpp"

#include <sys/types.h>

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
  pid_t parent = 0; // die with it; 0: live on
};

inline constexpr std::string_view usage =
    R"(kv: a replicated key-value store that speaks the Redis protocol (RESP2)

  kv serve --id N --cluster N=HOST:PORT,... --listen HOST:PORT --data DIR [options]
      runs one node until SIGTERM
  kv demo [--protocol P]
      starts three nodes on this machine, kills the leader under load, and checks
      that nothing acknowledged is lost; takes under a minute
  kv --help

What serve needs:
  --id N                    this node's number in --cluster, 1 or more
  --cluster 1=HOST:PORT,... every node's number and the address at which the nodes talk
                            to each other; the same on all of them
  --listen HOST:PORT        where clients connect
  --data DIR                this node's own directory; made if it is not there

Options:
  --protocol P              raft or multi-paxos; the same on all nodes, and for good (raft)
  --cluster-id N            keeps the nodes of two clusters apart (1)
  --max-key BYTES           the longest key (65536)
  --max-value BYTES         the longest value (1048576)
  --election-timeout MS     how long no leader is heard before there is an election (500)
  --heartbeat MS            how often the leader is heard; at most half of the above (100)
  --request-timeout MS      how long a request may take, from when all before it on its
                            connection have been answered (3000)
  --max-clients N           connections of clients (10000); fewer, with a warning, if the
                            system gives fewer descriptors
  --client-memory BYTES     of all clients together: unread answers, half requests,
                            pipelines (268435456); who has most unread is closed first
  --idle-timeout SECONDS    closes a connection that neither asks nor fetches; 0: never (0)

Try it:
  redis-cli -p 6401 set a 1
)";

namespace options_detail {

using flags::complaint;
using flags::failure;
using flags::integer_within;

inline address parse_address(std::string_view flag, std::string_view text) {
  auto const colon = text.rfind(':');
  auto const port = colon == text.npos
                        ? std::nullopt
                        : quorate::service::parse_integer<std::uint16_t>(text.substr(colon + 1));
  if (!port || colon == 0) throw failure{complaint(flag, "HOST:PORT, such as 127.0.0.1:6401", text)};
  auto host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']'))
    host = host.substr(1, host.size() - 2); // IPv6, as in a URL
  return {std::string{host}, *port};
}

inline std::vector<member> parse_cluster(std::string_view text) {
  std::vector<member> members;
  for (auto rest = text; !rest.empty();) {
    auto const one = rest.substr(0, rest.find(','));
    rest.remove_prefix(one.size() < rest.size() ? one.size() + 1 : one.size());
    auto const equals = one.find('=');
    if (equals == one.npos)
      throw failure{complaint("--cluster", "N=HOST:PORT, such as 1=127.0.0.1:7101", one)};
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

// One flag's value into the options. False: there is no such flag.
inline bool set(serve_flags& o, std::string_view flag, std::string_view text) {
  using ms = std::chrono::milliseconds;
  auto const duration = [&] { return ms{integer_within<ms::rep>(flag, text, 1, 600000)}; };
  if (flag == "--id")
    o.id = integer_within<std::uint32_t>(flag, text, 1, 0xffffffff);
  else if (flag == "--cluster")
    o.cluster = parse_cluster(text);
  else if (flag == "--listen")
    o.listen = parse_address(flag, text);
  else if (flag == "--data")
    o.data = text;
  else if (flag == "--cluster-id")
    o.cluster_id = integer_within<std::uint64_t>(flag, text, 1, ~std::uint64_t{0});
  else if (flag == "--max-key")
    o.limit.max_key = integer_within<std::size_t>(flag, text, 1, std::size_t{1} << 20);
  else if (flag == "--max-value")
    o.limit.max_value = integer_within<std::size_t>(flag, text, 1, std::size_t{8} << 20);
  else if (flag == "--election-timeout")
    o.election_timeout = duration();
  else if (flag == "--heartbeat")
    o.heartbeat = duration();
  else if (flag == "--request-timeout")
    o.limit.request_timeout = duration();
  else if (flag == "--idle-timeout")
    o.limit.idle_timeout = std::chrono::seconds{integer_within<std::chrono::seconds::rep>(flag, text, 0, 1000000)};
  else if (flag == "--max-clients")
    o.limit.max_clients = integer_within<std::size_t>(flag, text, 1, 1000000);
  else if (flag == "--client-memory")
    o.limit.client_memory = integer_within<std::size_t>(flag, text, std::size_t{1} << 20, std::size_t{1} << 40);
  else if (flag == "--protocol")
    o.protocol = parse_protocol(flag, text);
  else if (flag == "--die-with-parent")
    o.parent = integer_within<pid_t>(flag, text, 1, 0x7fffffff); // the demo's own
  else
    return false;
  return true;
}

inline void check(serve_flags const& o) {
  if (o.id == 0) throw failure{"--id is missing: which node of --cluster is this?"};
  if (o.cluster.empty()) throw failure{"--cluster is missing: expected N=HOST:PORT,... of all nodes"};
  if (o.listen.host.empty()) throw failure{"--listen is missing: expected HOST:PORT where clients connect"};
  if (o.data.empty()) throw failure{"--data is missing: expected a directory of this node's own"};
  bool named = false;
  for (auto const& m : o.cluster) named = named || m.id == o.id;
  if (!named)
    throw failure{"--id: expected a node of --cluster, but " + std::to_string(o.id) + " is not one of them"};
  if (2 * o.heartbeat > o.election_timeout)
    throw failure{"--heartbeat: expected at most half of --election-timeout (" +
                  std::to_string(o.election_timeout.count()) + " ms), but got " +
                  std::to_string(o.heartbeat.count()) + " ms; lower it, or raise the other"};
}

} // namespace options_detail

// What follows `kv demo`; or what is wrong with it, in `error`.
inline std::optional<protocol> parse_demo_flags(std::span<char const* const> words, std::string& error) {
  if (words.empty()) return protocol::raft;
  try {
    if (words.size() == 2 && std::string_view{words[0]} == "--protocol")
      return options_detail::parse_protocol("--protocol", words[1]);
    error = "kv demo: expected nothing or --protocol P, but got \"" + std::string{words[0]} + "\"";
  } catch (flags::failure const& f) {
    error = f.text;
  }
  return std::nullopt;
}

// What follows `kv serve`; or what is wrong with it, in `error`.
inline std::optional<serve_flags> parse_serve_flags(std::span<char const* const> words, std::string& error) {
  serve_flags o;
  try {
    for (flags::reader in{words}; in.next();) {
      auto const flag = in.word();
      if (!options_detail::set(o, flag, in.value()))
        throw flags::failure{"\"" + std::string{flag} + "\" is no flag of kv serve; see kv --help"};
    }
    options_detail::check(o);
  } catch (flags::failure const& f) {
    error = f.text;
    return std::nullopt;
  }
  return o;
}

} // namespace kv
