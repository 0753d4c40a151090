// The commands that a node knows.
#pragma once

#include "encoders.hpp"
#include "resp.hpp"
#include "words.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace kv {

struct session;
// Answers a command by what this node and this connection know; writes exactly one reply.
using local_answer = void (*)(session&, arguments, resp_writer&);

enum class command_kind : std::uint8_t {
  write, // replicated, then applied
  read,  // answered from the store once that is known to be fresh
  local, // answered at once
  info,  // likewise, by the backend
};

struct command {
  std::string_view name;
  int arity; // as Redis counts: the name is one; -n: n or more
  command_kind kind;
  encoder encode;     // of a write, a read
  local_answer local; // of a local one
  int first_key;      // where the keys stand, for COMMAND; 0: none
  int last_key;       // negative: counted from the end
  int key_step;
  std::string_view summary;

  bool takes(std::size_t n) const {
    return arity >= 0 ? n == static_cast<std::size_t>(arity) : n >= static_cast<std::size_t>(-arity);
  }
};

namespace answers { // local_commands.hpp
inline void ping(session&, arguments, resp_writer&);
inline void echo(session&, arguments, resp_writer&);
inline void command(session&, arguments, resp_writer&);
inline void config(session&, arguments, resp_writer&);
inline void hello(session&, arguments, resp_writer&);
inline void client(session&, arguments, resp_writer&);
inline void select(session&, arguments, resp_writer&);
inline void quit(session&, arguments, resp_writer&);
} // namespace answers

inline constexpr command command_table[] = {
    {"set", -3, command_kind::write, encoders::set, nullptr, 1, 1, 1, "Sets a key's value, with NX, XX, GET"},
    {"getdel", 2, command_kind::write, encoders::keys_only<op_code::getdel>, nullptr, 1, 1, 1,
     "Deletes a key and returns its value"},
    {"del", -2, command_kind::write, encoders::keys_only<op_code::del>, nullptr, 1, -1, 1, "Deletes keys"},
    {"incr", 2, command_kind::write, encoders::incr, nullptr, 1, 1, 1, "Adds one to a key's integer"},
    {"decr", 2, command_kind::write, encoders::decr, nullptr, 1, 1, 1, "Takes one from a key's integer"},
    {"incrby", 3, command_kind::write, encoders::incrby, nullptr, 1, 1, 1, "Adds to a key's integer"},
    {"append", 3, command_kind::write, encoders::append, nullptr, 1, 1, 1, "Appends to a key's value"},
    {"mset", -3, command_kind::write, encoders::mset, nullptr, 1, -1, 2, "Sets several keys as one"},
    {"cas", 4, command_kind::write, encoders::cas, nullptr, 1, 1, 1,
     "Sets a key's value if it is as expected: CAS key expected new"},
    {"get", 2, command_kind::read, encoders::keys_only<op_code::get>, nullptr, 1, 1, 1,
     "Returns a key's value"},
    {"exists", -2, command_kind::read, encoders::keys_only<op_code::exists>, nullptr, 1, -1, 1,
     "Counts the keys that are there"},
    {"strlen", 2, command_kind::read, encoders::keys_only<op_code::strlen>, nullptr, 1, 1, 1,
     "Returns the length of a key's value"},
    {"mget", -2, command_kind::read, encoders::keys_only<op_code::mget>, nullptr, 1, -1, 1,
     "Returns the values of several keys"},
    {"keys", 2, command_kind::read, encoders::keys_only<op_code::keys>, nullptr, 0, 0, 0,
     "Returns the keys that match a pattern"},
    {"scan", -2, command_kind::read, encoders::scan, nullptr, 0, 0, 0,
     "Goes through the keys, with MATCH, COUNT"},
    {"dbsize", 1, command_kind::read, encoders::dbsize, nullptr, 0, 0, 0, "Counts all keys"},
    {"ping", -1, command_kind::local, nullptr, answers::ping, 0, 0, 0, "Answers"},
    {"echo", 2, command_kind::local, nullptr, answers::echo, 0, 0, 0, "Answers with what it is given"},
    {"command", -1, command_kind::local, nullptr, answers::command, 0, 0, 0,
     "Tells which commands there are"},
    {"config", -2, command_kind::local, nullptr, answers::config, 0, 0, 0,
     "Tells the configuration: CONFIG GET"},
    {"hello", -1, command_kind::local, nullptr, answers::hello, 0, 0, 0, "Shakes hands, in RESP2"},
    {"client", -2, command_kind::local, nullptr, answers::client, 0, 0, 0,
     "Names and describes the connection"},
    {"select", 2, command_kind::local, nullptr, answers::select, 0, 0, 0, "There is one database: 0"},
    {"quit", -1, command_kind::local, nullptr, answers::quit, 0, 0, 0, "Closes the connection"},
    {"info", -1, command_kind::info, nullptr, nullptr, 0, 0, 0, "Tells about this node and the cluster"},
};

// nullptr: there is no such command. A dozen comparisons cost less than a hash of the name.
inline command const* find_command(std::string_view name) {
  for (auto const& c : command_table)
    if (is_word(name, c.name)) return &c;
  return nullptr;
}

inline std::string wrong_number_of_arguments(std::string_view name) {
  return "ERR wrong number of arguments for '" + small_letters(name) + "' command";
}

// In Redis's words, with as much of what came as fits on a line.
inline std::string unknown_command(arguments args) {
  std::string text =
      "ERR unknown command '" + std::string{args[0].substr(0, 128)} + "', with args beginning with: ";
  std::size_t room = 128;
  for (auto const arg : args.subspan(1)) {
    if (room == 0) break;
    auto const shown = arg.substr(0, room);
    text.append("'").append(shown).append("' ");
    room -= shown.size();
  }
  return text;
}

} // namespace kv

#include "local_commands.hpp" // the answers named above; they in turn tell about the table
