// How the words of a command become an operation on the store.
#pragma once

#include "limits.hpp"
#include "resp.hpp"
#include "words.hpp"

#include "quorate/service/glob.hpp"
#include "quorate/service/operation.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace kv {

using quorate::service::op_code;
using quorate::service::op_writer;

// Where an encoder puts its result: the operation, or the error that the client gets instead.
struct encoding {
  limits const& limit;
  std::string& op;
  std::string_view error{};

  bool fail(std::string_view text) {
    error = text;
    return false;
  }
  bool key_fits(std::string_view key) {
    return key.size() <= limit.max_key || fail("ERR the key is longer than --max-key allows");
  }
  bool value_fits(std::string_view value) {
    return value.size() <= limit.max_value || fail("ERR the value is longer than --max-value allows");
  }
};

// False: see encoding.error. args[0] is the command's name; the number of arguments has been checked.
using encoder = bool (*)(arguments args, encoding& e);

namespace encoders {

template <op_code Code> // every argument is a key
bool keys_only(arguments args, encoding& e) {
  op_writer w{e.op, Code, args.size() - 1};
  for (auto const key : args.subspan(1)) {
    if (!e.key_fits(key)) return false;
    w.string(key);
  }
  return true;
}

inline bool set(arguments args, encoding& e) {
  namespace flag = quorate::service::set_flag;
  if (!e.key_fits(args[1]) || !e.value_fits(args[2])) return false;
  std::uint8_t flags = 0;
  for (auto const option : args.subspan(3)) {
    if (is_word(option, "nx"))
      flags |= flag::if_absent;
    else if (is_word(option, "xx"))
      flags |= flag::if_present;
    else if (is_word(option, "get"))
      flags |= flag::return_old;
    else
      return e.fail(syntax_error);
  }
  if ((flags & flag::if_absent) != 0 && (flags & flag::if_present) != 0) return e.fail(syntax_error);
  op_writer{e.op, op_code::set, 2, flags}.string(args[1]).string(args[2]);
  return true;
}

inline bool setnx(arguments args, encoding& e) {
  namespace flag = quorate::service::set_flag;
  if (!e.key_fits(args[1]) || !e.value_fits(args[2])) return false;
  op_writer{e.op, op_code::set, 2, flag::if_absent | flag::as_integer}.string(args[1]).string(args[2]);
  return true;
}
inline bool getset(arguments args, encoding& e) {
  if (!e.key_fits(args[1]) || !e.value_fits(args[2])) return false;
  op_writer{e.op, op_code::set, 2, quorate::service::set_flag::return_old}.string(args[1]).string(args[2]);
  return true;
}

inline bool increment_by(arguments args, encoding& e, std::int64_t delta) {
  if (!e.key_fits(args[1])) return false;
  op_writer{e.op, op_code::increment, 1, 0, quorate::service::zigzag(delta)}.string(args[1]);
  return true;
}
inline bool incr(arguments args, encoding& e) { return increment_by(args, e, 1); }
inline bool decr(arguments args, encoding& e) { return increment_by(args, e, -1); }
inline bool incrby(arguments args, encoding& e) {
  auto const delta = quorate::service::parse_integer<std::int64_t>(args[2]);
  return delta ? increment_by(args, e, *delta) : e.fail(not_an_integer);
}
inline bool decrby(arguments args, encoding& e) {
  auto const delta = quorate::service::parse_integer<std::int64_t>(args[2]);
  if (!delta) return e.fail(not_an_integer);
  if (*delta == std::numeric_limits<std::int64_t>::min()) return e.fail("ERR decrement would overflow");
  return increment_by(args, e, -*delta);
}

inline bool append(arguments args, encoding& e) {
  if (!e.key_fits(args[1]) || !e.value_fits(args[2])) return false;
  op_writer{e.op, op_code::append, 2, 0, e.limit.max_value}.string(args[1]).string(args[2]);
  return true;
}

inline bool mset(arguments args, encoding& e) {
  if (args.size() % 2 == 0) return e.fail("ERR wrong number of arguments for 'mset' command");
  op_writer w{e.op, op_code::mset, args.size() - 1};
  for (std::size_t i = 1; i < args.size(); i += 2) {
    if (!e.key_fits(args[i]) || !e.value_fits(args[i + 1])) return false;
    w.string(args[i]).string(args[i + 1]);
  }
  return true;
}

inline bool cas(arguments args, encoding& e) {
  if (!e.key_fits(args[1]) || !e.value_fits(args[2]) || !e.value_fits(args[3])) return false;
  op_writer{e.op, op_code::cas, 3}.string(args[1]).string(args[2]).string(args[3]);
  return true;
}

template <op_code Code> // of the whole store
bool no_keys(arguments, encoding& e) {
  op_writer{e.op, Code, 0};
  return true;
}
// FLUSHDB and FLUSHALL, which may say how: what they free is freed bit by bit in either case.
inline bool flush(arguments args, encoding& e) {
  if (args.size() > 2 || (args.size() == 2 && !is_word(args[1], "async") && !is_word(args[1], "sync")))
    return e.fail(syntax_error);
  return no_keys<op_code::flush>(args, e);
}

// PING and ECHO between MULTI and EXEC.
inline bool ping(arguments args, encoding& e) {
  auto const status = args.size() == 1 ? quorate::service::echo_flag::as_status : std::uint8_t{0};
  op_writer{e.op, op_code::echo, 1, status}.string(args.size() == 1 ? "PONG" : args[1]);
  return true;
}
inline bool echo(arguments args, encoding& e) {
  op_writer{e.op, op_code::echo, 1}.string(args[1]);
  return true;
}

inline bool keys(arguments args, encoding& e) {
  if (args[1].size() > quorate::service::glob_pattern::max_pattern)
    return e.fail(quorate::service::glob_pattern::too_long);
  op_writer{e.op, op_code::keys, 1}.string(args[1]);
  return true;
}
inline bool scan(arguments args, encoding& e) {
  auto const cursor = quorate::service::parse_integer<std::uint64_t>(args[1]);
  if (!cursor) return e.fail("ERR invalid cursor");
  std::string_view pattern = "*";
  std::int64_t count = 10;
  for (std::size_t i = 2; i < args.size(); i += 2) {
    if (i + 1 == args.size()) return e.fail(syntax_error);
    if (is_word(args[i], "match")) {
      pattern = args[i + 1];
    } else if (is_word(args[i], "count")) {
      auto const n = quorate::service::parse_integer<std::int64_t>(args[i + 1]);
      if (!n) return e.fail(not_an_integer);
      if (*n < 1) return e.fail(syntax_error);
      count = *n;
    } else {
      return e.fail(syntax_error);
    }
  }
  if (pattern.size() > quorate::service::glob_pattern::max_pattern)
    return e.fail(quorate::service::glob_pattern::too_long);
  op_writer{e.op, op_code::scan, 1, 0, *cursor, static_cast<std::uint64_t>(count)}.string(pattern);
  return true;
}

} // namespace encoders
} // namespace kv
