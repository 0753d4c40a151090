// The log_view of a replica in a debug build. It asserts that each question is one that the log can answer, and
// that each answer is what core/log_view.hpp promises.
#pragma once

#include "quorate/core/log_view.hpp"
#include "quorate/core/node_set.hpp"

#include <cstddef>
#include <cstdint>

namespace quorate {

// `View` is what a storage's log() gives: a reference, or a value, which perhaps can't be moved.
template <class View>
class watched_log {
public:
  template <class Storage>
  explicit watched_log(Storage const& s) : view_(s.log()) {}

  log_index compacted() const { return view_.compacted(); }
  log_index last() const {
    auto const l = view_.last();
    QUORATE_ASSERT(view_.compacted() <= l, "Storage: log().last() must be ", view_.compacted(),
                   " or more, up to which it is compacted, but it is ", l);
    return l;
  }
  stamp stamp_at(log_index i) const {
    asked("stamp_at", i, compacted());
    return view_.stamp_at(i);
  }
  entry_run run_at(log_index i, std::uint32_t max) const {
    asked("run_at", i, compacted() + 1);
    return judged("run_at", view_.run_at(i, max), i, max);
  }
  entry_run fit(log_index i, std::uint32_t max, std::size_t bytes) const {
    asked("fit", i, compacted() + 1);
    return judged("fit", view_.fit(i, max, bytes), i, max);
  }
  log_index last_not_above(log_index i, stamp s) const {
    asked("last_not_above", i, compacted());
    auto const j = view_.last_not_above(i, s);
    QUORATE_ASSERT(compacted() <= j && j <= i, "Storage: log().last_not_above(", i, ", ", s, ") must be between ",
                   compacted(), " and ", i, ", but it is ", j);
    QUORATE_ASSERT(j == compacted() || view_.stamp_at(j) <= s, "Storage: log().last_not_above(", i, ", ", s,
                   ") must have a stamp of at most that, but it is ", j, ", of stamp ", view_.stamp_at(j));
    return j;
  }
  configuration config_at(log_index i) const {
    asked("config_at", i, compacted());
    auto const c = view_.config_at(i);
    QUORATE_ASSERT(i == log_index{} || !c.voters.empty(), "Storage: log().config_at(", i,
                   ") must have voters, but it has none");
    return c;
  }
  std::uint64_t room() const { return view_.room(); }

private:
  // By the core, or by the replica: the fault is not the storage's.
  void asked([[maybe_unused]] char const* what, log_index i, log_index least) const {
    QUORATE_ASSERT(least <= i && i <= last(), "a log of entries above ", compacted(), " up to ", last(),
                   " is asked for ", what, "(", i, ")");
  }
  entry_run judged([[maybe_unused]] char const* what, entry_run const& r, log_index i,
                   [[maybe_unused]] std::uint32_t max) const {
    QUORATE_ASSERT(r.first == i, "Storage: log().", what, "(", i, ", ", max, ") must begin at ", i,
                   ", but it begins at ", r.first);
    QUORATE_ASSERT(1 <= r.count && r.count <= max, "Storage: log().", what, "(", i, ", ", max,
                   ") must have between 1 and ", max, " entries, but it has ", r.count);
    QUORATE_ASSERT(r.last() <= last(), "Storage: log().", what, "(", i, ", ", max, ") must end by ", last(),
                   ", where the log ends, but it ends at ", r.last());
    QUORATE_ASSERT(r.written_at == view_.stamp_at(i), "Storage: log().", what, "(", i, ", ", max,
                   ") must be of stamp ", view_.stamp_at(i), ", as log().stamp_at(", i, ") is, but it is of ",
                   r.written_at);
    return r;
  }

  View view_;
};

} // namespace quorate
