// CLIENT: what a connection says of itself, and asks and does about the others.
#pragma once

#include "local_commands.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kv::client_commands {

// Redis's line of CLIENT LIST, with every field of its: libraries take them apart by name.
inline void append_line(std::string& out, client_description const& c) {
  // One growth, and then by hand: thousands of lines are made at once. The names and numbers take some 400 bytes.
  auto const texts = c.address.size() + c.local_address.size() + c.name.size() + c.last_command.size() +
                     c.library_name.size() + c.library_version.size();
  auto const from = out.size();
  out.resize(from + texts + 600);
  auto* at = out.data() + from;
  auto const put = [&](std::string_view bytes) { at = std::copy(bytes.begin(), bytes.end(), at); };
  auto const text = [&](std::string_view name, std::string_view value) { put(name), put(value); };
  auto const number = [&](std::string_view name, auto n) {
    put(name);
    at = std::to_chars(at, at + 24, n).ptr;
  };
  number("id=", c.id);
  text(" addr=", c.address);
  text(" laddr=", c.local_address);
  number(" fd=", c.descriptor);
  text(" name=", c.name);
  number(" age=", c.age_seconds);
  number(" idle=", c.idle_seconds);
  text(" flags=", c.queued >= 0 ? "x" : "N");
  put(" db=0 sub=0 psub=0 ssub=0");
  number(" multi=", c.queued);
  number(" qbuf=", c.query_bytes);
  put(" qbuf-free=0 argv-mem=0 multi-mem=0 rbs=0 rbp=0");
  number(" obl=", c.reply_bytes);
  put(" oll=0");
  number(" omem=", c.reply_bytes);
  number(" tot-mem=", c.memory_bytes);
  text(" events=r cmd=", c.last_command.empty() ? "NULL" : c.last_command);
  text(" user=default redir=-1 resp=2 lib-name=", c.library_name);
  text(" lib-ver=", c.library_version);
  put("\n");
  out.resize(static_cast<std::size_t>(at - out.data()));
}

// Which connections are meant: all of what is given must fit.
struct filter {
  std::vector<std::uint64_t> ids{}; // one of them; empty: any
  std::optional<std::string_view> address{};
  std::optional<std::string_view> local_address{};
  bool nobody = false; // a kind of connection that there is not, or another user
  bool skip_me = false;
  std::uint64_t least_age = 0; // seconds

  bool fits(client_description const& c, std::uint64_t me) const {
    if (nobody || (skip_me && c.id == me) || c.age_seconds < least_age) return false;
    if ((address && *address != c.address) || (local_address && *local_address != c.local_address)) return false;
    for (auto const id : ids)
      if (id == c.id) return true;
    return ids.empty();
  }
};

inline std::optional<std::uint64_t> id_of(std::string_view text) {
  auto const n = quorate::service::parse_integer<std::uint64_t>(text);
  return n && *n > 0 ? n : std::nullopt;
}

// False, having answered: there is no such type of clients.
inline bool set_type(filter& f, std::string_view type, resp_writer& out) {
  for (auto const known : {"normal", "master", "replica", "slave", "pubsub"})
    if (is_word(type, known)) return f.nobody = f.nobody || !is_word(type, "normal"), true;
  return out.error("ERR Unknown client type '" + std::string{type.substr(0, 128)} + "'"), false;
}

// CLIENT LIST [TYPE type] [ID id...]
inline void list(session& s, arguments options, resp_writer& out) {
  filter f;
  if (options.size() == 2 && is_word(options[0], "type")) {
    if (!set_type(f, options[1], out)) return;
  } else if (options.size() > 1 && is_word(options[0], "id")) {
    for (auto const text : options.subspan(1)) {
      auto const id = id_of(text);
      if (!id) return out.error("ERR Invalid client ID");
      f.ids.push_back(*id);
    }
  } else if (!options.empty()) {
    return out.error(syntax_error);
  }
  std::string lines;
  s.host->each_client([&](client_description const& c) {
    if (f.fits(c, s.id)) append_line(lines, c);
  });
  out.bulk(lines);
}

