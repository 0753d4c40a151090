// What redis-cli, redis-benchmark and client libraries ask of a server for their own sake.
#pragma once

#include "commands.hpp"

#include "quorate/service/glob.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace kv {

// One connection, as its own commands see it.
struct session {
  std::uint64_t id = 0;
  limits const* limit = nullptr;
  std::string name{};
  bool quitting = false; // close once everything has been answered
};

namespace answers {

inline void ping(session&, arguments args, resp_writer& out) {
  if (args.size() > 2)
    out.error(wrong_number_of_arguments("ping"));
  else if (args.size() == 2)
    out.bulk(args[1]);
  else
    out.status("PONG");
}

inline void echo(session&, arguments args, resp_writer& out) { out.bulk(args[1]); }

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

inline void unknown_subcommand(std::string_view command_name, std::string_view sub, resp_writer& out) {
  out.error("ERR unknown subcommand or wrong number of arguments for '" + std::string{sub.substr(0, 128)} +
            "' of " + std::string{command_name});
}

inline void command(session&, arguments args, resp_writer& out) {
  if (args.size() == 1) return command_info({}, out);
  if (is_word(args[1], "count")) return out.integer(static_cast<std::int64_t>(std::size(command_table)));
  if (is_word(args[1], "docs")) return command_docs(args.subspan(2), out);
  if (is_word(args[1], "info")) return command_info(args.subspan(2), out);
  if (!is_word(args[1], "list")) return unknown_subcommand("COMMAND", args[1], out);
  out.array(std::size(command_table));
  for (auto const& c : command_table) out.bulk(c.name);
}

// CONFIG GET pattern...: what tools look at, and truthfully. redis-benchmark prints `save` and `appendonly`.
inline void config(session& s, arguments args, resp_writer& out) {
  if (!is_word(args[1], "get") || args.size() < 3) return unknown_subcommand("CONFIG", args[1], out);
  std::pair<std::string_view, std::string> const parameters[] = {
      {"appendonly", "yes"}, {"appendfsync", "always"},
      {"databases", "1"},    {"maxclients", std::to_string(s.limit->max_clients)},
      {"maxmemory", "0"},    {"proto-max-bulk-len", std::to_string(s.limit->max_value)},
      {"save", ""},          {"timeout", "0"},
  };
  std::string found;
  resp_writer pairs{found};
  std::size_t n = 0;
  for (auto const& [name, value] : parameters) {
    bool wanted = false;
    for (auto const pattern : args.subspan(2))
      wanted = wanted || quorate::service::glob_match(small_letters(pattern), name);
    if (!wanted) continue;
    pairs.bulk(name);
    pairs.bulk(value);
    n += 2;
  }
  out.array(n);
  out.raw(found);
}

inline bool set_name(session& s, std::string_view name, resp_writer& out) {
  for (auto const c : name)
    if (c < '!' || c > '~') {
      out.error("ERR Client names cannot contain spaces, newlines or special characters.");
      return false;
    }
  if (name.size() > 256) {
    out.error("ERR the client's name is longer than 256 bytes");
    return false;
  }
  s.name = name;
  return true;
}

inline void hello(session& s, arguments args, resp_writer& out) {
  if (args.size() > 1) {
    auto const version = quorate::service::parse_integer<std::int64_t>(args[1]);
    if (!version) return out.error("ERR Protocol version is not an integer or out of range");
    if (*version != 2) return out.error("NOPROTO unsupported protocol version");
    for (std::size_t i = 2; i < args.size(); ++i) {
      if (is_word(args[i], "auth")) return out.error("ERR AUTH is not supported: no password is set");
      if (!is_word(args[i], "setname") || i + 1 == args.size())
        return out.error("ERR Syntax error in HELLO option");
      if (!set_name(s, args[++i], out)) return;
    }
  }
  out.array(14);
  out.bulk("server");
  out.bulk("redis"); // of a kind: clients look here for what they may ask
  out.bulk("version");
  out.bulk("7.0.0");
  out.bulk("proto");
  out.integer(2);
  out.bulk("id");
  out.integer(static_cast<std::int64_t>(s.id));
  out.bulk("mode");
  out.bulk("standalone");
  out.bulk("role");
  out.bulk("master"); // every node takes every command
  out.bulk("modules");
  out.array(0);
}

inline void client(session& s, arguments args, resp_writer& out) {
  auto const sub = args[1];
  if (is_word(sub, "id") && args.size() == 2) return out.integer(static_cast<std::int64_t>(s.id));
  if (is_word(sub, "getname") && args.size() == 2) return s.name.empty() ? out.nil() : out.bulk(s.name);
  if (is_word(sub, "setname") && args.size() == 3) {
    if (set_name(s, args[2], out)) out.status("OK");
    return;
  }
  if (is_word(sub, "setinfo") && args.size() == 4) return out.status("OK");
  if (is_word(sub, "info") && args.size() == 2)
    return out.bulk("id=" + std::to_string(s.id) + " name=" + s.name + " db=0 resp=2\n");
  unknown_subcommand("CLIENT", sub, out);
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

inline void quit(session& s, arguments, resp_writer& out) {
  s.quitting = true;
  out.status("OK");
}

} // namespace answers
} // namespace kv
