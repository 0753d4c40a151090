// The log without its bytes: runs of (stamp, kind) and the configurations. Storages keep one beside their bytes;
// tests and the model checker use it alone, where it is a log_view of entries of a fixed size.
#pragma once

#include "quorate/core/bounded.hpp"
#include "quorate/core/entry.hpp"
#include "quorate/core/log_view.hpp"
#include "quorate/core/snapshot.hpp"

#include <cstddef>
#include <cstdint>

namespace quorate {

// `Runs` and `Configs` are vectors of `log_span` and `config_mark`: std::vector, or `bounded` for a constexpr
// value. A bounded shape that is full refuses the put; one over std::vector grows by a run, not by an entry.
struct log_span { // entries from `first` up to the next span's first, or the end
  log_index first{};
  stamp written_at{};
  entry_kind kind{};
  friend constexpr bool operator==(log_span const&, log_span const&) = default;
};
struct config_mark {
  log_index at{};
  configuration config{};
  friend constexpr bool operator==(config_mark const&, config_mark const&) = default;
};

// Do the entries above the mark stay when it is installed over that log? There must be some for that.
template <log_view Log>
constexpr bool keeps_above(Log const& log, snapshot_mark const& m, above_mark above) {
  if (log.last() <= m.at) return false;
  return above == above_mark::always || log.stamp_at(m.at) == m.written_at;
}

template <class Runs, class Configs>
class basic_log_shape {
public:
  constexpr basic_log_shape() = default;
  // An empty log whose entries up to `compacted` are gone.
  constexpr basic_log_shape(log_index compacted, stamp stamp_there, configuration const& in_force)
      : compacted_{compacted}, last_{compacted}, base_stamp_{stamp_there}, configs_{only({compacted, in_force})} {}

  constexpr log_index compacted() const { return compacted_; }
  constexpr log_index last() const { return last_; }

  constexpr stamp stamp_at(log_index i) const {
    if (i == compacted_) return base_stamp_;
    if (runs_.back().first <= i) return runs_.back().written_at; // almost always: the log is read at its end
    return runs_[span_of(i)].written_at;
  }
  constexpr entry_kind kind_at(log_index i) const { return runs_[span_of(i)].kind; }

  constexpr entry_run run_at(log_index i, std::uint32_t max) const {
    if (auto const& end = runs_.back(); end.first <= i) {
      auto const left = last_ + 1 - i;
      return {i, left < max ? static_cast<std::uint32_t>(left) : max, end.written_at, end.kind};
    }
    auto const k = span_of(i);
    auto const left = (k + 1 < runs_.size() ? runs_[k + 1].first : last_ + 1) - i;
    return {i, left < max ? static_cast<std::uint32_t>(left) : max, runs_[k].written_at, runs_[k].kind};
  }
  // A shape alone counts an entry as `entry_size` bytes.
  static constexpr std::size_t entry_size = 20;
  constexpr entry_run fit(log_index i, std::uint32_t max, std::size_t bytes) const {
    auto const n = bytes / entry_size;
    return run_at(i, n >= max ? max : n == 0 ? 1U : static_cast<std::uint32_t>(n));
  }

  constexpr log_index last_not_above(log_index i, stamp s) const {
    if (i == compacted_) return i;
    for (auto k = span_of(i) + 1; k-- > 0;) {
      if (runs_[k].written_at <= s) return i;
      i = runs_[k].first - 1;
    }
    return compacted_;
  }

  constexpr configuration const& config_at(log_index i) const {
    if (configs_.back().at <= i) return configs_.back().config; // almost always
    return earlier_config_at(i);
  }

  static constexpr std::uint64_t room() { return ~std::uint64_t{0}; }

  // Adds a run at last()+1; false, and nothing changes, when the shape is full or the run does not follow on.
  [[nodiscard]] constexpr bool put(entry_run const& run) {
    if (run.count == 0 || run.first != last_ + 1) return false;
    // Each configuration is a run of its own.
    bool const same = !runs_.empty() && runs_.back().written_at == run.written_at &&
                      runs_.back().kind == run.kind && run.kind != entry_kind::configuration;
    if (!same && !open_span(run)) return false;
    last_ = run.last();
    return true;
  }
  // A configuration comes one entry a run, with what it says; its number is the index where it stands.
  [[nodiscard]] [[gnu::cold]] constexpr bool put(entry_run const& run, configuration const& config) {
    if (run.kind != entry_kind::configuration) return put(run);
    if (!add(configs_, config_mark{run.first, config})) return false;
    configs_.back().config.number = run.first;
    if (put(run)) return true;
    configs_.pop_back();
    return false;
  }

