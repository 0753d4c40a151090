// Entries and their bytes in memory: what `memory` shows as its log, and what moves it.
#pragma once

#include "quorate/core/log_shape.hpp"
#include "quorate/core/log_view.hpp"
#include "quorate/core/payloads.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

namespace quorate {

// The records lie in an arena that is used in a ring. A block is a piece of one run whose records lie end to end:
// where it begins is marked, where another record of it begins is found by walking it. A block that no longer fits
// before the arena's end begins anew at its start. A plain value.
class memory_log {
public:
  // It never holds more than `entries`; the arena starts with `bytes` and grows when they do not suffice.
  memory_log(std::size_t entries, std::size_t bytes)
      : capacity_{entries}, marks_(std::bit_ceil(entries)), slot_mask_{marks_.size() - 1},
        arena_(bytes), limit_{bytes} {}

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
  configuration const& config_at(log_index i) const { return shape_.config_at(i); }
  std::uint64_t room() const { return capacity_ - (last() - compacted()); }

  // --- the bytes
  // Precondition: fit() gave these entries as one piece.
  payloads read(log_index first, std::uint32_t count) const {
    QUORATE_ASSERT(fit(first, count, ~std::size_t{0}).count == count, "memory: entries from ", first, " on, ",
                   count, " of them, do not lie in one piece");
    auto const from = begin_of(first);
    return payloads::trusted({arena_.data() + from, end_of(first + count - 1, from) - from}, count);
  }
  // Adds a run behind the last entry: `bytes` are its records. A configuration comes with what it says.
  void append(entry_run const& run, payloads::bytes bytes) {
    auto* const place = add(run, bytes);
    (void)shape_.put(run);
    payloads::copy(place, bytes); // last: nothing need be remembered across the call
  }
  void append(entry_run const& run, payloads::bytes bytes, configuration const& config) {
    payloads::copy(add(run, bytes), bytes);
    (void)shape_.put(run, config);
  }
  void truncate(log_index from) {
    if (from > last()) return;
    auto const tail = from == compacted() + 1 ? 0 : behind(begin_of(from - 1));
    for (auto i = from; i <= last(); i = i + 1) marks_[slot_of(i)] = {};
    shape_.truncate(from);
    set_tail(tail);
  }
  void compact(log_index upto) {
    if (upto <= compacted()) return;
    if (upto < last()) mark(upto + 1, begin_of(upto + 1)); // what is before it may be overwritten
    shape_.compact(upto);
    set_tail(empty() ? 0 : tail_);
  }
  // Begins behind the mark (core/snapshot.hpp). Precondition: compacted() < m.at.
  [[gnu::cold]] void install(snapshot_mark const& m, above_mark above) {
    if (keeps_above(shape_, m, above))
      mark(m.at + 1, begin_of(m.at + 1)); // what is before it may be overwritten
    else
      for (auto i = compacted() + 1; i <= last(); i = i + 1) marks_[slot_of(i)] = {};
    (void)shape_.install(m, above);
    set_tail(empty() ? 0 : tail_);
  }
  // Makes it a log whose entries up to `compacted` are gone; only while it is empty.
  void start_at(log_index compacted, stamp stamp_there, configuration in_force) {
    shape_ = shape{compacted, stamp_there, in_force};
  }

private:
  // Where its records go.
  std::byte* add(entry_run const& run, payloads::bytes bytes) {
    if (bytes.size() > limit_ - tail_) make_place(bytes.size());
    auto* const place = arena_.data() + tail_;
    mark(run.first, tail_);
    if (run.count > longest_block) mark_more(run, bytes.data());
    tail_ += bytes.size();
    return place;
  }

  using shape = basic_log_shape<std::vector<log_span>, std::vector<config_mark>>;

  struct block_mark {
    log_index first{};
    std::size_t begin{};
  };
  static constexpr std::uint32_t longest_block = 512; // entries, so that none is far from a mark

