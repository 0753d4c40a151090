// Entries and their bytes in memory: what `memory` shows as its log, and what moves it.
#pragma once

#include "quorate/core/log_shape.hpp"
#include "quorate/core/log_view.hpp"
#include "quorate/core/payloads.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace quorate {

// The records lie in an arena that is used in a ring: those behind the last one that fits before its end begin anew at
// its start, so no record straddles the end. Every record of a run that wraps lies below the run's first; that is how
// it is told. A plain value.
class memory_log {
public:
  // It never holds more than `entries`; the arena starts with `bytes` and grows when they do not suffice.
  memory_log(std::size_t entries, std::size_t bytes)
      : capacity_{entries}, begins_(std::bit_ceil(entries)), arena_(bytes), slot_mask_{begins_.size() - 1},
        limit_{bytes} {}

  // --- the log_view; what fits is limited by the bytes that lie together
  log_index compacted() const { return shape_.compacted(); }
  log_index last() const { return shape_.last(); }
  stamp stamp_at(log_index i) const { return shape_.stamp_at(i); }
  entry_run run_at(log_index i, std::uint32_t max) const { return shape_.run_at(i, max); }
  entry_run fit(log_index i, std::uint32_t max, std::size_t bytes) const {
    auto run = shape_.run_at(i, max);
    auto const from = begin_of(i);
    // The end of the log is what is read almost always, and seldom is it more than fits.
    if (from >= tail_ || tail_ - from > bytes) run.count = cut(i, run.count, bytes);
    return run;
  }
  log_index last_not_above(log_index i, stamp s) const { return shape_.last_not_above(i, s); }
  configuration config_at(log_index i) const { return shape_.config_at(i); }
  std::uint64_t room() const { return capacity_ - (last() - compacted()); }

  // --- the bytes
  // Precondition: fit() gave these entries as one piece.
  payloads read(log_index first, std::uint32_t count) const {
    auto const from = begin_of(first);
    return payloads::trusted({arena_.data() + from, end_of(first + count - 1) - from}, count);
  }
  // Adds a run behind the last entry: `bytes` are its records. A configuration comes with what it says.
  void append(entry_run const& run, payloads::bytes bytes, configuration const& config = {}) {
    if (bytes.size() > limit_ - tail_) make_place(bytes.size());
    auto* const place = arena_.data() + tail_;
    auto const slot = slot_of(run.first);
    if (slot + run.count <= slot_mask_ + 1) note_begins(slot, run.count, bytes.data());
    else note_begins_around(slot, run.count, bytes.data());
    (void)shape_.put(run, config);
    std::memcpy(place, bytes.data(), bytes.size()); // last: nothing need be remembered across the call
  }
  void truncate(log_index from) {
    if (from > last()) return;
    shape_.truncate(from);
    set_tail();
  }
  void compact(log_index upto) {
    if (upto <= compacted()) return;
    shape_.compact(upto);
    set_tail();
  }
  // Makes it a log whose entries up to `compacted` are gone; only while it is empty.
  void start_at(log_index compacted, stamp stamp_there, configuration in_force) {
    shape_ = shape{compacted, stamp_there, in_force};
  }

private:
  using shape = basic_log_shape<std::vector<log_span>, std::vector<config_mark>>;

  std::size_t slot_of(log_index i) const { return i.value & slot_mask_; }
  std::size_t begin_of(log_index i) const { return begins_[slot_of(i)]; }
  std::size_t end_of(log_index i) const {
    auto const b = begin_of(i);
    return b + payloads::prefix + payloads::length_at(arena_.data() + b);
  }
  // The next `count` records are those at `record`, and will lie from tail_ on. Returns where they end.
  std::byte const* note_begins(std::size_t slot, std::size_t count, std::byte const* record) {
    auto* place = begins_.data() + slot;
    auto const begin = tail_;
    std::size_t at = 0;
    for (auto* const end = place + count; place != end; ++place) {
      *place = begin + at;
      at += payloads::prefix + payloads::length_at(record + at);
    }
    tail_ = begin + at;
    return record + at;
  }

  [[gnu::cold]] void note_begins_around(std::size_t slot, std::size_t count, std::byte const* record) {
    auto const before_end = begins_.size() - slot;
    note_begins(0, count - before_end, note_begins(slot, before_end, record));
  }

  // How many of the `count` entries from `first` on lie together within `bytes`; the first one in any case.
  [[gnu::cold]] std::uint32_t cut(log_index first, std::uint32_t count, std::size_t bytes) const {
    auto const from = begin_of(first);
    auto const fits = [&](std::uint32_t n) {
      auto const last = first + n - 1;
      return begin_of(last) >= from && end_of(last) - from <= bytes;
    };
    if (fits(count)) return count;
    std::uint32_t low = 1;
    while (count - low > 1) {
      auto const middle = low + (count - low) / 2;
      (fits(middle) ? low : count) = middle;
    }
    return low;
  }

  bool empty() const { return last() == compacted(); }
  std::size_t first_begin() const { return empty() ? 0 : begin_of(compacted() + 1); }
  void set_tail() {
    tail_ = empty() ? 0 : end_of(last());
    auto const head = first_begin();
    limit_ = empty() || head < tail_ ? arena_.size() : head;
  }
  // Makes `size` bytes from tail_ on free: at the arena's start, if they are there, or by a larger arena.
  [[gnu::cold]] void make_place(std::size_t size) {
    auto const head = first_begin();
    if (limit_ == arena_.size() && size <= head) tail_ = 0, limit_ = head;
    else grow(size);
  }
  void grow(std::size_t size) {
    std::vector<std::byte> larger(std::bit_ceil(2 * arena_.size() + size));
    std::size_t at = 0;
    for (auto i = compacted() + 1; i <= last(); i = i + 1) {
      auto const n = end_of(i) - begin_of(i);
      std::memcpy(&larger[at], &arena_[begin_of(i)], n);
      begins_[slot_of(i)] = at;
      at += n;
    }
    arena_.swap(larger);
    tail_ = at;
    limit_ = arena_.size();
  }

  std::size_t capacity_;
  std::vector<std::size_t> begins_; // where entry i's record lies, at i modulo the size, which is a power of two
  std::vector<std::byte> arena_;
  std::size_t slot_mask_;
  std::size_t limit_; // where the free bytes behind tail_ end
  std::size_t tail_ = 0;
  shape shape_{};
};

static_assert(log_view<memory_log>);

} // namespace quorate
