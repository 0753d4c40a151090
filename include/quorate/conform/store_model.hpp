// What a store is supposed to hold, kept in the plainest way: every entry ever written, and what the log and the
// hard state were after each call. So that after a crash it can be said what a store has lost, or made up.
#pragma once

#include "quorate/core/entry.hpp"
#include "quorate/core/payloads.hpp"
#include "quorate/core/snapshot.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace quorate::check::conform_detail {

struct store_entry {
  stamp written_at{};
  entry_kind kind{};
  std::vector<std::byte> bytes{};
  friend bool operator==(store_entry const&, store_entry const&) = default;

  // Precondition: it is a configuration's, at that place.
  configuration config(log_index at) const {
    auto const c = configuration_form::read(bytes, at);
    QUORATE_ASSERT(c.has_value(), "the entry ", at, " is no configuration's");
    return *c;
  }
};

// The log and the hard state at one time. Entry i is entries[log[i - begins.at - 1]] of the model.
struct store_image {
  hard_state hard{};
  snapshot_mark begins{};    // behind that entry; an installation changes it, a compaction does not
  std::size_t installed = 0; // how many installations had been made when this one's log was begun; 0: none
  std::vector<std::uint32_t> log{};

  log_index last() const { return begins.at + log.size(); }
};

// What a storage shows, read from it.
struct store_found {
  hard_state hard{};
  snapshot_mark begins{};
  std::vector<store_entry> entries{}; // behind that
  log_index last() const { return begins.at + entries.size(); }
};

class store_model {
public:
  // A store begins behind an entry, mostly behind 0.
  void begin(snapshot_mark const& m) {
    trail_.assign(1, {{}, m, 0, {}});
    legal_.assign(1, {0, 0});
    allowed_.assign(1, m.at);
  }

  log_index base() const { return now().begins.at; }
  log_index last() const { return now().last(); }
  store_image const& now() const { return trail_.back(); }
  store_entry const& at(log_index i) const { return at(now(), i); }
  stamp stamp_at(log_index i) const { return stamp_at(now(), i); }
  configuration config_at(log_index i) const { return config_at(now(), i); }
  // How far this log was asked to be compacted: not a log before an installation.
  log_index compactable() const { return allowed_[now().installed]; }
  entry_run run_at(log_index i, std::uint32_t max) const {
    entry_run run{i, 0, at(i).written_at, at(i).kind};
    for (; i <= last() && run.count < max; i = i + 1, ++run.count)
      if (at(i).written_at != run.written_at || at(i).kind != run.kind ||
          (run.count > 0 && run.kind == entry_kind::configuration))
        break;
    return run;
  }
  log_index last_not_above(log_index i, stamp s, log_index lowest) const {
    while (i > lowest && at(i).written_at > s) i = i - 1;
    return i;
  }

  // --- what was done
  void put(std::vector<store_entry> const& run) {
    auto next = now();
    for (auto const& e : run) {
      next.log.push_back(static_cast<std::uint32_t>(entries_.size()));
      entries_.push_back(e);
    }
    trail_.push_back(std::move(next));
  }
  void truncate(log_index from) {
    auto next = now();
    next.log.resize(place_of(now(), from));
    trail_.push_back(std::move(next));
  }
  void install(snapshot_mark const& m, above_mark above) {
    auto next = now();
    bool const stays = m.at < last() && (above == above_mark::always || stamp_at(m.at) == m.written_at);
    next.begins = m;
    next.installed = allowed_.size();
    next.log.erase(next.log.begin(),
                   stays ? next.log.begin() + static_cast<std::ptrdiff_t>(place_of(now(), m.at) + 1)
                         : next.log.end());
    allowed_.push_back(m.at);
    trail_.push_back(std::move(next));
  }
  // Not a write: it may show in each image of this log.
  void compact(log_index upto) {
    auto& most = allowed_[now().installed];
    most = (std::max)(most, upto);
  }
  void put(hard_state const& h) {
    auto next = now();
    next.hard = h;
    trail_.push_back(std::move(next));
  }
  // What is there now may be what a crash leaves: a group of writes ends here, or a call failed around it.
  void may_stay(std::uint64_t writes) { legal_.push_back({writes, trail_.size() - 1}); }
  // The last call failed: it may have been carried out or not.
  void without_last_may_stay() { legal_.push_back({~std::uint64_t{0}, trail_.size() - 2}); }
  // A sync of that many writes has succeeded: nothing older may be left, unless a later one did before.
  void durable(std::uint64_t writes) {
    while (legal_.size() > 1 && legal_.front().writes < writes) legal_.erase(legal_.begin());
  }

