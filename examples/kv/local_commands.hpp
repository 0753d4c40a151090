// What redis-cli, redis-benchmark and client libraries ask of a server for their own sake.
#pragma once

#include "commands.hpp"
#include "info_text.hpp"
#include "session.hpp"

#include "quorate/service/glob.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace kv::answers {

inline void ping(session&, arguments args, resp_writer& out) {
  if (args.size() > 2)
    out.error(wrong_number_of_arguments("ping"));
  else if (args.size() == 2)
    out.bulk(args[1]);
  else
    out.status("PONG");
}

inline void echo(session&, arguments args, resp_writer& out) { out.bulk(args[1]); }

inline void time(session&, arguments, resp_writer& out) {
  using namespace std::chrono;
  auto const now = duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
  out.array(2);
  out.bulk(std::to_string(now / 1'000'000));
  out.bulk(std::to_string(now % 1'000'000));
}

inline void ok(session&, arguments, resp_writer& out) { out.status("OK"); }

inline void describe(kv::command const& c, resp_writer& out) {
  out.array(6);
  out.bulk(c.name);
  out.integer(c.arity);
  out.array(1);
  out.status(c.kind == command_kind::write ? "write" : c.kind == command_kind::read ? "readonly" : "fast");
  out.integer(c.first_key);
  out.integer(c.last_key);
  out.integer(c.key_step);
}

inline void document(kv::command const& c, resp_writer& out) {
  out.bulk(c.name);
  out.array(4);
  out.bulk("summary");
  out.bulk(c.summary);
  out.bulk("group");
  out.bulk(c.kind == command_kind::write || c.kind == command_kind::read ? "string" : "connection");
}

// COMMAND DOCS [name...]: of those that there are; of all if none is named.
inline void command_docs(arguments names, resp_writer& out) {
  std::size_t known = names.empty() ? std::size(command_table) : 0;
  for (auto const name : names) known += find_command(name) != nullptr ? 1 : 0;
  out.array(2 * known);
  if (names.empty())
    for (auto const& c : command_table) document(c, out);
  for (auto const name : names)
    if (auto const* const c = find_command(name)) document(*c, out);
}

// COMMAND INFO [name...]: nil for those that there are not.
inline void command_info(arguments names, resp_writer& out) {
  out.array(names.empty() ? std::size(command_table) : names.size());
  if (names.empty())
    for (auto const& c : command_table) describe(c, out);
  for (auto const name : names) {
    auto const* const c = find_command(name);
    c != nullptr ? describe(*c, out) : out.nil();
  }
}

// COMMAND GETKEYS command argument...: the keys among the arguments, as the table knows where they stand.
inline void command_get_keys(arguments args, resp_writer& out) {
  auto const* const c = find_command(args[0]);
  if (c == nullptr) return out.error("ERR Invalid command specified");
  if (!c->takes(args.size())) return out.error("ERR Invalid number of arguments specified for command");
  if (c->first_key == 0) return out.error("ERR The command has no key arguments");
  auto const first = static_cast<std::size_t>(c->first_key);
  auto const step = static_cast<std::size_t>(c->key_step);
  auto const end = c->last_key < 0 ? args.size() - static_cast<std::size_t>(-c->last_key) + 1
                                   : static_cast<std::size_t>(c->last_key) + 1;
  out.array(first < end ? (end - first + step - 1) / step : 0);
  for (auto i = first; i < end; i += step) out.bulk(args[i]);
}

inline void unknown_subcommand(std::string_view command_name, std::string_view sub, resp_writer& out) {
  out.error("ERR unknown subcommand or wrong number of arguments for '" + std::string{sub.substr(0, 128)} +
            "' of " + std::string{command_name});
}

inline void command(session&, arguments args, resp_writer& out) {
  if (args.size() == 1) return command_info({}, out);
  if (is_word(args[1], "count")) return out.integer(static_cast<std::int64_t>(std::size(command_table)));
  if (is_word(args[1], "docs")) return command_docs(args.subspan(2), out);
  if (is_word(args[1], "info")) return command_info(args.subspan(2), out);
  if (is_word(args[1], "getkeys") && args.size() > 2) return command_get_keys(args.subspan(2), out);
  if (!is_word(args[1], "list") || args.size() > 2) return unknown_subcommand("COMMAND", args[1], out);
  out.array(std::size(command_table));
  for (auto const& c : command_table) out.bulk(c.name);
}

// CONFIG GET pattern...: what tools look at, and truthfully. redis-benchmark prints `save` and `appendonly`; some
// libraries write to no server whose `replica-read-only` is not "no".
inline void config(session& s, arguments args, resp_writer& out) {
  if (is_word(args[1], "set") || is_word(args[1], "rewrite"))
    return out.error("ERR CONFIG SET and REWRITE are not supported: a node's options are the flags of its start");
  if (is_word(args[1], "resetstat"))
    return out.error("ERR CONFIG RESETSTAT is not supported: INFO counts from the start of the node");
  if (!is_word(args[1], "get") || args.size() < 3) return unknown_subcommand("CONFIG", args[1], out);
  std::pair<std::string_view, std::string> const parameters[] = {
      {"appendfsync", "always"},
      {"appendonly", "yes"},
      {"cluster-enabled", "no"},
      {"databases", "1"},
      {"io-threads", "1"},
      {"maxclients", std::to_string(s.limit->max_clients)},
      {"maxmemory", "0"},
      {"maxmemory-policy", "noeviction"},
      {"notify-keyspace-events", ""},
      {"port", std::to_string(s.host->told().port)},
      {"proto-max-bulk-len", std::to_string(s.limit->max_value)},
      {"replica-read-only", "no"},
      {"requirepass", ""},
      {"save", ""},
      {"slave-read-only", "no"},
      {"slowlog-log-slower-than", "-1"},
      {"timeout", std::to_string(s.limit->idle_timeout.count())},
  };
  std::vector<quorate::service::glob_pattern> patterns;
  for (auto const pattern : args.subspan(2)) {
    if (pattern.size() > 64) return out.error("ERR no parameter's name is longer than 64 bytes");
    patterns.push_back(*quorate::service::glob_pattern::compile(small_letters(pattern)));
  }
  std::string found;
  resp_writer pairs{found};
  std::size_t n = 0;
  for (auto const& [name, value] : parameters) {
    bool wanted = false;
    for (auto const& pattern : patterns) wanted = wanted || pattern.matches(name);
    if (!wanted) continue;
    pairs.bulk(name);
    pairs.bulk(value);
    n += 2;
  }
  out.array(n);
  out.raw(found);
}

