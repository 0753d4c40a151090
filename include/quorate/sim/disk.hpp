// A disk under any Storage: it remembers what no sync has covered, and after a power cut keeps as much of it as
// the contract of policy/storage.hpp allows. It can fail, be full, and rot.
#pragma once

#include "quorate/core/log_shape.hpp"
#include "quorate/replica/hard.hpp"
#include "quorate/sim/fitting.hpp"
#include "quorate/truth/log.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace quorate::sim {

enum class disk_trouble : std::uint8_t { none, writes_fail, full };

// What was written, as the simulator's checks want to know it.
struct disk_write {
  enum class kind : std::uint8_t { entries, truncation, hard, installation };
  kind what{};
  above_mark above{}; // of an installation
  entry_run run{};    // of a truncation: what begins at run.first is gone
  hard_state hard{};
  std::uint64_t group = 0;      // those of one group, between two sync orders, are kept together or not at all
  std::size_t at = 0, size = 0; // of its records; of an installation: which mark it is
};

// Of a hard state as storages keep it, what `Core` has written; nothing, if another core did.
template <class Core>
typename Core::hard_type hard_of(hard_state const& h) {
  return from_hard_state<typename Core::hard_type>(h).value_or(typename Core::hard_type{});
}
template <class Core>
stamp era_of(hard_state const& h) {
  return truth::era_kept(hard_of<Core>(h));
}

template <class Storage>
class disk {
  using fitting = storage_fitting<Storage>;

public:
  static constexpr bool is_judged = true; // by the simulation, which tells what is wrong and goes on

  disk(store_identity const& identity, std::size_t entries) : inner_{fitting::make(identity, entries)} {}

  // --- the Storage policy
  decltype(auto) log() const { return inner_.log(); }
  hard_state hard() const { return inner_.hard(); }
  store_identity identity() const { return inner_.identity(); }
  std::optional<payloads> read(log_index first, std::uint32_t count) {
    if (first <= damaged_ && damaged_ < first + count) return failure_ = "a record is damaged", std::nullopt;
    return inner_.read(first, count);
  }
  bool put(entry_run const& run, payloads const& bytes) {
    if (fails()) return false;
    note({.what = disk_write::kind::entries, .run = run}, bytes.whole());
    return inner_.put(run, bytes);
  }
  bool truncate(log_index from) {
    if (fails()) return false;
    note({.what = disk_write::kind::truncation, .run = {from, 0, {}, {}}});
    return inner_.truncate(from);
  }
  bool put(hard_state const& h) {
    if (fails()) return false;
    note({.what = disk_write::kind::hard, .hard = h});
    return inner_.put(h);
  }
  bool install(snapshot_mark const& mark, above_mark above) requires installing_storage<Storage> {
    if (fails()) return false;
    note({.what = disk_write::kind::installation, .above = above});
    journal_.back().at = marks_.size();
    marks_.push_back(mark);
    ++installing_;
    return inner_.install(mark, above);
  }
  bool compact(log_index upto) { return inner_.compact(upto); }
  std::optional<durable> sync(sync_order order) {
    auto const upto = order.upto();
    auto const done = inner_.sync(std::move(order));
    if (done && upto > durable_) forget(upto);
    return done;
  }
  std::string failure() const { return failure_.empty() ? std::string{inner_.failure()} : failure_; }

  // --- what the simulator does to it
  // A sync was ordered: what comes now is of another group.
  void close_group() {
    if (!pending().empty() && pending().back().group == group_) ++group_;
  }
  // How many groups a power cut may take, or keep.
  std::size_t groups_at_risk() const {
    auto const p = pending();
    return p.empty() ? 0 : static_cast<std::size_t>(p.back().group - p.front().group + 1);
  }
  // The power goes; the oldest `kept` groups had reached the disk.
  void crash(std::size_t kept) {
    auto const p = pending();
    fitting::crash(inner_);
    numbers n;
    for (auto const& w : p) {
      if (w.group - p.front().group >= kept || !carry_out(w)) break;
      (void)n.next();
    }
    if (n.latest().number() > 0) (void)inner_.sync(n.order());
    fitting::reopen(inner_);
    begin();
  }
  void fail(char const* why) { failure_ = why; }
  void make(disk_trouble t) { trouble_ = t; }
  // The record of entry i can't be read any more.
  void damage(log_index i) { damaged_ = i; }
  // Would an opening find damage?
  bool damaged() const { return damaged_ > log().compacted() && damaged_ <= log().last(); }

