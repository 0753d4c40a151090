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
  write,       // replicated, then applied
  read,        // answered from the store once that is known to be fresh
  local,       // answered at once
  transaction, // MULTI and its like
};

struct command {
  std::string_view name;
  int arity; // as Redis counts: the name is one; -n: n or more
  command_kind kind;
  encoder encode;     // of a write, a read; of a local one that may stand in a transaction
  local_answer local; // of a local one
  int first_key;      // where the keys stand, for COMMAND; 0: none
  int last_key;       // negative: counted from the end
  int key_step;
  std::string_view summary;

  bool takes(std::size_t n) const {
    return arity >= 0 ? n == static_cast<std::size_t>(arity) : n >= static_cast<std::size_t>(-arity);
  }
  // How many keys it names when it has n words.
  std::size_t keys(std::size_t n) const {
    if (first_key == 0) return 0;
    auto const last = last_key > 0 ? static_cast<std::size_t>(last_key) : n - static_cast<std::size_t>(-last_key);
    return (last - static_cast<std::size_t>(first_key)) / static_cast<std::size_t>(key_step) + 1;
  }
  // Asks only what this node knows by itself.
  bool looks() const { return kind == command_kind::local; }
  // Ends a transaction that it stands in.
  bool leaves_transaction() const;
};