  std::size_t slot_of(log_index i) const { return static_cast<std::size_t>(i.value) & slot_mask_; }
  void mark(log_index first, std::size_t begin) { marks_[slot_of(first)] = {first, begin}; }
  [[gnu::cold]] void mark_more(entry_run const& run, std::byte const* records) {
    std::size_t at = 0;
    for (std::uint32_t i = 0; i < run.count; ++i) {
      if (i % longest_block == 0) mark(run.first + i, tail_ + at);
      at += payloads::prefix + payloads::length_at(records + at);
    }
  }

  // Where entry i's record begins. Precondition: compacted() < i <= last().
  std::size_t begin_of(log_index i) const {
    QUORATE_ASSERT(compacted() < i && i <= last(), "memory: entry ", i, " of a log of entries above ", compacted(),
                   " up to ", last());
    auto const& m = marks_[slot_of(i)];
    return m.first == i ? m.begin : begin_within(i);
  }
  [[gnu::cold]] std::size_t begin_within(log_index i) const {
    auto first = i - 1;
    while (marks_[slot_of(first)].first != first) first = first - 1;
    auto at = marks_[slot_of(first)].begin;
    for (; first < i; first = first + 1) at = behind(at);
    return at;
  }
  std::size_t behind(std::size_t record) const {
    return record + payloads::prefix + payloads::length_at(arena_.data() + record);
  }
  // Where entry i's record ends, which lies in one piece with what lies at `from`, before it.
  std::size_t end_of(log_index i, std::size_t from) const {
    if (i == last()) return tail_;
    auto const& next = marks_[slot_of(i + 1)]; // reads mostly end where a block does
    return next.first == i + 1 && next.begin > from ? next.begin : behind(begin_of(i));
  }

  // How many of the `count` entries from `first` on lie together within `bytes`; the first one in any case.
  [[gnu::cold]] std::uint32_t cut(log_index first, std::uint32_t count, std::size_t bytes) const {
    auto const from = begin_of(first);
    auto const end = from < tail_ ? tail_ : lap_end_;
    auto at = behind(from);
    std::uint32_t n = 1;
    for (; n < count && at < end; ++n) {
      auto const next = behind(at);
      if (next - from > bytes) break;
      at = next;
    }
    return n;
  }

  bool empty() const { return last() == compacted(); }
  std::size_t head() const { return empty() ? 0 : begin_of(compacted() + 1); }
  void set_tail(std::size_t tail) {
    tail_ = tail;
    limit_ = empty() || head() < tail_ ? arena_.size() : head();
  }
  // Makes `size` bytes from tail_ on free: at the arena's start, if they are there, or by a larger arena.
  [[gnu::cold]] void make_place(std::size_t size) {
    if (limit_ == arena_.size() && size <= head())
      lap_end_ = tail_, tail_ = 0, limit_ = head();
    else
      grow(size);
  }
  void grow(std::size_t size) {
    std::vector<std::byte> larger(std::bit_ceil(2 * arena_.size() + size));
    std::size_t from = 0, at = 0;
    for (auto i = compacted() + 1; i <= last(); i = i + 1) {
      if (auto& m = marks_[slot_of(i)]; m.first == i) from = std::exchange(m.begin, at);
      auto const n = behind(from) - from;
      std::memcpy(&larger[at], &arena_[from], n);
      from += n, at += n;
    }
    arena_.swap(larger);
    tail_ = at;
    limit_ = arena_.size();
  }

  std::size_t capacity_;
  std::vector<block_mark> marks_; // of the block that begins with entry i: at i modulo the size, a power of two
  std::size_t slot_mask_;
  std::vector<std::byte> arena_;
  std::size_t limit_;       // where the free bytes behind tail_ end
  std::size_t tail_ = 0;    // where the last record ends
  std::size_t lap_end_ = 0; // where the records before the arena's end end, when others lie at its start
  shape shape_{};
};

static_assert(log_view<memory_log>);

} // namespace quorate
