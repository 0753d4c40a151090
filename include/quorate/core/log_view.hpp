// How a core reads the log that storage keeps.
#pragma once

#include "quorate/core/entry.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace quorate {

// A read-only view of the log's shape. With `c` = compacted() and `l` = last(): c <= l; entries c+1..l are there.
//
// | expression           | returns                                                                             |
// | compacted()          | the index up to which entries have been dropped; 0 for a log with its first entry   |
// | last()               | the last index; compacted() when no entry is there                                  |
// | stamp_at(i)          | the stamp of entry i; c <= i <= l (the stamp at c outlives the entry; 0 at index 0) |
// | run_at(i, max)       | the entries of one stamp and kind from i on, at most max of them; c < i <= l        |
// | fit(i, max, bytes)   | like run_at, cut so that its payloads, prefixes included, take at most `bytes` and  |
// |                      | can be read as one piece; never empty: the first entry is always in it              |
// | last_not_above(i, s) | the greatest j in c..i whose stamp is at most s, or c if there is none; c <= i <= l |
// | config_at(i)         | the configuration of the last entry of that kind at or below i, by value or not;    |
// |                      | c <= i <= l (the one in force at c outlives its entry)                              |
// | room()               | how many more entries the storage can take now                                      |
//
// A configuration is a run of its own.
//
// All take constant time for the last run, else logarithmic in the number of runs (fit: and of entries).
template <class L>
concept log_view = requires(L const& log, log_index i, std::uint32_t n, std::size_t bytes, stamp s) {
  { log.compacted() } -> std::same_as<log_index>;
  { log.last() } -> std::same_as<log_index>;
  { log.stamp_at(i) } -> std::same_as<stamp>;
  { log.run_at(i, n) } -> std::same_as<entry_run>;
  { log.fit(i, n, bytes) } -> std::same_as<entry_run>;
  { log.last_not_above(i, s) } -> std::same_as<log_index>;
  requires std::same_as<std::remove_cvref_t<decltype(log.config_at(i))>, configuration>;
  { log.room() } -> std::same_as<std::uint64_t>;
};

} // namespace quorate
