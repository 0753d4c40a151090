// A log in memory, with a durable mark: for tests, simulators and measurements, and for nodes whose machine is
// their disk. A crash (crash()) takes back what was not synced.
#pragma once

#include "quorate/policy/storage.hpp"
#include "quorate/replica/sentence.hpp"
#include "quorate/storage/memory_log.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace quorate {

// A replica compacts nothing by itself: who goes on proposing calls its compact(), or the log is full one day.
struct memory_options {
  store_identity identity{};      // its incarnation is raised by reopen() and crash()
  std::size_t entries = 1U << 16; // it never holds more, 2^28 at most; room() says how many still fit
  std::size_t bytes = 1U << 20;   // to begin with, 4 GiB at most; more payload than that makes it grow
};

class memory {
public:
  static constexpr bool is_volatile = true; // it ends with its process, as the machine does
  // Options that can't work make a log that has room for nothing, and misfit() says which.
  explicit memory(memory_options const& o = {})
      : identity_{o.identity}, misfit_{wrong(o)}, log_{misfit_.empty() ? o.entries : 0,
                                                       misfit_.empty() ? o.bytes : 0},
        undo_(64) {}
  // A log whose entries up to `compacted` are gone; only for one that is still empty.
  void start_at(log_index compacted, stamp stamp_there, configuration in_force) {
    log_.start_at(compacted, stamp_there, in_force);
  }

  memory_log const& log() const { return log_; }
  hard_state hard() const { return hard_; }
  store_identity identity() const { return identity_; }

  std::optional<payloads> read(log_index first, std::uint32_t count) { return log_.read(first, count); }

  bool put(entry_run const& run, payloads const& bytes) {
    if (run.kind == entry_kind::configuration) return put_configuration(run, bytes);
    note({log_.last()});
    log_.append(run, bytes.whole());
    return true;
  }
  bool truncate(log_index from) {
    note({log_.last(), true});
    replaced_.push_back({.removed = copy_from(from)});
    log_.truncate(from);
    return true;
  }
  [[gnu::cold]] bool install(snapshot_mark const& m, above_mark above) {
    note({log_.last(), true});
    replaced_.push_back({.whole = {log_}});
    log_.install(m, above);
    return true;
  }
  bool put(hard_state const& h) {
    note({log_.last(), true});
    replaced_.push_back({.hard = hard_});
    hard_ = h;
    return true;
  }
  // What a power cut would bring back is kept.
  bool compact(log_index upto) {
    for (std::size_t i = 0; i < pending_; ++i)
      if (undo_[i].before < upto) upto = undo_[i].before;
    for (auto const& r : replaced_)
      if (!r.removed.empty() && r.removed.front().run.first <= upto) upto = r.removed.front().run.first - 1;
    log_.compact(upto);
    return true;
  }

  std::optional<durable> sync(sync_order order) {
    if (order.upto() < durable_) return std::move(order).succeeded(); // a later order ended earlier
    auto const now = static_cast<std::size_t>(order.upto() - durable_);
    if (now == pending_ && replaced_.empty())
      pending_ = 0; // as almost always
    else
      forget(now);
    durable_ = order.upto();
    return std::move(order).succeeded();
  }
  std::string failure() const {
    if (refused_ == log_index{}) return {};
    return sentence({"entry ", refused_.value, " is no configuration that this program can read: it is not kept"});
  }
  std::string const& misfit() const { return misfit_; }

  // A restart without a loss: the next incarnation.
  void reopen() {
    identity_.incarnation = incarnation_id{identity_.incarnation.value + 1};
    forget(pending_);
    durable_ = 0;
  }
  // A power cut: what no sync covered is gone, the newest first.
  void crash() {
    for (; pending_ > 0; --pending_) take_back(undo_[pending_ - 1]);
    reopen();
  }

private:
  [[gnu::cold, gnu::noinline]] static std::string wrong(memory_options const& o) {
    constexpr std::uint64_t entries = std::uint64_t{1} << 28, bytes = std::uint64_t{1} << 32;
    if (o.entries == 0 || o.entries > entries)
      return sentence({"memory_options::entries is ", o.entries, ": expected 1 to ", entries,
                       "; give as many as are applied between two calls of compact()"});
    if (o.bytes > bytes)
      return sentence(
          {"memory_options::bytes is ", o.bytes, ": expected at most ", bytes, "; it grows when it must"});
    return {};
  }
  struct removed_run {
    entry_run run{};
    configuration config{};
    std::vector<std::byte> bytes{};
  };
  struct replaced { // what a write took away: a hard state, the entries behind a truncation, or the log
    std::optional<hard_state> hard{};
    std::vector<removed_run> removed{};
    std::vector<memory_log> whole{}; // one or none, and small where there is none
  };
  struct undo {                // how to take one write back
    log_index before{};        // the last entry before it
    bool has_replaced = false; // the last of replaced_ is its
  };

  [[gnu::cold]] bool put_configuration(entry_run const& run, payloads const& bytes) {
    auto const config = configuration_form::read(bytes.front(), run.first);
    if (!config) return refused_ = run.first, false;
    note({log_.last()});
    log_.append(run, bytes.whole(), *config);
    return true;
  }

  void note(undo const& u) {
    if (pending_ == undo_room_) remember_more();
    undo_[pending_++] = u;
  }
  [[gnu::cold]] void remember_more() {
    undo_room_ *= 2;
    undo_.resize(undo_room_);
  }
  void take_back(undo const& u) {
    if (u.has_replaced && !replaced_.back().whole.empty()) {
      log_ = std::move(replaced_.back().whole.front());
      return replaced_.pop_back();
    }
    log_.truncate(u.before + 1);
    if (!u.has_replaced) return;
    auto const r = std::move(replaced_.back());
    replaced_.pop_back();
    if (r.hard) hard_ = *r.hard;
    for (auto const& entries : r.removed) log_.append(entries.run, entries.bytes, entries.config);
  }
  // The oldest n writes can't be taken back any more.
  [[gnu::cold]] void forget(std::size_t n) {
    std::ptrdiff_t rare = 0;
    for (std::size_t i = 0; i < n; ++i) rare += undo_[i].has_replaced ? 1 : 0;
    replaced_.erase(replaced_.begin(), replaced_.begin() + rare);
    pending_ -= n;
    for (std::size_t i = 0; i < pending_; ++i) undo_[i] = undo_[n + i];
  }

  std::vector<removed_run> copy_from(log_index from) const {
    std::vector<removed_run> out;
    for (auto i = from; i <= log_.last();) {
      auto run = log_.fit(i, ~std::uint32_t{0}, ~std::size_t{0});
      if (run.kind == entry_kind::configuration) run.count = 1; // each says something of its own
      auto const bytes = log_.read(run.first, run.count).whole();
      out.push_back({run, log_.config_at(run.first), {bytes.begin(), bytes.end()}});
      i = run.last() + 1;
    }
    return out;
  }

  store_identity identity_{};
  std::string misfit_;
  memory_log log_;
  hard_state hard_{};
  log_index refused_{};    // 0: nothing was
  std::vector<undo> undo_; // the first pending_ are what no sync has covered, oldest first: one for each write
  std::size_t undo_room_ = undo_.size(); // kept, because a vector divides to tell it, and each write asks
  std::size_t pending_ = 0;
  std::vector<replaced> replaced_{};
  std::uint64_t durable_ = 0; // writes that a sync has covered
};

static_assert(installing_storage<memory>);

} // namespace quorate