  // Drops the entries from `from` on. Precondition: compacted() < from.
  constexpr void truncate(log_index from) {
    QUORATE_ASSERT(compacted_ < from, "a log compacted up to ", compacted_, " is truncated from ", from, " on");
    if (from > last_) return;
    while (!runs_.empty() && runs_.back().first >= from) runs_.pop_back();
    while (configs_.back().at >= from) configs_.pop_back();
    last_ = from - 1;
  }

  // Forgets the entries up to `upto`, keeping the stamp and the configuration there. Precondition: upto <= last().
  constexpr void compact(log_index upto) {
    QUORATE_ASSERT(upto <= last_, "a log that ends at ", last_, " is compacted up to ", upto);
    if (upto <= compacted_) return;
    base_stamp_ = stamp_at(upto);
    std::size_t gone = 0;
    while (gone + 1 < runs_.size() && runs_[gone + 1].first <= upto + 1) ++gone;
    if (upto == last_) gone = runs_.size();
    drop_front(runs_, gone);
    if (!runs_.empty() && runs_[0].first <= upto) runs_[0].first = upto + 1;
    gone = 0;
    while (gone + 1 < configs_.size() && configs_[gone + 1].at <= upto) ++gone;
    drop_front(configs_, gone);
    configs_[0].at = upto;
    compacted_ = upto;
  }

  // The log begins behind the mark. Returns whether what is above it stayed. Precondition: compacted() <= m.at.
  [[gnu::cold]] constexpr bool install(snapshot_mark const& m, above_mark above) {
    QUORATE_ASSERT(compacted_ <= m.at, "a snapshot up to ", m.at, " is installed over a log compacted up to ",
                   compacted_);
    bool const stays = keeps_above(*this, m, above);
    if (stays) {
      compact(m.at);
      configs_[0].config = m.config;
      base_stamp_ = m.written_at;
    } else {
      *this = basic_log_shape{m.at, m.written_at, m.config};
    }
    return stays;
  }

  friend constexpr bool operator==(basic_log_shape const&, basic_log_shape const&) = default;

private:
  [[gnu::cold]] constexpr configuration const& earlier_config_at(log_index i) const {
    auto k = configs_.size() - 1;
    while (k > 0 && i < configs_[k].at) --k;
    return configs_[k].config;
  }
  [[gnu::cold]] constexpr bool open_span(entry_run const& run) {
    return add(runs_, log_span{run.first, run.written_at, run.kind});
  }
  // The span that holds entry i. Precondition: compacted() < i <= last(). Cold, because entries before the last
  // span are asked for only around elections and by peers that are far behind.
  [[gnu::cold]] constexpr std::size_t span_of(log_index i) const {
    QUORATE_ASSERT(compacted_ < i && i <= last_, "entry ", i, " of a log of entries above ", compacted_, " up to ",
                   last_);
    std::size_t high = runs_.size() - 1;
    if (runs_[high].first <= i) return high;
    std::size_t low = 0;
    while (high - low > 1) {
      auto const middle = low + (high - low) / 2;
      (runs_[middle].first <= i ? low : high) = middle;
    }
    return low;
  }
  static constexpr Configs only(config_mark const& m) {
    Configs c{};
    (void)add(c, m);
    return c;
  }
  template <class V, class T>
  static constexpr bool add(V& v, T const& x) {
    if constexpr (requires {
                    { v.push_back(x) } -> std::same_as<bool>;
                  })
      return v.push_back(x);
    else
      return v.push_back(x), true;
  }
  template <class V>
  static constexpr void drop_front(V& v, std::size_t n) {
    if (n == 0) return;
    for (std::size_t i = n; i < v.size(); ++i) v[i - n] = v[i];
    for (; n > 0; --n) v.pop_back();
  }

  log_index compacted_{};
  log_index last_{};
  stamp base_stamp_{};
  Runs runs_{};
  Configs configs_ = only({}); // first the one in force at compacted_, then those that have an entry
};

// A shape of at most MaxRuns runs, and MaxConfigs configurations that have an entry, as a plain value.
template <std::size_t MaxRuns, std::size_t MaxConfigs = 1>
using log_shape = basic_log_shape<bounded<log_span, MaxRuns>, bounded<config_mark, MaxConfigs + 1>>;

} // namespace quorate
