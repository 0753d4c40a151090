// A key-value store as a replicated state machine: the same operations in the same order give the same store
// and the same answers on every node. The operations mean what Redis's commands of those names mean.
#pragma once

#include "quorate/service/glob.hpp"
#include "quorate/service/integer.hpp"
#include "quorate/service/operation.hpp"
#include "quorate/service/reply_sink.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace quorate::service {

// Keys are kept in the order of a hash of theirs, then of their bytes. So a SCAN cursor is simply the hash
// from which to go on: a number, of the same meaning on every node and after any change, and every key that
// is there throughout a full iteration is returned.
class key_value {
public:
  // Carries out the write that `bytes` encode and answers into `out`. What is no well-formed write changes
  // nothing and is answered with an error, on every node alike.
  template <reply_sink Out>
  void apply(std::string_view bytes, Out& out);

  // Answers the read that `bytes` encode. An answer of more than `most` bytes of keys and values is refused,
  // but for SCAN, which stops there and goes on at the next call.
  template <reply_sink Out>
  void read(std::string_view bytes, Out& out,
            std::size_t most = std::numeric_limits<std::size_t>::max()) const;

  std::size_t size() const { return entries_.size(); }
  // The value of a key; nullptr if there is none.
  std::string const* find(std::string_view key) const {
    auto const at = entries_.find(probe{hash_of(key), key});
    return at == entries_.end() ? nullptr : &at->second;
  }

  // Where a key stands in SCAN's order: never 0, and below 2^53 so that every client language can hold it.
  static constexpr std::uint64_t hash_of(std::string_view key) {
    std::uint64_t h = 0xcbf29ce484222325; // FNV-1a, then mixed so that short keys spread too
    for (char const c : key) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    h = (h ^ (h >> 32)) * 0xd6e8feb86659fd93;
    return ((h ^ (h >> 32)) >> 11) | 1;
  }

  friend bool operator==(key_value const&, key_value const&) = default;

private:
  struct placed_key {
    std::uint64_t hash;
    std::string text;
    friend bool operator==(placed_key const&, placed_key const&) = default;
  };
  struct probe {
    std::uint64_t hash;
    std::string_view text;
  };
  struct order {
    using is_transparent = void;
    template <class A, class B>
    bool operator()(A const& a, B const& b) const {
      return a.hash != b.hash ? a.hash < b.hash : std::string_view{a.text} < std::string_view{b.text};
    }
  };
  using map = std::map<placed_key, std::string, order>;

  map::iterator locate(std::string_view key) { return entries_.find(probe{hash_of(key), key}); }
  void put(std::string_view key, std::string_view value) { slot(key) = value; }
  std::string& slot(std::string_view key) {
    probe const wanted{hash_of(key), key};
    auto const at = entries_.lower_bound(wanted);
    if (at != entries_.end() && !order{}(wanted, at->first)) return at->second;
    return entries_.emplace_hint(at, placed_key{wanted.hash, std::string{key}}, std::string{})->second;
  }
  bool erase(std::string_view key) {
    auto const at = locate(key);
    if (at == entries_.end()) return false;
    entries_.erase(at);
    return true;
  }
  template <class Out>
  static void answer(std::string const* value, Out& out) {
    value != nullptr ? out.bulk(*value) : out.nil();
  }

  template <class Out>
  void set(operation op, Out& out);
  template <class Out>
  void getdel(operation op, Out& out);
  template <class Out>
  void increment(operation op, Out& out);
  template <class Out>
  void append(operation op, Out& out);
  template <class Out>
  void compare_and_swap(operation op, Out& out);
  template <class Out>
  void mget(operation op, Out& out, std::size_t most) const;
  template <class Out>
  void keys(operation op, Out& out, std::size_t most) const;
  template <class Out>
  void scan(operation op, Out& out, std::size_t most) const;

  map entries_;
};

template <reply_sink Out>
void key_value::apply(std::string_view bytes, Out& out) {
  auto op = decode_operation(bytes);
  if (!op) return out.error("ERR malformed operation");
  switch (op->code) {
  case op_code::set:
    return set(*op, out);
  case op_code::getdel:
    return getdel(*op, out);
  case op_code::increment:
    return increment(*op, out);
  case op_code::append:
    return append(*op, out);
  case op_code::cas:
    return compare_and_swap(*op, out);
  case op_code::del: {
    std::int64_t gone = 0;
    while (op->arguments.count() > 0) gone += erase(op->arguments.next()) ? 1 : 0;
    return out.integer(gone);
  }
  case op_code::mset:
    while (op->arguments.count() > 0) {
      auto const key = op->arguments.next();
      put(key, op->arguments.next());
    }
    return out.status("OK");
  default:
    return out.error("ERR a read is not applied");
  }
}

