// The least log view and the least storage: the members that the concepts document and no other, not copyable, not
// default-constructible. `Lacks` takes one member away (0: none), to show that the concept asks for it.
#pragma once

#include "quorate/core/log_view.hpp"
#include "quorate/policy/storage.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace quorate::test {

// What a log holds, entry by entry; entry i at [i - 1]. Nothing is ever compacted: a storage may keep more than
// asked.
struct least_entry {
  stamp written_at{};
  entry_kind kind{};
  configuration config{}; // of a configuration entry
  std::vector<std::byte> record{};
};
using least_entries = std::vector<least_entry>;

template <int Lacks = 0>
class least_log {
public:
  explicit least_log(least_entries const& entries) : entries_{entries} {}
  least_log(least_log const&) = delete;
  least_log& operator=(least_log const&) = delete;
  void operator&() const = delete;

  log_index compacted() const requires(Lacks != 1) { return log_index{0}; }
  log_index last() const requires(Lacks != 2) { return log_index{entries_.size()}; }
  stamp stamp_at(log_index i) const requires(Lacks != 3) { return i.value == 0 ? stamp{} : at(i).written_at; }
  entry_run run_at(log_index i, std::uint32_t max) const requires(Lacks != 4) { return alike(i, max); }
  // Two entries at most: a storage may always give less than was asked for, but for the first.
  entry_run fit(log_index i, std::uint32_t max, std::size_t bytes) const requires(Lacks != 5) {
    auto run = alike(i, std::min(max, 2U));
    if (run.count == 2 && at(i).record.size() + at(i + 1).record.size() > bytes) run.count = 1;
    return run;
  }
  log_index last_not_above(log_index i, stamp s) const requires(Lacks != 6) {
    while (i.value > 0 && at(i).written_at > s) i = i - 1;
    return i;
  }
  configuration config_at(log_index i) const requires(Lacks != 7) {
    while (i.value > 0 && at(i).kind != entry_kind::configuration) i = i - 1;
    return i.value == 0 ? configuration{} : at(i).config;
  }
  std::uint64_t room() const requires(Lacks != 8) { return 1000 - entries_.size(); }

private:
  least_entry const& at(log_index i) const { return entries_[i.value - 1]; }
  entry_run alike(log_index i, std::uint32_t max) const {
    entry_run run{i, 0, at(i).written_at, at(i).kind};
    if (run.kind == entry_kind::configuration) return {i, 1, run.written_at, run.kind};
    while (run.count < max && i.value <= entries_.size() && at(i).written_at == run.written_at &&
           at(i).kind == run.kind)
      ++run.count, i = i + 1;
    return run;
  }
  least_entries const& entries_;
};

// Text, as std::string_view: and no more than that.
struct least_text {
  operator std::string_view() const { return "nothing failed"; }
};

// Its log is handed out by value, as a view that lives for an expression. What it lends is spoilt by the next call
// that may change it.
template <int Lacks = 0>
class least_storage {
public:
  explicit least_storage(store_identity const& i) : identity_{i} {}
  least_storage(least_storage const&) = delete;
  least_storage& operator=(least_storage const&) = delete;
  void operator&() const = delete;

  least_log<> log() const requires(Lacks != 1) { return least_log<>{entries_}; }
  hard_state hard() const requires(Lacks != 2) { return hard_; }
  store_identity identity() const requires(Lacks != 3) { return identity_; }

  std::optional<payloads> read(log_index first, std::uint32_t n) requires(Lacks != 4) {
    spoil();
    for (auto i = first.value - 1; i < first.value - 1 + n; ++i)
      lent_.insert(lent_.end(), entries_[i].record.begin(), entries_[i].record.end());
    return payloads::trusted(lent_, n);
  }
  bool put(entry_run const& run, payloads const& bytes) requires(Lacks != 5) {
    if (run.first.value != entries_.size() + 1 || bytes.count() != run.count) return false;
    bytes.for_each([&](payloads::bytes record) {
      least_entry e{run.written_at, run.kind, {}, std::vector<std::byte>(payloads::prefix)};
      payloads::put_length(e.record.data(), static_cast<std::uint32_t>(record.size()));
      e.record.insert(e.record.end(), record.begin(), record.end());
      if (run.kind == entry_kind::configuration)
        e.config = configuration_form::read(record, run.first).value_or(configuration{});
      entries_.push_back(std::move(e));
    });
    spoil();
    return true;
  }
  bool truncate(log_index from) requires(Lacks != 6) {
    spoil();
    entries_.resize(from.value - 1);
    return true;
  }
  bool put(hard_state const& h) requires(Lacks != 7) {
    spoil();
    hard_ = h;
    return true;
  }
  bool compact(log_index) requires(Lacks != 8) {
    spoil();
    return true;
  }
  std::optional<durable> sync(sync_order order) requires(Lacks != 9) {
    spoil();
    return std::move(order).succeeded();
  }
  least_text failure() const requires(Lacks != 10) { return {}; }

private:
  void spoil() {
    std::fill(lent_.begin(), lent_.end(), std::byte{0xff});
    lent_.clear();
  }
  store_identity identity_;
  hard_state hard_{};
  least_entries entries_{};
  std::vector<std::byte> lent_{};
};

} // namespace quorate::test
