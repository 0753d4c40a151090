// A key-value store as a replicated state machine: the same operations in the same order give the same store
// and the same answers on every node. The operations mean what Redis's commands of those names mean.
#pragma once

#include "quorate/core/config.hpp"
#include "quorate/service/entries.hpp"
#include "quorate/service/frozen_entries.hpp"
#include "quorate/service/garbage.hpp"
#include "quorate/service/growing_string.hpp"
#include "quorate/service/integer.hpp"
#include "quorate/service/operation.hpp"
#include "quorate/service/reply_sink.hpp"
#include "quorate/service/work_budget.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace quorate::service {

// Keys are kept in the order of a hash of theirs, then of their bytes. So a SCAN cursor is simply the hash
// from which to go on: a number, of the same meaning on every node and after any change, and every key that
// is there throughout a full iteration is returned.
//
// The time of an operation depends on its own bytes, its keys (max_keys) and its answer. The size of the store
// matters only through its logarithm: a lookup compares that many keys. The memory of a deleted value is freed
// later, by tidy. An operation that goes through all keys is a key_walk.
class key_value {
public:
  static constexpr auto no_bound = (std::numeric_limits<std::size_t>::max)();

  // Carries out the write that `bytes` encode and answers into `out`. What is no well-formed write changes
  // nothing and is answered with an error, on every node alike.
  //
  // The elements of an exec are carried out one after another, with nothing between them. The answer is an array
  // with one answer for each element. If an element fails, its answer is the error, and the other elements are
  // carried out all the same. The values in the array may have `most` bytes in all. If an answer would go beyond
  // that, an error stands in its place. The bound does not change the store, so nodes may have different bounds.
  template <reply_sink Out>
  void apply(std::string_view bytes, Out& out, std::size_t most = no_bound);

  // Answers the point read that `bytes` encode. An answer of more than `most` bytes of values is refused.
  template <reply_sink Out>
  void read(std::string_view bytes, Out& out, std::size_t most = no_bound) const;

  // Frees what deleted and overwritten values held, until the budget is used up; whether all is freed. To be
  // called now and then (a host's turn), or the memory stays taken. Changes nothing that can be read.
  bool tidy(work_budget& budget) {
    if (!frozen_.tidied() && (!frozen_.tidy(budget) || budget.left == 0))
      return frozen_.tidied() && garbage_.empty();
    return garbage_.tidy(budget);
  }

  std::size_t size() const { return entries_.size(); }
  // The value of a key; nullptr if there is none.
  growing_string const* find(std::string_view key) const {
    auto const at = entries_.find(entry_probe{hash_of(key), key});
    return at == entries_.end() ? nullptr : &at->second;
  }
  // Calls visit(hash, key) for each key from that place on in the store's order, until it says false. The keys'
  // bytes are good until the store changes.
  template <class Visit>
  void visit_from(std::uint64_t hash, std::string_view key, Visit&& visit) const {
    for (auto at = entries_.lower_bound(entry_probe{hash, key}); at != entries_.end(); ++at)
      if (!visit(at->first.hash, std::string_view{at->first.text})) return;
  }

  // Where a key stands in SCAN's order.
  static constexpr std::uint64_t hash_of(std::string_view key) { return entry_hash(key); }

  // For a save in steps. The entries as they stand now are what visit_frozen shows until thaw(), whatever is
  // written meanwhile. Neither copies any of them. A write keeps what it replaces if it has not been shown yet: a
  // copy of the key for each, and the old value, which is moved. Precondition of freeze(): !frozen().
  void freeze() {
    QUORATE_ASSERT(!frozen(), "key_value: freeze() while it is frozen");
    frozen_.begin(entries_);
  }
  bool frozen() const { return frozen_.shown(); }
  void thaw() { frozen_.end(garbage_); }
  // Calls visit(std::string_view key, growing_string const& value, std::size_t size) for the next entries in the
  // store's order; the value's first `size` bytes are the frozen ones. If visit says false, the entry is not done
  // with: the walk stops, and begins with it the next time. Goes by `most` entries at most, and may show none of
  // them. True: all have been shown. Precondition: frozen().
  template <class Visit>
  bool visit_frozen(std::size_t most, Visit&& visit) {
    return frozen_.visit(entries_, most, visit);
  }
  // Has these entries and no other. Precondition: !frozen(). The entries that were there are freed by tidy.
  void become(entry_map&& entries) {
    QUORATE_ASSERT(!frozen(), "key_value: become() while it is frozen");
    garbage_.add(std::exchange(entries_, std::move(entries)));
  }
  // Has tidy free entries that are not the store's.
  void let_go(entry_map&& entries) { garbage_.add(std::move(entries)); }

