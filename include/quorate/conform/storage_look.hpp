// What a storage shows, held against what it is supposed to hold.
#pragma once

#include "quorate/conform/report.hpp"
#include "quorate/conform/store_model.hpp"
#include "quorate/core/enumerators.hpp"
#include "quorate/policy/storage.hpp"
#include "quorate/sim/random.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quorate::check {

enum class storage_law : std::uint8_t {
  // --- what it shows, durable or not
  new_stores_are_empty,
  writes_show_at_once,                 // last() and the stamps, after a put ...
  truncations_show_at_once,            // ... and after a truncation
  compactions_take_no_more_than_asked, // and keep the stamp at the entry up to which they went
  installs_show_at_once,               // the log begins behind the mark, and has its stamp there ...
  installs_keep_what_stays,            // ... and what stood above it, if that stays; nothing, if that goes
  hard_states_are_the_last_written,
  runs_are_of_one_stamp_and_kind, // run_at
  fits_keep_their_bounds,         // fit: no more entries, and but for the first no more bytes, than asked for
  last_not_above_is_the_greatest,
  configurations_are_those_in_force, // config_at
  bytes_are_read_as_written,
  bytes_are_copied,           // the caller's may change once put has returned
  lent_bytes_last,            // until the next call that is not const
  tokens_are_of_their_order,  // a sync's token covers what was written before the order
  healthy_stores_do_not_fail, // while nothing below them fails, and log().room() is there
  // --- what is left
  stores_open_again,
  identities_last,
  incarnations_rise, // with each opening
  synced_entries_survive,
  synced_hard_states_survive,
  groups_are_kept_together, // what was written between two orders: as a whole, in order, or not at all
  installs_are_whole,       // the log is the one before the installation or the one after it
  nothing_is_made_up,
  // --- when an operation fails
  failures_are_reported,  // by the call that needed it, with false or nullopt
  failures_are_explained, // by failure()
  failures_lose_nothing,  // that was synced before
};
constexpr std::string_view name_of(storage_law l) { return detail::name_among(l); }

namespace conform_detail {

template <storage S>
class storage_look {
public:
  using breach = std::function<void(storage_law, std::string, std::string)>;
  static constexpr std::byte scribble{0xcc}; // what a caller leaves behind where its bytes were

  storage_look(store_model const& m, breach b) : model_{m}, breach_{std::move(b)} {}
  void at(S* s) { store_ = s; }
  // Which call was the last: it is to blame when the log does not end where it should.
  void blame(storage_law law) { last_call_ = law; }

  // The log's shape. Of several things that are wrong the first is told.
  void shape() {
    auto&& log = store_->log();
    auto const first = log.compacted(), last = log.last();
    if (last_call_ == storage_law::installs_keep_what_stays && !begins_behind_mark(log)) return;
    if (last != model_.last())
      return breach_(last_call_, "the last entry to be " + text(model_.last()), text(last));
    if (!check_compacted(first, last)) return;
    for (auto i = first; i <= last; i = i + 1)
      if (!shape_at(log, first, i)) return;
  }
  bool check_compacted(log_index first, log_index last) {
    auto const most = (std::min)(model_.compactable(), last);
    if (first >= model_.base() && first <= most) return true;
    breach_(storage_law::compactions_take_no_more_than_asked,
            "entries to be gone up to " + text(most) + " at most", text(first));
    return false;
  }

  // The bytes of all entries; false: a read failed.
  bool records(sim::stream& any) {
    for (auto i = store_->log().compacted() + 1; i <= model_.last();) {
      auto const max = static_cast<std::uint32_t>(1 + any.below(9));
      auto const budget = static_cast<std::size_t>(any.below(150));
      auto const run = store_->log().fit(i, max, budget);
      auto const whole = model_.run_at(i, max);
      if (run.count == 0 || run.count > whole.count || run.first != i || run.written_at != whole.written_at ||
          run.kind != whole.kind) {
        breach_(storage_law::fits_keep_their_bounds,
                "1 to " + std::to_string(whole.count) + " entries from " + text(i) + " on, of one stamp and kind",
                std::to_string(run.count) + " from " + text(run.first));
        return true;
      }
      auto const read = store_->read(i, run.count);
      if (!read) return false;
      if (!same_bytes(i, run.count, *read, budget)) return true;
      i = i + run.count;
    }
    return true;
  }