inline void info(session& s, arguments args, resp_writer& out) {
  out.bulk(info_text(s.host->told(), args.subspan(1)));
}

// In Redis's form, with indices of the log for offsets. Of a leader's followers those are told that it reaches, as
// far as it knows that they are; a follower tells how far it has applied.
inline void role(session& s, arguments, resp_writer& out) {
  auto const i = s.host->told();
  if (!i.leads()) {
    auto const* const leader = i.other_leader();
    out.array(5);
    out.bulk("slave");
    out.bulk(leader != nullptr ? leader->host : "");
    out.integer(leader != nullptr ? leader->port : 0);
    out.bulk(leader == nullptr ? "connect" : leader->hearing ? "connected" : "connecting");
    return out.integer(static_cast<std::int64_t>(i.applied_index));
  }
  std::size_t reached = 0;
  for (auto const& p : i.peers) reached += p.connected ? 1 : 0;
  out.array(3);
  out.bulk("master");
  out.integer(static_cast<std::int64_t>(i.last_index));
  out.array(reached);
  for (auto const& p : i.peers) {
    if (!p.connected) continue;
    out.array(3);
    out.bulk(p.host);
    out.bulk(std::to_string(p.port));
    out.bulk(std::to_string(p.match.value_or(0)));
  }
}

// What this connection's writes had been promised when they were acknowledged: a majority has them. More may be
// so, but only the leader could tell.
inline void wait(session& s, arguments args, resp_writer& out) {
  for (auto const number : args.subspan(1)) {
    auto const n = quorate::service::parse_integer<std::int64_t>(number);
    if (!n) return out.error(not_an_integer);
    if (*n < 0) return out.error("ERR value is out of range, must be positive");
  }
  out.integer(static_cast<std::int64_t>((s.host->told().peers.size() + 1) / 2));
}

inline void cluster(session&, arguments, resp_writer& out) {
  out.error("ERR This instance has cluster support disabled");
}

// Whoever sends a password believes that one protects what is here.
inline void auth(session&, arguments, resp_writer& out) {
  out.error("ERR AUTH called without any password configured: this server asks for none");
}

// As Redis lets through what stands between blanks in CLIENT LIST; Redis calls a name "Client names".
inline bool is_label(std::string_view what, std::string_view text, resp_writer& out) {
  for (auto const c : text)
    if (c < '!' || c > '~')
      return out.error(std::string{what} + " cannot contain spaces, newlines or special characters."), false;
  if (text.size() <= 256) return true;
  return out.error(std::string{what} + " cannot be longer than 256 bytes"), false;
}
inline bool set_name(session& s, std::string_view name, resp_writer& out) {
  if (!is_label("ERR Client names", name, out)) return false;
  s.name = name;
  return true;
}

inline void hello(session& s, arguments args, resp_writer& out) {
  if (args.size() > 1) {
    auto const version = quorate::service::parse_integer<std::int64_t>(args[1]);
    if (!version) return out.error("ERR Protocol version is not an integer or out of range");
    if (*version != 2) return out.error("NOPROTO unsupported protocol version");
    for (std::size_t i = 2; i < args.size(); ++i) {
      if (is_word(args[i], "auth")) return auth(s, args, out);
      if (!is_word(args[i], "setname") || i + 1 == args.size())
        return out.error("ERR Syntax error in HELLO option");
      if (!set_name(s, args[++i], out)) return;
    }
  }
  out.array(14);
  out.bulk("server");
  out.bulk("redis"); // of a kind: clients look here for what they may ask
  out.bulk("version");
  out.bulk(redis_version);
  out.bulk("proto");
  out.integer(2);
  out.bulk("id");
  out.integer(static_cast<std::int64_t>(s.id));
  out.bulk("mode");
  out.bulk("standalone");
  out.bulk("role");
  out.bulk(s.host->told().leads() ? "master" : "replica"); // any of them takes every command
  out.bulk("modules");
  out.array(0);
}

inline void select(session&, arguments args, resp_writer& out) {
  auto const n = quorate::service::parse_integer<std::int64_t>(args[1]);
  if (!n)
    out.error(not_an_integer);
  else if (*n != 0)
    out.error("ERR DB index is out of range");
  else
    out.status("OK");
}

// There is one database and no password; what is left to forget is the name.
inline void reset(session& s, arguments, resp_writer& out) {
  s.name.clear();
  out.status("RESET");
}

inline void quit(session& s, arguments, resp_writer& out) {
  s.quitting = true;
  out.status("OK");
}

} // namespace kv::answers

#include "client_commands.hpp"