namespace answers { // local_commands.hpp, client_commands.hpp
inline void ping(session&, arguments, resp_writer&);
inline void echo(session&, arguments, resp_writer&);
inline void time(session&, arguments, resp_writer&);
inline void command(session&, arguments, resp_writer&);
inline void config(session&, arguments, resp_writer&);
inline void info(session&, arguments, resp_writer&);
inline void role(session&, arguments, resp_writer&);
inline void wait(session&, arguments, resp_writer&);
inline void cluster(session&, arguments, resp_writer&);
inline void ok(session&, arguments, resp_writer&);
inline void auth(session&, arguments, resp_writer&);
inline void hello(session&, arguments, resp_writer&);
inline void client(session&, arguments, resp_writer&);
inline void select(session&, arguments, resp_writer&);
inline void reset(session&, arguments, resp_writer&);
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
    {"setnx", 3, command_kind::write, encoders::setnx, nullptr, 1, 1, 1, "Sets a key's value if there is none"},
    {"getset", 3, command_kind::write, encoders::getset, nullptr, 1, 1, 1,
     "Sets a key's value and returns the one before"},
    {"decrby", 3, command_kind::write, encoders::decrby, nullptr, 1, 1, 1, "Takes from a key's integer"},
    {"unlink", -2, command_kind::write, encoders::keys_only<op_code::del>, nullptr, 1, -1, 1, "Deletes keys"},
    {"flushdb", -1, command_kind::write, encoders::flush, nullptr, 0, 0, 0, "Deletes all keys"},
    {"flushall", -1, command_kind::write, encoders::flush, nullptr, 0, 0, 0, "Deletes all keys"},
    {"multi", 1, command_kind::transaction, nullptr, nullptr, 0, 0, 0,
     "Begins a transaction: what follows is kept until EXEC"},
    {"exec", 1, command_kind::transaction, nullptr, nullptr, 0, 0, 0,
     "Carries a transaction out, as one, and returns all its answers"},
    {"discard", 1, command_kind::transaction, nullptr, nullptr, 0, 0, 0, "Forgets a transaction"},
    {"watch", -2, command_kind::transaction, nullptr, nullptr, 1, -1, 1, "Is refused: use CAS"},
    {"unwatch", 1, command_kind::transaction, nullptr, nullptr, 0, 0, 0, "Forgets a WATCH that was refused"},
    {"get", 2, command_kind::read, encoders::keys_only<op_code::get>, nullptr, 1, 1, 1, "Returns a key's value"},
    {"exists", -2, command_kind::read, encoders::keys_only<op_code::exists>, nullptr, 1, -1, 1,
     "Counts the keys that are there"},
    {"touch", -2, command_kind::read, encoders::keys_only<op_code::exists>, nullptr, 1, -1, 1,
     "Counts the keys that are there"},
    {"type", 2, command_kind::read, encoders::keys_only<op_code::type>, nullptr, 1, 1, 1,
     "Returns string, or none if there is no such key"},
    {"strlen", 2, command_kind::read, encoders::keys_only<op_code::strlen>, nullptr, 1, 1, 1,
     "Returns the length of a key's value"},
    {"mget", -2, command_kind::read, encoders::keys_only<op_code::mget>, nullptr, 1, -1, 1,
     "Returns the values of several keys"},
    {"keys", 2, command_kind::read, encoders::keys, nullptr, 0, 0, 0, "Returns the keys that match a pattern"},
    {"scan", -2, command_kind::read, encoders::scan, nullptr, 0, 0, 0, "Goes through the keys, with MATCH, COUNT"},
    {"dbsize", 1, command_kind::read, encoders::no_keys<op_code::dbsize>, nullptr, 0, 0, 0, "Counts all keys"},
    {"ping", -1, command_kind::local, encoders::ping, answers::ping, 0, 0, 0, "Answers"},
    {"echo", 2, command_kind::local, encoders::echo, answers::echo, 0, 0, 0, "Answers with what it is given"},
    {"time", 1, command_kind::local, nullptr, answers::time, 0, 0, 0,
     "Tells this node's clock, in seconds and microseconds"},
    {"command", -1, command_kind::local, nullptr, answers::command, 0, 0, 0,
     "Tells which commands there are: COMMAND COUNT, DOCS, GETKEYS, INFO, LIST"},
    {"config", -2, command_kind::local, nullptr, answers::config, 0, 0, 0, "Tells the configuration: CONFIG GET"},
    {"hello", -1, command_kind::local, nullptr, answers::hello, 0, 0, 0, "Shakes hands, in RESP2"},
    {"client", -2, command_kind::local, nullptr, answers::client, 0, 0, 0,
     "Names, lists and closes connections: CLIENT ID, INFO, KILL, LIST, SETNAME, ..."},
    {"auth", -2, command_kind::local, nullptr, answers::auth, 0, 0, 0, "Is refused: no password is set"},
    {"select", 2, command_kind::local, nullptr, answers::select, 0, 0, 0, "There is one database: 0"},
    {"reset", 1, command_kind::local, nullptr, answers::reset, 0, 0, 0, "Makes the connection as it was at first"},
    {"quit", -1, command_kind::local, nullptr, answers::quit, 0, 0, 0, "Closes the connection"},
    {"readonly", 1, command_kind::local, nullptr, answers::ok, 0, 0, 0, "Changes nothing: any node serves reads"},
    {"readwrite", 1, command_kind::local, nullptr, answers::ok, 0, 0, 0, "Changes nothing, likewise"},
    {"info", -1, command_kind::local, nullptr, answers::info, 0, 0, 0,
     "Tells about this node and the cluster, by sections"},
    {"role", 1, command_kind::local, nullptr, answers::role, 0, 0, 0,
     "Tells who leads, and how far the others are"},
    {"wait", 3, command_kind::local, nullptr, answers::wait, 0, 0, 0,
     "Tells on how many other nodes an acknowledged write is at least"},
    {"cluster", -2, command_kind::local, nullptr, answers::cluster, 0, 0, 0,
     "Is refused: keys are not spread over Redis Cluster's slots"},
};

inline bool command::leaves_transaction() const { return local == answers::reset || local == answers::quit; }

// nullptr: there is no such command. A dozen comparisons cost less than a hash of the name.
inline command const* find_command(std::string_view name) {
  for (auto const& c : command_table)
    if (is_word(name, c.name)) return &c;
  return nullptr;
}

inline std::string too_many_keys(std::string_view name) {
  return "ERR '" + std::string{name} + "' takes at most " + std::to_string(quorate::service::max_keys) +
         " keys at a time, for all of them are of one moment; send fewer";
}
// Of a command that this node answers itself, at once: what it takes grows with its words.
inline constexpr std::size_t max_words = 256;
inline std::string too_many_words(std::string_view name) {
  return "ERR '" + std::string{name} + "' takes at most " + std::to_string(max_words) + " words";
}
inline constexpr std::string_view only_looking = "ERR max number of clients reached: this connection takes INFO, "
                                                 "CLIENT and the like, which this node answers itself";

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