// One of CLIENT KILL's filters. False, having answered.
inline bool set_filter(filter& f, std::string_view name, std::string_view value, resp_writer& out) {
  if (is_word(name, "id") || is_word(name, "maxage")) {
    auto const n = id_of(value);
    if (!n) return out.error("ERR client-id should be greater than 0"), false;
    is_word(name, "id") ? f.ids.push_back(*n) : void(f.least_age = *n);
    return true;
  }
  if (is_word(name, "addr")) return f.address = value, true;
  if (is_word(name, "laddr")) return f.local_address = value, true;
  if (is_word(name, "type")) return set_type(f, value, out);
  if (is_word(name, "user")) return f.nobody = f.nobody || value != "default", true;
  bool const yes = is_word(value, "yes");
  if (is_word(name, "skipme") && (yes || is_word(value, "no"))) return f.skip_me = yes, true;
  return out.error(syntax_error), false;
}

// CLIENT KILL address, answered OK, or CLIENT KILL filter value..., answered with how many there were. One that
// kills itself is answered first.
inline void kill(session& s, arguments options, resp_writer& out) {
  filter f;
  bool const old_form = options.size() == 1;
  if (!old_form && options.size() % 2 != 0) return out.error(syntax_error);
  f.skip_me = !old_form;
  if (old_form) f.address = options[0];
  for (std::size_t i = 0; !old_form && i < options.size(); i += 2)
    if (!set_filter(f, options[i], options[i + 1], out)) return;
  std::vector<std::uint64_t> found;
  s.host->each_client([&](client_description const& c) {
    if (f.fits(c, s.id)) found.push_back(c.id);
  });
  for (auto const id : found) id == s.id ? void(s.quitting = true) : s.host->close(s.host->host, id);
  if (!old_form) return out.integer(static_cast<std::int64_t>(found.size()));
  found.empty() ? out.error("ERR No such client") : out.status("OK");
}

// CLIENT SETINFO LIB-NAME name, or LIB-VER version
inline void set_info(session& s, std::string_view what, std::string_view value, resp_writer& out) {
  bool const name = is_word(what, "lib-name");
  if (!name && !is_word(what, "lib-ver"))
    return out.error("ERR Unrecognized option '" + std::string{what.substr(0, 128)} + "'");
  if (!answers::is_label(name ? "ERR lib-name" : "ERR lib-ver", value, out)) return;
  (name ? s.library_name : s.library_version) = value;
  out.status("OK");
}

// What does nothing here may be asked for; what would have to do something is refused by its name.
inline void set_mode(std::string_view sub, std::string_view mode, resp_writer& out) {
  bool const on = is_word(mode, "on");
  if (!on && !is_word(mode, "off") && !is_word(mode, "skip")) return out.error(syntax_error);
  bool const harmless = is_word(sub, "no-touch") || (is_word(sub, "reply") ? on : !on);
  if (harmless) return out.status("OK");
  out.error("ERR CLIENT " + capital_letters(sub) + " " + capital_letters(mode) + " is not supported");
}

} // namespace kv::client_commands

namespace kv::answers {

inline void client(session& s, arguments args, resp_writer& out) {
  namespace commands = client_commands;
  auto const sub = args[1];
  if (is_word(sub, "id") && args.size() == 2) return out.integer(static_cast<std::int64_t>(s.id));
  if (is_word(sub, "getname") && args.size() == 2) return s.name.empty() ? out.nil() : out.bulk(s.name);
  if (is_word(sub, "setname") && args.size() == 3) {
    if (set_name(s, args[2], out)) out.status("OK");
    return;
  }
  if (is_word(sub, "setinfo") && args.size() == 4) return commands::set_info(s, args[2], args[3], out);
  if (is_word(sub, "list")) return commands::list(s, args.subspan(2), out);
  if (is_word(sub, "kill") && args.size() > 2) return commands::kill(s, args.subspan(2), out);
  if (is_word(sub, "info") && args.size() == 2) {
    auto const me = std::to_string(s.id);
    std::string_view const of_me[] = {"id", me};
    return commands::list(s, of_me, out);
  }
  for (auto const mode : {"no-evict", "no-touch", "reply", "tracking"})
    if (is_word(sub, mode) && args.size() >= 3) return commands::set_mode(sub, args[2], out);
  unknown_subcommand("CLIENT", sub, out);
}

} // namespace kv::answers
