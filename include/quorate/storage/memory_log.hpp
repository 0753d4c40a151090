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

// The records lie on an endless tape, of which an arena holds the last piece, one lap after the other. No record
// straddles the arena's end, so that the records of one lap lie together. A plain value.
class memory_log {
public:
  // It never holds more than `entries`; the arena starts with room for `bytes` and grows when they do not suffice.
  memory_log(std::size_t entries, std::size_t bytes)
      : capacity_{entries}, begins_(std::bit_ceil(entries)), arena_(std::bit_ceil(bytes)),
        slot_mask_{begins_.size() - 1}, byte_mask_{arena_.size() - 1} {}

  // --- the log_view; what fits is limited by the bytes that lie together
  log_index compacted() const { return shape_.compacted(); }
  log_index last() const { return shape_.last(); }
  stamp stamp_at(log_index i) const { return shape_.stamp_at(i); }
  entry_run run_at(log_index i, std::uint32_t max) const { return shape_.run_at(i, max); }
  entry_run fit(log_index i, std::uint32_t max, std::size_t bytes) const {
    auto run = shape_.run_at(i, max);
    auto const from = begin_of(i);
    // The end of the log is what is read almost always, and seldom is it more than fits.
    if (tail_ - from > bytes || !same_lap(from, tail_ - 1)) run.count = cut(run, bytes);
    return run;
  }
  log_index last_not_above(log_index i, stamp s) const { return shape_.last_not_above(i, s); }
  configuration config_at(log_index i) const { return shape_.config_at(i); }
  std::uint64_t room() const { return capacity_ - (last() - compacted()); }

  // --- the bytes
  // Precondition: fit() gave these entries as one piece.
  payloads read(log_index first, std::uint32_t count) const {
    auto const from = begin_of(first);
    return payloads::trusted({arena_.data() + physical(from), end_of(first + count - 1) - from}, count);
  }
  // Adds a run behind the last entry: `bytes` are its records. A configuration comes with what it says.
  void append(entry_run const& run, payloads::bytes bytes, configuration const& config = {}) {
    make_place(bytes.size());
    auto at = physical(tail_);
    auto const lap = tail_ - at;
    auto* const arena = arena_.data();
    std::memcpy(arena + at, bytes.data(), bytes.size());
    auto* const begins = begins_.data();
    auto const mask = slot_mask_;
    for (auto i = run.first.value, end = i + run.count; i != end; ++i) {
      begins[i & mask] = lap + at;
      at += payloads::prefix + payloads::length_at(arena + at);
    }
    tail_ = lap + at;
    (void)shape_.put(run, config);
  }
  void truncate(log_index from) {
    if (from > last()) return;
    tail_ = begin_of(from);
    shape_.truncate(from);
  }
  void compact(log_index upto) {
    shape_.compact(upto);
    head_ = upto == last() ? tail_ : begin_of(upto + 1);
  }
  // Makes it a log whose entries up to `compacted` are gone; only while it is empty.
  void start_at(log_index compacted, stamp stamp_there, configuration in_force) {
    shape_ = shape{compacted, stamp_there, in_force};
  }

private:
  using shape = basic_log_shape<std::vector<log_span>, std::vector<config_mark>>;
  using offset = std::uint64_t; // on the tape

  std::size_t physical(offset o) const { return static_cast<std::size_t>(o & byte_mask_); }
  bool same_lap(offset a, offset b) const { return (a ^ b) <= byte_mask_; }
  offset begin_of(log_index i) const { return begins_[i.value & slot_mask_]; }
  offset end_of(log_index i) const {
    auto const b = begin_of(i);
    return b + payloads::prefix + payloads::length_at(arena_.data() + physical(b));
  }

  // How many of the run's entries lie together within `bytes`, the first one in any case.
  [[gnu::cold]] std::uint32_t cut(entry_run run, std::size_t bytes) const {
    auto const from = begin_of(run.first);
    auto const fits = [&](std::uint32_t n) {
      auto const last = run.first + n - 1;
      return same_lap(begin_of(last), from) && end_of(last) - from <= bytes;
    };
    if (fits(run.count)) return run.count;
    std::uint32_t low = 1;
    while (run.count - low > 1) {
      auto const middle = low + (run.count - low) / 2;
      (fits(middle) ? low : run.count) = middle;
    }
    return low;
  }

  // Makes tail_ a place where `size` bytes, at least one, lie together.
  void make_place(std::size_t size) {
    auto const end = tail_ + size - 1;
    if (!same_lap(tail_, end) || end - head_ > byte_mask_) make_place_elsewhere(size);
  }
  [[gnu::cold]] void make_place_elsewhere(std::size_t size) {
    auto const left = arena_.size() - physical(tail_);
    auto const start = size <= left ? tail_ : tail_ + left;
    if (start + size - head_ <= arena_.size()) tail_ = start;
    else grow(size);
  }
  void grow(std::size_t size) {
    std::vector<std::byte> larger(std::bit_ceil(2 * arena_.size() + size));
    offset at = 0;
    for (auto i = compacted() + 1; i <= last(); i = i + 1) {
      auto const n = static_cast<std::size_t>(end_of(i) - begin_of(i));
      std::memcpy(&larger[static_cast<std::size_t>(at)], &arena_[physical(begin_of(i))], n);
      begins_[i.value & slot_mask_] = at;
      at += n;
    }
    arena_.swap(larger);
    byte_mask_ = arena_.size() - 1;
    head_ = 0;
    tail_ = at;
  }

  std::size_t capacity_;
  std::vector<offset> begins_; // of entry i's record, at i modulo the size
  std::vector<std::byte> arena_;
  std::size_t slot_mask_; // the sizes of both are powers of two: these are one less
  std::size_t byte_mask_;
  shape shape_{};
  offset head_ = 0; // the first byte still needed
  offset tail_ = 0;
};

static_assert(log_view<memory_log>);

} // namespace quorate