template <reply_sink Out>
void key_value::read(std::string_view bytes, Out& out, std::size_t most) const {
  auto op = decode_operation(bytes);
  if (!op) return out.error("ERR malformed operation");
  switch (op->code) {
  case op_code::get:
    return answer(find(op->arguments.next()), out);
  case op_code::mget:
    return mget(*op, out, most);
  case op_code::keys:
    return keys(*op, out, most);
  case op_code::scan:
    return scan(*op, out, most);
  case op_code::dbsize:
    return out.integer(static_cast<std::int64_t>(entries_.size()));
  case op_code::strlen: {
    auto const* const value = find(op->arguments.next());
    return out.integer(value != nullptr ? static_cast<std::int64_t>(value->size()) : 0);
  }
  case op_code::exists: {
    std::int64_t there = 0; // a key named twice counts twice, as in Redis
    while (op->arguments.count() > 0) there += find(op->arguments.next()) != nullptr ? 1 : 0;
    return out.integer(there);
  }
  default:
    return out.error("ERR a write is not read");
  }
}

template <class Out>
void key_value::set(operation op, Out& out) {
  auto const key = op.arguments.next();
  auto const value = op.arguments.next();
  auto const at = locate(key);
  bool const there = at != entries_.end();
  bool const wanted = there ? (op.flags & set_flag::if_absent) == 0 : (op.flags & set_flag::if_present) == 0;
  if ((op.flags & set_flag::return_old) != 0)
    answer(there ? &at->second : nullptr, out);
  else if (wanted)
    out.status("OK");
  else
    out.nil();
  if (!wanted) return;
  if (there)
    at->second = value;
  else
    put(key, value);
}

template <class Out>
void key_value::getdel(operation op, Out& out) {
  auto const at = locate(op.arguments.next());
  if (at == entries_.end()) return out.nil();
  out.bulk(at->second);
  entries_.erase(at);
}

template <class Out>
void key_value::increment(operation op, Out& out) {
  auto const key = op.arguments.next();
  auto const delta = unzigzag(op.numbers[0]);
  auto const* const old = find(key);
  auto const before = old != nullptr ? parse_integer<std::int64_t>(*old) : std::int64_t{0};
  if (!before) return out.error("ERR value is not an integer or out of range");
  std::int64_t after = 0;
  if (__builtin_add_overflow(*before, delta, &after))
    return out.error("ERR increment or decrement would overflow");
  slot(key) = std::to_string(after);
  out.integer(after);
}

template <class Out>
void key_value::append(operation op, Out& out) {
  auto const key = op.arguments.next();
  auto const tail = op.arguments.next();
  auto const* const old = find(key);
  auto const size = (old != nullptr ? old->size() : 0) + tail.size();
  // The limit travels in the operation: nodes that are started with different ones must still agree.
  if (size > op.numbers[0]) return out.error("ERR string exceeds maximum allowed size (--max-value)");
  slot(key).append(tail);
  out.integer(static_cast<std::int64_t>(size));
}

template <class Out>
void key_value::compare_and_swap(operation op, Out& out) {
  auto const at = locate(op.arguments.next());
  auto const expected = op.arguments.next();
  bool const swaps = at != entries_.end() && at->second == expected;
  if (swaps) at->second = op.arguments.next();
  out.integer(swaps ? 1 : 0);
}

template <class Out>
void key_value::mget(operation op, Out& out, std::size_t most) const {
  std::size_t bytes = 0;
  for (auto names = op.arguments; names.count() > 0;) {
    auto const* const value = find(names.next());
    bytes += value != nullptr ? value->size() : 1;
    if (bytes > most) return out.error("ERR the answer would be too large: ask for fewer keys at a time");
  }
  out.array(static_cast<std::size_t>(op.arguments.count()));
  while (op.arguments.count() > 0) answer(find(op.arguments.next()), out);
}

template <class Out>
void key_value::keys(operation op, Out& out, std::size_t most) const {
  auto const pattern = op.arguments.next();
  std::vector<std::string_view> found;
  std::size_t bytes = 0;
  for (auto const& [key, value] : entries_) {
    if (!glob_match(pattern, key.text)) continue;
    bytes += key.text.size() + 1;
    if (bytes > most) return out.error("ERR the answer would be too large: use SCAN");
    found.push_back(key.text);
  }
  out.array(found.size());
  for (auto const key : found) out.bulk(key);
}

template <class Out>
void key_value::scan(operation op, Out& out, std::size_t most) const {
  auto const pattern = op.arguments.next();
  auto const count = op.numbers[1];
  std::vector<std::string_view> found;
  std::uint64_t seen = 0;
  std::uint64_t previous = 0;
  std::size_t bytes = 0;
  auto at = entries_.lower_bound(probe{op.numbers[0], {}});
  for (; at != entries_.end(); ++at) {
    // Keys of one hash go out together: the next cursor could not point between them.
    if ((seen >= count || bytes > most) && at->first.hash != previous) break;
    previous = at->first.hash;
    ++seen;
    if (!glob_match(pattern, at->first.text)) continue;
    bytes += at->first.text.size() + 1;
    found.push_back(at->first.text);
  }
  out.array(2);
  out.bulk(std::to_string(at == entries_.end() ? 0 : at->first.hash));
  out.array(found.size());
  for (auto const key : found) out.bulk(key);
}

} // namespace quorate::service
