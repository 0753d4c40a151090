// A user's storage, and what policy/storage.hpp says that it must guarantee, asserted call by call: of a debug
// build's replica. It keeps a picture of the log's shape as it was before the last step, too, so that what a step
// has made of the log can be judged.
#pragma once

#include "quorate/core/log_shape.hpp"
#include "quorate/policy/storage.hpp"
#include "quorate/replica/watched_log.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace quorate {

template <class Storage>
class watched_storage {
public:
  using picture = basic_log_shape<std::vector<log_span>, std::vector<config_mark>>;

  explicit watched_storage(Storage& s) : s_{s} { take_picture(); }
  Storage const& bare() const { return s_; }

  auto log() const { return watched_log<decltype(std::as_const(s_).log())>{std::as_const(s_)}; }
  hard_state hard() const { return std::as_const(s_).hard(); }
  store_identity identity() const { return std::as_const(s_).identity(); }
  decltype(auto) failure() const { return std::as_const(s_).failure(); }
  auto misfit() const requires requires(Storage const& s) { s.misfit(); }
  { return std::as_const(s_).misfit(); }
  std::uint64_t turn_bytes() const requires requires(Storage const& s) { s.turn_bytes(); }
  { return std::as_const(s_).turn_bytes(); }

  std::optional<payloads> read(log_index first, std::uint32_t count) {
    auto r = s_.read(first, count);
    QUORATE_ASSERT(!r || r->count() == count, "Storage: read(", first, ", ", count, ") must give ", count,
                   " entries, but it gives ", r->count());
    return r;
  }
  bool put(entry_run const& run, payloads bytes) {
    QUORATE_ASSERT(run.first == log().last() + 1 && run.count > 0, "the replica puts ", run.count,
                   " entries from ", run.first, " on into a log that ends at ", log().last());
    QUORATE_ASSERT(run.count == bytes.count(), "the replica puts ", run.count, " entries with the bytes of ",
                   bytes.count());
    auto const config =
        run.kind == entry_kind::configuration ? config_in(bytes.front(), run.first) : configuration{};
    if (!s_.put(run, bytes)) return false;
    shows(run);
    QUORATE_ASSERT(run.kind != entry_kind::configuration || log().config_at(run.first) == config,
                   "Storage: log().config_at(", run.first, ") must have the voters ", config.voters,
                   " after that was put, but it has ", log().config_at(run.first).voters);
    written_.push_back({run, config, {}});
    return true;
  }
  bool truncate(log_index from) {
    if (!s_.truncate(from)) return false;
    ends("truncate(", from, from - 1);
    written_.push_back({{from, 0, {}, {}}, {}, {}});
    return true;
  }
  bool put(hard_state const& h) {
    if (!s_.put(h)) return false;
    [[maybe_unused]] auto const now = hard();
    QUORATE_ASSERT(now == h, "Storage: hard() must be what was put last, of kind ", h.kind, " and ", h.size,
                   " bytes, but it is of kind ", now.kind, " and ", now.size, " bytes, or they are others");
    return true;
  }
  bool install(snapshot_mark const& m, above_mark above) requires installing_storage<Storage> {
    [[maybe_unused]] auto const compacted = log().compacted(), last = log().last();
    QUORATE_ASSERT(compacted < m.at, "the replica installs a snapshot up to ", m.at,
                   " over a log that is compacted up to ", compacted);
    bool const stays = keeps_above(log(), m, above);
    if (!s_.install(m, above)) return false;
    begins(m);
    ends("install(", m.at, stays ? last : m.at);
    written_.push_back({{}, {}, m, stays});
    return true;
  }
  bool compact(log_index upto) {
    auto const compacted = log().compacted(), last = log().last();
    if (!s_.compact(upto)) return false;
    QUORATE_ASSERT(log().compacted() <= (compacted < upto ? upto : compacted),
                   "Storage: log().compacted() must be ", upto, " at most after compact(", upto, "), but it is ",
                   log().compacted());
    ends("compact(", upto, last);
    return true;
  }
  std::optional<durable> sync(sync_order order) {
    [[maybe_unused]] auto const upto = order.upto();
    auto const d = s_.sync(std::move(order));
    QUORATE_ASSERT(!d || d->number() >= upto, "Storage: sync(order) must give a token of all writes up to ", upto,
                   ", but it gives one up to ", d->number(), ", from the past");
    return d;
  }

  // The shape as it was when this was called last.
  picture const& before() const { return before_; }
  void look() {
    for (auto const& [run, config, mark, stays] : written_) {
      if (mark.at != log_index{})
        (void)before_.install(mark, stays ? above_mark::always : above_mark::if_agreeing);
      else if (run.count == 0)
        before_.truncate(run.first);
      else
        (void)before_.put(run, config);
    }
    written_.clear();
    auto const gone = log().compacted();
    if (before_.compacted() < gone) before_.compact(gone < before_.last() ? gone : before_.last());
  }

private:
  struct written_run { // a truncation has a count of 0, an installation a mark
    entry_run run{};
    configuration config{};
    snapshot_mark mark{};
    bool stays = false; // what stood above that
  };
  void ends([[maybe_unused]] char const* call, [[maybe_unused]] log_index i,
            [[maybe_unused]] log_index must) const {
    QUORATE_ASSERT(std::as_const(s_).log().last() == must, "Storage: log().last() must be ", must, " after ", call,
                   i, "...), but it is ", std::as_const(s_).log().last());
  }
  // Behind that mark, at once.
  void begins([[maybe_unused]] snapshot_mark const& m) const {
    QUORATE_ASSERT(log().compacted() == m.at, "Storage: log().compacted() must be ", m.at, " after install(", m.at,
                   ", ...), but it is ", log().compacted());
    QUORATE_ASSERT(log().stamp_at(m.at) == m.written_at, "Storage: log().stamp_at(", m.at,
                   ") must be the mark's, ", m.written_at, ", after install(", m.at, ", ...), but it is ",
                   log().stamp_at(m.at));
    QUORATE_ASSERT(log().config_at(m.at) == m.config, "Storage: log().config_at(", m.at,
                   ") must be the mark's after install(", m.at, ", ...), with the voters ", m.config.voters,
                   ", but it has ", log().config_at(m.at).voters);
  }
  // At once, durable or not.
  void shows(entry_run const& run) const {
    ends("put(", run.first, run.last());
    for (auto i = run.first; i <= run.last();) {
      auto const r = log().run_at(i, static_cast<std::uint32_t>(run.last() - i + 1));
      QUORATE_ASSERT(r.written_at == run.written_at, "Storage: entry ", i, " must be of stamp ", run.written_at,
                     ", as it was put, but log() shows ", r.written_at);
      QUORATE_ASSERT(r.kind == run.kind, "Storage: entry ", i, " must be of the kind that was put, ",
                     static_cast<unsigned>(run.kind), ", but log() shows ", static_cast<unsigned>(r.kind));
      i = r.last() + 1;
    }
  }
  static configuration config_in(payloads::bytes record, log_index at) {
    return configuration_form::read(record, at).value_or(configuration{});
  }
  void take_picture() {
    auto const now = log();
    before_ = {now.compacted(), now.stamp_at(now.compacted()), now.config_at(now.compacted())};
    for (auto i = now.compacted() + 1; i <= now.last();) {
      auto run = now.run_at(i, ~std::uint32_t{0});
      if (run.kind == entry_kind::configuration) run.count = 1; // each says something of its own
      (void)before_.put(run, now.config_at(i));
      i = run.last() + 1;
    }
  }

  Storage& s_;
  picture before_{};
  std::vector<written_run> written_{};
};

} // namespace quorate
