// One operation on a key-value store as bytes: what is replicated for a write, and what waits for its turn
// for a read.
//
//   code (1 byte) | flags (1 byte) | numbers (a varint each) | count (varint) | that many strings
//
// How many numbers there are, the code says. A string is its length (varint) and its bytes. A varint is
// little-endian groups of seven bits, in its shortest form: an operation has one encoding, so equal logs hold
// equal operations. The strings of `exec` are operations in their turn.
//
// A code keeps its number for ever: logs on disks hold it.
#pragma once

#include "quorate/core/config.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quorate::service {

enum class op_code : std::uint8_t {
  // writes
  set = 1,   // key, value; flags: set_flag
  getdel,    // key
  del,       // key...
  increment, // key; numbers: delta (zigzag)
  append,    // key, tail; numbers: the longest value that may result
  mset,      // (key, value)...
  cas,       // key, expected, replacement
  flush,     // removes every key
  exec,      // operation...: carried out as one; writes and point reads, but no exec
  // reads
  get = 64, // key
  exists,   // key...
  strlen,   // key
  mget,     // key...
  keys,     // pattern
  scan,     // pattern; numbers: cursor, count
  dbsize,
  type, // key
  echo, // text; flags: echo_flag. Asks nothing of the store: PING and ECHO as elements of an exec
};
constexpr bool is_read(op_code c) { return c >= op_code::get; }
// Those that go through all keys, and so take as long as there are keys: they are for a key_walk. All other
// reads are point reads: of the keys that they name, as of one moment.
constexpr bool is_walk(op_code c) { return c == op_code::keys || c == op_code::scan; }

// How many keys one operation may name: what it reads or writes is of one moment, so nothing else is served
// meanwhile. It is for those who propose operations and ask for reads to hold to it (key_count). apply and
// read carry out what comes, for a log may hold what an older program let in.
inline constexpr std::uint64_t max_keys = 2048;

// Conditions and wishes of `set`, combined with |.
namespace set_flag {
inline constexpr std::uint8_t if_absent = 1;
inline constexpr std::uint8_t if_present = 2;
inline constexpr std::uint8_t return_old = 4;
inline constexpr std::uint8_t as_integer = 8; // answers 1 if it has put, else 0 (SETNX); not with return_old
} // namespace set_flag

namespace echo_flag {
inline constexpr std::uint8_t as_status = 1; // a word such as PONG; else bytes. No control characters then
} // namespace echo_flag

// A cursor over the strings of an operation.
class op_arguments {
public:
  op_arguments() = default;
  // Precondition: `strings` is `count` well-formed strings. (next() asserts that each is there.)
  op_arguments(std::string_view strings, std::uint64_t count) : rest_{strings}, count_{count} {}

  std::uint64_t count() const { return count_; }
  // The next one. Precondition: count() > 0.
  std::string_view next();

private:
  std::string_view rest_;
  std::uint64_t count_ = 0;
};

// A decoded operation; the strings are views into the bytes that it was decoded from.
struct operation {
  op_code code{};
  std::uint8_t flags = 0;
  std::uint64_t numbers[2] = {0, 0};
  op_arguments arguments;
};

// What each code must carry.
struct op_shape {
  std::uint8_t flags;   // those that it may have
  std::uint8_t numbers; // how many
  std::uint64_t least;  // strings
  std::uint64_t most;
  std::uint64_t multiple_of;
};

constexpr std::optional<op_shape> shape_of(op_code code) {
  constexpr auto any = ~std::uint64_t{0};
  switch (code) {
  case op_code::set:
    return op_shape{set_flag::if_absent | set_flag::if_present | set_flag::return_old | set_flag::as_integer, 0, 2,
                    2, 1};
  case op_code::getdel: return op_shape{0, 0, 1, 1, 1};
  case op_code::del: return op_shape{0, 0, 1, any, 1};
  case op_code::increment: return op_shape{0, 1, 1, 1, 1};
  case op_code::append: return op_shape{0, 1, 2, 2, 1};
  case op_code::mset: return op_shape{0, 0, 2, any, 2};
  case op_code::cas: return op_shape{0, 0, 3, 3, 1};
  case op_code::flush: return op_shape{0, 0, 0, 0, 1};
  case op_code::exec: return op_shape{0, 0, 0, any, 1};
  case op_code::get: return op_shape{0, 0, 1, 1, 1};
  case op_code::exists: return op_shape{0, 0, 1, any, 1};
  case op_code::strlen: return op_shape{0, 0, 1, 1, 1};
  case op_code::mget: return op_shape{0, 0, 1, any, 1};
  case op_code::keys: return op_shape{0, 0, 1, 1, 1};
  case op_code::scan: return op_shape{0, 2, 1, 1, 1};
  case op_code::dbsize: return op_shape{0, 0, 0, 0, 1};
  case op_code::type: return op_shape{0, 0, 1, 1, 1};
  case op_code::echo: return op_shape{echo_flag::as_status, 0, 1, 1, 1};
  }
  return std::nullopt;
}

constexpr std::uint64_t zigzag(std::int64_t n) {
  return (static_cast<std::uint64_t>(n) << 1) ^ static_cast<std::uint64_t>(n >> 63);
}
constexpr std::int64_t unzigzag(std::uint64_t u) { return static_cast<std::int64_t>((u >> 1) ^ (~(u & 1) + 1)); }

