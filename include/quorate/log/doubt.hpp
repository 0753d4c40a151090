// Why no honest peer says what was heard. A core takes each message for one that its protocol's peers send. Where
// peers are not trusted, a message is looked at before a core hears it (replica::doubt), and whoever said what is
// doubted is heard no more.
#pragma once

#include "quorate/core/entry.hpp"
#include "quorate/core/log_view.hpp"

#include <cstdint>

namespace quorate {

// May the number of a term or round be `theirs`, where this node's is `own`? Not above half of all numbers: so the
// numbers are never used up. And not more than `most` ahead: so no single message brings them near to that. A node
// that has no number yet takes the first that it hears.
constexpr bool leaps(std::uint64_t own, std::uint64_t theirs, std::uint64_t most, std::uint64_t half) {
  return theirs > half || (own != 0 && theirs > own && theirs - own > most);
}

// No log is that long. Up to there no sum of an index and a count of entries wraps.
inline constexpr log_index last_index_believed{std::uint64_t{1} << 63};

// Why that run is in no log, or nullptr.
constexpr char const* doubt_run(entry_run const& run) {
  if (run.first == log_index{} || run.first > last_index_believed) return "entries at an index that no log has";
  if (run.kind == entry_kind::hole) return "entries that are holes: a hole is where nothing was accepted";
  if (run.count == 0) return nullptr;
  if (run.kind == entry_kind::configuration &&
      (run.first != log_index{1} || run.count != 1 || run.written_at != stamp{}))
    return "a configuration that is not the first entry: membership is fixed";
  return nullptr;
}

} // namespace quorate
