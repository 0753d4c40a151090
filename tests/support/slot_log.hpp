// A log of slots whose values have names, for tests: written anywhere above what is compacted, over other votes
// and behind gaps.
#pragma once

#include "quorate/core/bounded.hpp"
#include "quorate/core/entry.hpp"
#include "quorate/core/log_view.hpp"

#include <cstddef>
#include <cstdint>

namespace quorate::test {

constexpr log_index at(std::uint64_t n) { return log_index{n}; }

// What a slot holds: the number-th command of whoever led `by`; nothing, for a no-op and for a hole.
struct value {
  stamp by{};
  std::uint64_t number{};
  friend constexpr bool operator==(value const&, value const&) = default;
};
struct cell {
  stamp voted{};
  entry_kind kind{};
  value what{};
  friend constexpr bool operator==(cell const&, cell const&) = default;
};

inline constexpr std::size_t most_values = 8; // in one message
using values = bounded<value, most_values>;
// The values of a message, or of a proposal, from slot `first` on.
struct offer {
  log_index first{};
  values what{};
  constexpr bool has(log_index i) const { return first <= i && i < first + what.size(); }
  constexpr value const& operator[](log_index i) const { return what[i - first]; }
};

// A log of cells: written anywhere above what is compacted, over others and behind gaps.
template <std::size_t Slots>
class slot_log {
public:
  constexpr slot_log() = default;
  constexpr explicit slot_log(configuration const& voters) : voters_{voters} {
    cells_[0].kind = entry_kind::configuration;
    last_ = log_index{1};
  }
  constexpr log_index compacted() const { return compacted_; }
  constexpr log_index last() const { return last_; }
  constexpr cell const& operator[](log_index i) const { return cells_[i.value - 1]; }
  constexpr stamp stamp_at(log_index i) const { return i.value == 0 ? stamp{} : (*this)[i].voted; }
  constexpr entry_run run_at(log_index i, std::uint32_t max) const {
    auto const& c = (*this)[i];
    std::uint32_t n = 1;
    while (n < max && i + n <= last_ && (*this)[i + n].voted == c.voted && (*this)[i + n].kind == c.kind) ++n;
    return {i, n, c.voted, c.kind};
  }
  constexpr entry_run fit(log_index i, std::uint32_t max, std::size_t) const { return run_at(i, max); }
  constexpr log_index last_not_above(log_index i, stamp s) const {
    while (i > compacted_ && stamp_at(i) > s) i = i - 1;
    return i;
  }
  constexpr configuration config_at(log_index) const { return voters_; }
  constexpr std::uint64_t room() const { return Slots - last_.value; }

  // A run keeps the values that stand there, unless they are offered. False if it asks for what nobody has.
  constexpr bool put(entry_run const& run, offer const& o) {
    if (run.count == 0 || run.first <= compacted_ || run.last().value > Slots) return false;
    bool const offered = o.has(run.first) && o.has(run.last());
    if (!offered && run.kind != entry_kind::no_op && run.last() > last_) return false;
    for (auto i = last_ + 1; i < run.first; i = i + 1) cells_[i.value - 1] = {{}, entry_kind::hole, {}};
    for (auto i = run.first; i <= run.last(); i = i + 1) {
      auto& c = cells_[i.value - 1];
      if (!offered && run.kind != entry_kind::no_op && c.kind != run.kind) return false;
      c.voted = run.written_at;
      c.kind = run.kind;
      if (run.kind == entry_kind::no_op) c.what = {};
      else if (offered) c.what = o[i];
    }
    if (run.last() > last_) last_ = run.last();
    return true;
  }
  constexpr void compact(log_index upto) {
    if (upto > compacted_) compacted_ = upto;
  }
  friend constexpr bool operator==(slot_log const&, slot_log const&) = default;

private:
  log_index compacted_{};
  log_index last_{};
  configuration voters_{};
  cell cells_[Slots]{};
};

// What outlives a crash, when it was synced.
template <std::size_t Slots>
struct disk {
  slot_log<Slots> log{};
  hard_state hard{};
  friend constexpr bool operator==(disk const&, disk const&) = default;
};

} // namespace quorate::test