  // --- what is known of it
  std::uint64_t writes() const { return durable_ + pending().size(); } // since it was opened
  // Calls f(write, bytes) for each write after number n. Precondition: no sync has covered them.
  template <class F>
  void each_after(std::uint64_t n, F&& f) const {
    QUORATE_ASSERT(durable_ <= n, "the writes after ", n, " are asked for, and ", durable_, " are durable");
    auto const p = pending();
    for (auto i = n > durable_ ? static_cast<std::size_t>(n - durable_) : 0; i < p.size(); ++i)
      f(p[i], payloads::bytes{bytes_.data() + p[i].at, p[i].size});
  }
  hard_state durable_hard() const { return durable_hard_; }
  // The log as a power cut would leave it at the least.
  using shape = basic_log_shape<std::vector<log_span>, std::vector<config_mark>>;
  shape const& durable_log() const { return durable_log_; }
  // Of a write that is an installation, until the next sync.
  snapshot_mark const& mark_of(disk_write const& w) const { return marks_[w.at]; }
  // Is an installation on its way? Then what it covers may come back.
  bool installs() const { return installing_ != 0; }
  // Would entry i still be there as it is, or what it stands for be covered for good?
  bool is_durable(log_index i) const {
    if (installs()) return was_durable_before(i, [](disk_write const&) { return false; });
    return i <= log().compacted() || on_disk(i, log());
  }
  // Is the entry that stood at i when this node left `era` on the disk, or what has taken its place since? If the
  // node has not left it: is the one that stands there? (effect/outbox.hpp says why that is what must be durable.)
  template <class Core>
  bool was_durable(log_index i, stamp era) const {
    if (era_of<Core>(hard()) <= era) return is_durable(i);
    if (era_of<Core>(durable_hard_) > era) return true; // and so are all writes before that one
    return was_durable_before(
        i, [&](disk_write const& w) { return w.what == disk_write::kind::hard && era_of<Core>(w.hard) > era; });
  }
  Storage const& inner() const { return inner_; }

private:
  struct numbers : ticket_source {
    using ticket_source::next;
    using ticket_source::order;
  };

  bool fails() {
    if (trouble_ == disk_trouble::none) return false;
    failure_ = trouble_ == disk_trouble::full ? "the disk is full" : "a write has failed";
    return true;
  }
  std::span<disk_write const> pending() const { return std::span{journal_}.subspan(head_); }
  void note(disk_write w, payloads::bytes bytes = {}) {
    w.group = group_;
    w.at = bytes_.size(), w.size = bytes.size();
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    journal_.push_back(w);
  }
  void forget(std::uint64_t upto) {
    for (; durable_ < upto && head_ < journal_.size(); ++durable_, ++head_) {
      auto const& w = journal_[head_];
      if (w.what == disk_write::kind::hard) durable_hard_ = w.hard;
      if (w.what == disk_write::kind::installation) --installing_;
      carry_out(w, durable_log_);
    }
    if (!installs() && durable_log_.compacted() < log().compacted()) durable_log_.compact(log().compacted());
    if (head_ == journal_.size()) journal_.clear(), bytes_.clear(), marks_.clear(), head_ = 0;
  }
  template <log_view Log>
  static shape shape_of(Log const& log) {
    shape out{log.compacted(), log.stamp_at(log.compacted()), {}};
    for (auto i = log.compacted() + 1; i <= log.last();) {
      auto const run = log.run_at(i, ~std::uint32_t{0});
      (void)out.put(run);
      i = run.last() + 1;
    }
    return out;
  }
  template <log_view Log>
  bool on_disk(log_index i, Log const& log) const {
    return i <= durable_log_.last() && i <= log.last() && durable_log_.stamp_at(i) == log.stamp_at(i);
  }
  // Does a power cut leave what stood at i when `stop` was true of a write for the first time, or what an
  // installation has covered since? An installation says nothing of what it covers.
  template <class Stop>
  bool was_durable_before(log_index i, Stop&& stop) const {
    auto then = durable_log_;
    for (auto const& w : pending()) {
      if (stop(w) || (w.what == disk_write::kind::installation && i < mark_of(w).at)) break;
      carry_out(w, then);
    }
    return i <= durable_log_.compacted() || on_disk(i, then);
  }
  void carry_out(disk_write const& w, shape& log) const {
    if (w.what == disk_write::kind::truncation) log.truncate(w.run.first);
    if (w.what == disk_write::kind::entries) (void)log.put(w.run);
    if (w.what == disk_write::kind::installation) (void)log.install(mark_of(w), w.above);
  }
  bool carry_out(disk_write const& w) {
    switch (w.what) {
    case disk_write::kind::hard: return inner_.put(w.hard);
    case disk_write::kind::truncation:
      return w.run.first > log().compacted() && w.run.first <= log().last() + 1 && inner_.truncate(w.run.first);
    case disk_write::kind::installation: return carry_out_install(w);
    case disk_write::kind::entries: break;
    }
    return w.run.first == log().last() + 1 &&
           inner_.put(w.run, payloads::trusted({bytes_.data() + w.at, w.size}, w.run.count));
  }
  bool carry_out_install(disk_write const& w) {
    if constexpr (installing_storage<Storage>)
      return mark_of(w).at > log().compacted() && inner_.install(mark_of(w), w.above);
    else
      return false;
  }
  void begin() {
    journal_.clear(), bytes_.clear(), marks_.clear();
    head_ = 0, durable_ = 0, group_ = 0, installing_ = 0;
    durable_hard_ = inner_.hard();
    durable_log_ = shape_of(inner_.log());
    trouble_ = disk_trouble::none;
    failure_.clear();
  }

  Storage inner_;
  std::vector<disk_write> journal_{}; // from head_ on: what no sync has covered
  std::vector<std::byte> bytes_{};
  std::vector<snapshot_mark> marks_{};
  std::size_t head_ = 0;
  std::size_t installing_ = 0; // installations that no sync has covered
  std::uint64_t durable_ = 0;  // how many writes a sync has covered
  std::uint64_t group_ = 0;
  hard_state durable_hard_{};
  shape durable_log_{};
  disk_trouble trouble_{};
  log_index damaged_{};
  std::string failure_{};
};

} // namespace quorate::sim