  // All that is there; nothing if it could not be read.
  std::optional<store_found> read_all() {
    auto&& log = store_->log();
    auto const compacted = log.compacted();
    store_found f{store_->hard(), {compacted, log.stamp_at(compacted), log.config_at(compacted)}, {}};
    for (auto i = compacted + 1; i <= store_->log().last();) {
      auto const run = store_->log().fit(i, 16, 4096);
      auto const read = store_->read(i, run.count);
      if (!read || run.count == 0) return std::nullopt;
      read->for_each([&](payloads::bytes b) {
        f.entries.push_back({run.written_at, run.kind, {b.begin(), b.end()}});
      });
      i = i + run.count;
    }
    return f;
  }

private:
  static std::string text(log_index i) { return std::to_string(i.value); }
  static std::string text(entry_run const& r) {
    return std::to_string(r.count) + " entries from " + text(r.first) + " on, of stamp " +
           std::to_string(r.written_at.value) + " and kind " + std::to_string(static_cast<int>(r.kind));
  }

  static std::string text(configuration const& c) {
    return "configuration " + text(c.number) + " with the voters " + text_of_set(c.voters.bits);
  }

  // After an installation.
  template <log_view Log>
  bool begins_behind_mark(Log const& log) {
    auto const at = model_.base();
    if (log.compacted() != at)
      return breach_(storage_law::installs_show_at_once, "the log to begin behind entry " + text(at),
                     "one that begins behind entry " + text(log.compacted())),
             false;
    if (log.stamp_at(at) != model_.stamp_at(at))
      return breach_(storage_law::installs_show_at_once,
                     "the mark's stamp at entry " + text(at) + ", " + std::to_string(model_.stamp_at(at).value),
                     std::to_string(log.stamp_at(at).value)),
             false;
    return true;
  }

  template <log_view Log>
  bool shape_at(Log const& log, log_index first, log_index i) {
    if (log.stamp_at(i) != model_.stamp_at(i))
      return breach_(last_call_,
                     "entry " + text(i) + " to have the stamp " + std::to_string(model_.stamp_at(i).value),
                     std::to_string(log.stamp_at(i).value)),
             false;
    if (log.config_at(i) != model_.config_at(i))
      return breach_(storage_law::configurations_are_those_in_force, text(model_.config_at(i)) + " at " + text(i),
                     text(log.config_at(i))),
             false;
    auto const middle = model_.stamp_at(first + (i - first) / 2);
    if (auto const j = model_.last_not_above(i, middle, first); log.last_not_above(i, middle) != j)
      return breach_(storage_law::last_not_above_is_the_greatest,
                     "last_not_above(" + text(i) + ", " + std::to_string(middle.value) + ") to be " + text(j),
                     text(log.last_not_above(i, middle))),
             false;
    if (i == first) return true;
    for (std::uint32_t const max : {1U, 3U, ~0U})
      if (auto const run = log.run_at(i, max); run != model_.run_at(i, max))
        return breach_(storage_law::runs_are_of_one_stamp_and_kind, text(model_.run_at(i, max)), text(run)), false;
    return true;
  }

  bool same_bytes(log_index i, std::uint32_t count, payloads const& read, std::size_t budget) {
    if (count > 1 && read.whole().size() > budget)
      return breach_(storage_law::fits_keep_their_bounds, "at most " + std::to_string(budget) + " bytes",
                     std::to_string(read.whole().size())),
             false;
    auto const wrong = differ(i, count, read);
    if (wrong) {
      auto const overwritten = [](std::byte b) { return b == scribble; };
      bool const shared = !wrong->empty() && std::all_of(wrong->begin(), wrong->end(), overwritten);
      breach_(shared ? storage_law::bytes_are_copied : storage_law::bytes_are_read_as_written,
              "the bytes of the " + std::to_string(count) + " entries from " + text(i) + " on as they were put",
              shared ? "what the caller has written there since" : "others");
      return false;
    }
    // What is const may be called while the bytes are lent.
    (void)store_->hard(), (void)store_->identity(), (void)store_->failure();
    (void)std::as_const(*store_).log().last();
    if (!differ(i, count, read)) return true;
    return breach_(storage_law::lent_bytes_last,
                   "the bytes that read() lends to stay while only const calls are made", "others"),
           false;
  }
  // The first record that is not as it was put.
  std::optional<payloads::bytes> differ(log_index i, std::uint32_t count, payloads const& read) const {
    if (read.count() != count || !payloads::parse(read.whole(), count)) return payloads::bytes{};
    std::optional<payloads::bytes> wrong;
    read.for_each([&](payloads::bytes b) {
      auto const& own = model_.at(i).bytes;
      if (!wrong && !std::equal(b.begin(), b.end(), own.begin(), own.end())) wrong = b;
      i = i + 1;
    });
    return wrong;
  }

  store_model const& model_;
  breach breach_;
  S* store_ = nullptr;
  storage_law last_call_ = storage_law::writes_show_at_once;
};

} // namespace conform_detail
} // namespace quorate::check