  friend bool operator==(key_value const&, key_value const&) = default;

private:
  // A key's entry, or where it would be put: so that a key is hashed and looked for once.
  struct place {
    entry_probe wanted;
    entry_map::iterator at;
    bool there;

    growing_string const* value() const { return there ? &at->second : nullptr; }
  };

  // A long value is no integer, and is not put together to see that.
  static std::optional<std::int64_t> integer_in(growing_string const& value) {
    if (!value.whole()) return std::nullopt;
    return value.with([](std::string_view text) { return parse_integer<std::int64_t>(text); });
  }
  place locate(std::string_view key) {
    entry_probe const wanted{hash_of(key), key};
    auto const at = entries_.lower_bound(wanted);
    return {wanted, at, at != entries_.end() && !entry_order{}(wanted, at->first)};
  }
  // The value at that place, which is made if there is none.
  growing_string& slot(place const& p) {
    if (p.there) return p.at->second;
    return entries_.emplace_hint(p.at, entry_key{p.wanted.hash, std::string{p.wanted.text}}, growing_string{})
        ->second;
  }
  void put(place const& p, std::string_view value) {
    if (frozen_.shown()) [[unlikely]]
      p.there ? frozen_.before_put(p.at) : frozen_.before_insert(p.wanted);
    auto& there = slot(p);
    // A long value would leave its memory to a short one.
    if (there.memory() / 2 > value.size()) garbage_.add(std::exchange(there, {}));
    there = value;
  }
  bool erase(place const& p) {
    if (!p.there) return false;
    if (frozen_.shown()) [[unlikely]]
      frozen_.before_erase(entries_, p.at);
    garbage_.add(std::move(p.at->second));
    entries_.erase(p.at);
    return true;
  }
  template <class Out>
  static void answer(growing_string const* value, Out& out) {
    if (value == nullptr) return out.nil();
    if constexpr (says_nothing<Out>) return;
    if constexpr (requires { out.refuses(value->size()); })
      if (out.refuses(value->size())) return; // before it is put together
    value->with([&out](std::string_view bytes) { out.bulk(bytes); });
  }

  template <class Out>
  void apply_one(operation op, Out& out);
  template <class Out>
  void read_one(operation op, Out& out, std::size_t most) const;
  template <class Out>
  void exec(operation op, Out& out, std::size_t most);
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

  entry_map entries_;
  garbage<entry_map> garbage_;
  frozen_entries frozen_;
};

template <reply_sink Out>
void key_value::apply(std::string_view bytes, Out& out, std::size_t most) {
  auto const op = decode_operation(bytes);
  if (!op) return out.error("ERR malformed operation");
  if (is_read(op->code)) return out.error("ERR a read is not applied");
  op->code == op_code::exec ? exec(*op, out, most) : apply_one(*op, out);
}

template <reply_sink Out>
void key_value::read(std::string_view bytes, Out& out, std::size_t most) const {
  auto const op = decode_operation(bytes);
  if (!op) return out.error("ERR malformed operation");
  if (!is_read(op->code)) return out.error("ERR a write is not read");
  if (is_walk(op->code)) return out.error("ERR a walk through the keys is no point read");
  read_one(*op, out, most);
}

template <class Out>
void key_value::exec(operation op, Out& out, std::size_t most) {
  limited_reply<Out> limited{out, says_nothing<Out> ? 0 : most};
  out.array(static_cast<std::size_t>(op.arguments.count()));
  while (op.arguments.count() > 0) {
    auto const element = *op_detail::decode_flat(op.arguments.next());
    is_read(element.code) ? read_one(element, limited, limited.left()) : apply_one(element, limited);
  }
}