  // --- what a crash has left
  enum class verdict : std::uint8_t { kept, hard_lost, entries_lost, group_torn, mixed, made_up };
  verdict judge(store_found const& f) const {
    for (auto const& l : legal_)
      if (hard_is(f, trail_[l.at]) && log_is(f, trail_[l.at])) return verdict::kept;
    auto const hard = age(f, [](auto& a, auto& b, auto&) { return hard_is(a, b); });
    auto const log = age(f, [](auto& a, auto& b, auto& m) { return m.log_is(a, b); });
    if (hard == time::never) return verdict::made_up;
    if (hard == time::before) return verdict::hard_lost;
    if (log == time::never && is_beginning(f, durable_image())) return verdict::entries_lost;
    if (log == time::never) return installs_in_flight() ? verdict::mixed : verdict::made_up;
    return log == time::before ? verdict::entries_lost : verdict::group_torn;
  }
  // Goes on from there; the numbers of writes begin anew. Precondition: judge(f) is `kept`.
  void resume(store_found const& f) {
    QUORATE_ASSERT(judge(f) == verdict::kept, "a store that has lost something does not go on");
    std::size_t which = 0;
    for (auto const& l : legal_)
      if (hard_is(f, trail_[l.at]) && log_is(f, trail_[l.at])) which = l.at;
    trail_.push_back(store_image{trail_[which]});
    legal_.assign(1, {0, trail_.size() - 1});
    allowed_.resize(now().installed + 1);
  }
  store_image const& durable_image() const { return trail_[legal_.front().at]; }
  std::string durable_text() const { return text(durable_image().hard, durable_image().last()); }
  static std::string text(hard_state const& h, log_index last) {
    std::string bytes;
    for (std::size_t k = 0; k < h.size && k < h.bytes.size(); ++k) {
      auto const b = std::to_integer<unsigned>(h.bytes[k]);
      bytes += {"0123456789abcdef"[b / 16], "0123456789abcdef"[b % 16]};
    }
    return "entries up to " + std::to_string(last.value) + ", a hard state of kind " + std::to_string(h.kind) +
           " of " + std::to_string(h.size) + " bytes " + bytes;
  }

private:
  static std::size_t place_of(store_image const& image, log_index i) {
    return static_cast<std::size_t>(i - image.begins.at - 1);
  }
  store_entry const& at(store_image const& image, log_index i) const {
    return entries_[image.log[place_of(image, i)]];
  }
  stamp stamp_at(store_image const& image, log_index i) const {
    return i == image.begins.at ? image.begins.written_at : at(image, i).written_at;
  }
  configuration config_at(store_image const& image, log_index i) const {
    for (; i > image.begins.at; i = i - 1)
      if (at(image, i).kind == entry_kind::configuration) return at(image, i).config(i);
    return image.begins.config;
  }
  // Since what is durable, the log was made to begin behind a snapshot.
  bool installs_in_flight() const { return durable_image().installed + 1 < allowed_.size(); }
  struct legal {
    std::uint64_t writes; // since the store was opened
    std::size_t at;       // of the trail
  };
  enum class time : std::uint8_t { never, before, since }; // the durable image

  static bool hard_is(store_found const& f, store_image const& i) { return f.hard == i.hard; }
  bool log_is(store_found const& f, store_image const& i) const {
    return i.last() == f.last() && is_beginning(f, i);
  }
  // What was found is that log, or the beginning of it.
  bool is_beginning(store_found const& f, store_image const& i) const {
    auto const from = f.begins.at;
    if (from < i.begins.at || f.last() > i.last()) return false;
    if (f.begins.written_at != stamp_at(i, from) || f.begins.config != config_at(i, from)) return false;
    for (std::size_t k = 0; k < f.entries.size(); ++k)
      if (f.entries[k] != at(i, from + k + 1)) return false;
    return true;
  }
  template <class Same>
  time age(store_found const& f, Same&& same) const {
    auto found = time::never;
    for (std::size_t k = 0; k < trail_.size(); ++k)
      if (same(f, trail_[k], *this)) found = k < legal_.front().at ? time::before : time::since;
    return found;
  }

  std::vector<store_entry> entries_{}; // all that were ever put
  std::vector<log_index> allowed_{};   // of the log that each installation has begun: how far it may be compacted
  std::vector<store_image> trail_{};   // after each call
  std::vector<legal> legal_{};         // what a crash may leave, oldest first: the first is durable
};

} // namespace quorate::check::conform_detail
