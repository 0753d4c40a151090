// Why no honest peer says what was heard. A core takes each message for one that its protocol's peers send. Where
// peers are not trusted, a message is looked at before a core hears it (replica::doubt), and the connection that
// has brought what is doubted is closed.
#pragma once

#include "quorate/core/entry.hpp"
#include "quorate/core/log_view.hpp"

#include <cstdint>

namespace quorate {

// What a node knows beside its core's state.
struct witness {
  std::uint64_t leaps = 0; // how many messages it has doubted as leaps
  bool remembers = false;  // its term is not the one that it started in: it knows all that it has said in it
};

// Is the number of a term or round `theirs` a leap, where this node's is `own`? Above half of all numbers it is,
// so that the numbers are never used up; and more than `most` ahead, so that no single message brings them near to
// that. Each leap that was doubted before makes a node believe as much again: so it comes to understand a node
// that was lied to in smaller steps. A node that has no number yet takes the first that it hears.
constexpr bool is_leap(std::uint64_t own, std::uint64_t theirs, std::uint64_t most, std::uint64_t half,
                       std::uint64_t doubted = 0) {
  auto const believed = doubted < half / most ? most * (doubted + 1) : half;
  return theirs > half || (own != 0 && theirs > own && theirs - own > believed);
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