template <class Out>
void key_value::apply_one(operation op, Out& out) {
  switch (op.code) {
  case op_code::set: return set(op, out);
  case op_code::getdel: return getdel(op, out);
  case op_code::increment: return increment(op, out);
  case op_code::append: return append(op, out);
  case op_code::cas: return compare_and_swap(op, out);
  case op_code::del: {
    std::int64_t gone = 0;
    while (op.arguments.count() > 0) gone += erase(locate(op.arguments.next())) ? 1 : 0;
    return out.integer(gone);
  }
  case op_code::mset:
    while (op.arguments.count() > 0) {
      auto const key = op.arguments.next();
      put(locate(key), op.arguments.next());
    }
    return out.status("OK");
  case op_code::flush:
    if (frozen_.shown()) frozen_.before_flush(entries_);
    garbage_.add(std::exchange(entries_, {}));
    return out.status("OK");
  default: return; // exec and the reads are taken care of above
  }
}

template <class Out>
void key_value::read_one(operation op, Out& out, std::size_t most) const {
  switch (op.code) {
  case op_code::get: return answer(find(op.arguments.next()), out);
  case op_code::mget: return mget(op, out, most);
  case op_code::dbsize: return out.integer(static_cast<std::int64_t>(entries_.size()));
  case op_code::strlen: {
    auto const* const value = find(op.arguments.next());
    return out.integer(value != nullptr ? static_cast<std::int64_t>(value->size()) : 0);
  }
  case op_code::exists: {
    std::int64_t there = 0; // a key named twice counts twice, as in Redis
    while (op.arguments.count() > 0) there += find(op.arguments.next()) != nullptr ? 1 : 0;
    return out.integer(there);
  }
  case op_code::type: return out.status(find(op.arguments.next()) != nullptr ? "string" : "none");
  case op_code::echo: {
    auto const text = op.arguments.next();
    return (op.flags & echo_flag::as_status) != 0 ? out.status(text) : out.bulk(text);
  }
  default: return; // the writes and the walks are taken care of above
  }
}

template <class Out>
void key_value::set(operation op, Out& out) {
  auto const at = locate(op.arguments.next());
  auto const value = op.arguments.next();
  auto const has = [&op](std::uint8_t flag) { return (op.flags & flag) != 0; };
  bool const wanted = at.there ? !has(set_flag::if_absent) : !has(set_flag::if_present);
  if (has(set_flag::return_old))
    answer(at.value(), out);
  else if (has(set_flag::as_integer))
    out.integer(wanted ? 1 : 0);
  else if (wanted)
    out.status("OK");
  else
    out.nil();
  if (wanted) put(at, value);
}

template <class Out>
void key_value::getdel(operation op, Out& out) {
  auto const at = locate(op.arguments.next());
  answer(at.value(), out);
  erase(at);
}

template <class Out>
void key_value::increment(operation op, Out& out) {
  auto const at = locate(op.arguments.next());
  auto const delta = unzigzag(op.numbers[0]);
  auto const before = at.there ? integer_in(*at.value()) : std::int64_t{0};
  if (!before) return out.error("ERR value is not an integer or out of range");
  std::int64_t after = 0;
  if (__builtin_add_overflow(*before, delta, &after))
    return out.error("ERR increment or decrement would overflow");
  put(at, std::to_string(after));
  out.integer(after);
}

template <class Out>
void key_value::append(operation op, Out& out) {
  auto const at = locate(op.arguments.next());
  auto const tail = op.arguments.next();
  auto const size = (at.there ? at.value()->size() : 0) + tail.size();
  // The limit travels in the operation: nodes that are started with different ones must still agree.
  if (size > op.numbers[0]) return out.error("ERR string exceeds maximum allowed size (--max-value)");
  if (frozen_.shown()) [[unlikely]]
    at.there ? frozen_.before_append(at.at) : frozen_.before_insert(at.wanted);
  slot(at).append(tail);
  out.integer(static_cast<std::int64_t>(size));
}

template <class Out>
void key_value::compare_and_swap(operation op, Out& out) {
  auto const at = locate(op.arguments.next());
  auto const expected = op.arguments.next();
  bool const swaps = at.there && *at.value() == expected;
  if (swaps) put(at, op.arguments.next());
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

} // namespace quorate::service