namespace op_detail {

inline void put_varint(std::string& out, std::uint64_t n) {
  for (; n >= 0x80; n >>= 7) out.push_back(static_cast<char>(static_cast<std::uint8_t>(n) | 0x80));
  out.push_back(static_cast<char>(n));
}

// Takes a varint off the front of `in`; nothing if it is cut short, too large, or longer than need be.
inline std::optional<std::uint64_t> take_varint(std::string_view& in) {
  std::uint64_t n = 0;
  for (unsigned i = 0; i < 10 && i < in.size(); ++i) {
    auto const b = static_cast<std::uint8_t>(in[i]);
    if (i == 9 && b > 1) return std::nullopt;
    n |= std::uint64_t{b & 0x7fU} << (7 * i);
    if (b < 0x80) {
      if (b == 0 && i > 0) return std::nullopt;
      in.remove_prefix(i + 1);
      return n;
    }
  }
  return std::nullopt;
}

inline std::optional<std::string_view> take_string(std::string_view& in) {
  auto const n = take_varint(in);
  if (!n || *n > in.size()) return std::nullopt;
  auto const s = in.substr(0, static_cast<std::size_t>(*n));
  in.remove_prefix(s.size());
  return s;
}

} // namespace op_detail

inline std::string_view op_arguments::next() {
  QUORATE_ASSERT(count_ > 0, "operation: next() of no strings");
  --count_;
  auto const taken = op_detail::take_string(rest_);
  QUORATE_ASSERT(taken.has_value(), "operation: a string is not there, and ", count_, " more are said to follow");
  return *taken;
}

// Writes an operation in front-to-back order: header first, then exactly `count` calls of `string`.
class op_writer {
public:
  // `out` is cleared. Numbers that the code does not carry are left out.
  op_writer(std::string& out, op_code code, std::uint64_t count, std::uint8_t flags = 0, std::uint64_t first = 0,
            std::uint64_t second = 0)
      : out_{out} {
    out_.clear();
    out_.push_back(static_cast<char>(code));
    out_.push_back(static_cast<char>(flags));
    auto const numbers = shape_of(code)->numbers;
    if (numbers >= 1) op_detail::put_varint(out_, first);
    if (numbers >= 2) op_detail::put_varint(out_, second);
    op_detail::put_varint(out_, count);
  }
  op_writer& string(std::string_view s) {
    op_detail::put_varint(out_, s.size());
    out_.append(s);
    return *this;
  }

private:
  std::string& out_;
};

namespace op_detail {

// What the shape can't say.
inline bool flags_agree(operation op) {
  if (op.code == op_code::set)
    return (op.flags & set_flag::as_integer) == 0 || (op.flags & set_flag::return_old) == 0;
  if (op.code != op_code::echo || (op.flags & echo_flag::as_status) == 0) return true;
  for (char const c : op.arguments.next())
    if (static_cast<unsigned char>(c) < ' ') return false; // a status is one line
  return true;
}

// Takes the strings of an exec for bytes.
inline std::optional<operation> decode_flat(std::string_view bytes) {
  if (bytes.size() < 3) return std::nullopt;
  operation op;
  op.code = static_cast<op_code>(bytes[0]);
  op.flags = static_cast<std::uint8_t>(bytes[1]);
  bytes.remove_prefix(2);
  auto const shape = shape_of(op.code);
  if (!shape || (op.flags & ~shape->flags) != 0) return std::nullopt;
  for (unsigned i = 0; i < shape->numbers; ++i) {
    auto const n = take_varint(bytes);
    if (!n) return std::nullopt;
    op.numbers[i] = *n;
  }
  auto const count = take_varint(bytes);
  if (!count || *count < shape->least || *count > shape->most || *count % shape->multiple_of != 0)
    return std::nullopt;
  op.arguments = {bytes, *count};
  for (std::uint64_t i = 0; i < *count; ++i) // ends at the first string that is not there
    if (!take_string(bytes)) return std::nullopt;
  if (!bytes.empty() || !flags_agree(op)) return std::nullopt;
  return op;
}

constexpr bool may_stand_in_exec(op_code c) { return c != op_code::exec && !is_walk(c); }

} // namespace op_detail

// The operation in `bytes`, or nothing if they are not exactly one well-formed operation, with all that stands
// in it. Reads nothing outside, and allocates nothing; what it takes grows with the bytes alone, for an exec
// stands in no exec.
inline std::optional<operation> decode_operation(std::string_view bytes) {
  auto const op = op_detail::decode_flat(bytes);
  if (!op || op->code != op_code::exec) return op;
  for (auto elements = op->arguments; elements.count() > 0;) {
    auto const element = op_detail::decode_flat(elements.next());
    if (!element || !op_detail::may_stand_in_exec(element->code)) return std::nullopt;
  }
  return op;
}

// The number of keys that an operation names. A key that is named twice counts twice. An exec has the sum over its
// elements. An element that names no key counts as one, because it takes time too. 0 if `bytes` are no operation.
inline std::uint64_t key_count(std::string_view bytes) {
  auto const named = [](operation const& op) -> std::uint64_t {
    switch (op.code) {
    case op_code::mset: return op.arguments.count() / 2;
    case op_code::del:
    case op_code::exists:
    case op_code::mget: return op.arguments.count();
    case op_code::flush:
    case op_code::dbsize:
    case op_code::keys:
    case op_code::scan:
    case op_code::echo: return 0;
    default: return 1;
    }
  };
  auto const op = decode_operation(bytes);
  if (!op) return 0;
  if (op->code != op_code::exec) return named(*op);
  std::uint64_t n = 0;
  for (auto elements = op->arguments; elements.count() > 0;)
    n += (std::max<std::uint64_t>)(1, named(*op_detail::decode_flat(elements.next())));
  return n;
}

} // namespace quorate::service
