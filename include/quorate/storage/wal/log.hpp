// The log in memory: its shape, and where the bytes of each entry lie. Sixteen bytes an entry.
#pragma once

#include "quorate/core/log_shape.hpp"
#include "quorate/core/payloads.hpp"
#include "quorate/storage/wal/format.hpp"
#include "quorate/storage/wal/record.hpp"

#include <vector>

namespace quorate::wal {

class wal_log {
public:
  wal_log() = default;
  explicit wal_log(log_start const& s) : shape_{s.compacted, s.written_at, s.config} {}

  log_index compacted() const { return shape_.compacted(); }
  log_index last() const { return shape_.last(); }
  stamp stamp_at(log_index i) const { return shape_.stamp_at(i); }
  entry_run run_at(log_index i, std::uint32_t max) const { return shape_.run_at(i, max); }
  log_index last_not_above(log_index i, stamp s) const { return shape_.last_not_above(i, s); }
  configuration const& config_at(log_index i) const { return shape_.config_at(i); }
  static std::uint64_t room() { return shape::room(); }

  // Any run can be read as one piece, because read() copies together what lies in several records.
  entry_run fit(log_index i, std::uint32_t max, std::size_t bytes) const {
    auto run = shape_.run_at(i, max);
    // Byte sums are kept modulo 2^32. Offsets grow at least as fast, so within 2 GiB of them the sums don't wrap.
    run.count =
        greatest(run.count, [&](std::uint32_t n) { return slot_of(i + (n - 1)).at - slot_of(i).at < wrap; });
    run.count = greatest(run.count, [&](std::uint32_t n) { return sum_before(i + n) - sum_before(i) <= bytes; });
    return run;
  }

  struct place {
    std::uint64_t record; // log offset of the head of the record that holds the entry
    std::uint64_t at;     // log offset of its payload, length prefix included
    std::uint32_t bytes;  // of that
  };
  place where(log_index i) const {
    auto const& s = slot_of(i);
    return {s.at - s.back, s.at, sum_before(i + 1) - s.sum};
  }

  // Adds a run whose payloads lie `back` bytes behind the record head at log offset `record`. False, and
  // nothing changes, when it doesn't follow on or a configuration in it can't be read.
  [[nodiscard]] bool put(entry_run const& run, payloads bytes, std::uint64_t record, std::uint32_t back) {
    if (run.count == 0 || run.first != last() + 1 || bytes.count() != run.count) return false;
    if (run.kind == entry_kind::configuration) {
      if (!put_configurations(run, bytes)) return false;
    } else if (!shape_.put(run)) {
      return false;
    }
    bytes.for_each([&](payloads::bytes b) {
      slots_.push_back({record + back, back, end_sum_});
      auto const n = static_cast<std::uint32_t>(payloads::prefix + b.size());
      back += n;
      end_sum_ += n;
    });
    return true;
  }

  // Precondition: compacted() < from.
  void truncate(log_index from) {
    QUORATE_ASSERT(compacted() < from, "file_wal: a log compacted up to ", compacted(), " is truncated from ",
                   from, " on");
    if (from > last()) return;
    end_sum_ = slot_of(from).sum;
    slots_.resize(slots_.size() - static_cast<std::size_t>(last() - from) - 1);
    shape_.truncate(from);
  }

  // Precondition: upto <= last().
  void compact(log_index upto) {
    QUORATE_ASSERT(upto <= last(), "file_wal: a log that ends at ", last(), " is compacted up to ", upto);
    if (upto <= compacted()) return;
    gone_ += static_cast<std::size_t>(upto - compacted());
    shape_.compact(upto);
    give_back();
  }

  // Begins behind the mark (core/snapshot.hpp). Precondition: compacted() <= m.at.
  [[gnu::cold]] void install(snapshot_mark const& m, above_mark above) {
    auto const before = compacted();
    if (shape_.install(m, above))
      gone_ += static_cast<std::size_t>(m.at - before);
    else
      gone_ = slots_.size();
    give_back();
  }

private:
  void give_back() {
    if (gone_ < 1024 || gone_ < slots_.size() / 2) return; // moving the rest up costs less than one step an entry
    slots_.erase(slots_.begin(), slots_.begin() + static_cast<std::ptrdiff_t>(gone_));
    gone_ = 0;
  }

  using shape = basic_log_shape<std::vector<log_span>, std::vector<config_mark>>;
  struct slot {
    std::uint64_t at;   // log offset of the payload
    std::uint32_t back; // how far behind its record's head that is
    std::uint32_t sum;  // payload bytes of all entries before this one, modulo 2^32
  };
  static_assert(sizeof(slot) == 16);
  static constexpr std::uint64_t wrap = std::uint64_t{1} << 31;

  slot const& slot_of(log_index i) const { return slots_[gone_ + static_cast<std::size_t>(i - compacted()) - 1]; }
  std::uint32_t sum_before(log_index i) const { return i > last() ? end_sum_ : slot_of(i).sum; }

  // The greatest n in 2..most that is good, where the good ones come first; else 1.
  template <class Good>
  static std::uint32_t greatest(std::uint32_t most, Good good) {
    std::uint32_t low = 1;
    while (low < most) {
      auto const n = most - (most - low) / 2;
      if (good(n))
        low = n;
      else
        most = n - 1;
    }
    return low;
  }

  bool put_configurations(entry_run run, payloads bytes) {
    bool whole = true;
    auto at = run.first;
    bytes.for_each([&](payloads::bytes b) {
      whole = whole && configuration_form::read(b, at).has_value();
      at = at + 1;
    });
    if (!whole) return false;
    run.count = 1;
    bytes.for_each([&](payloads::bytes b) {
      whole = shape_.put(run, *configuration_form::read(b, run.first)) && whole;
      run.first = run.first + 1;
    });
    return whole;
  }

  shape shape_{};
  std::vector<slot> slots_{};
  std::size_t gone_ = 0; // slots in front that are of compacted entries
  std::uint32_t end_sum_ = 0;
};

static_assert(log_view<wal_log>);

} // namespace quorate::wal
