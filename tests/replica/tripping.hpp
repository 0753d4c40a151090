// A storage whose k-th operation fails.
#pragma once

#include "quorate/storage/memory.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace quorate::test {

// What is refused changes nothing on the one inside; nor does anything after it.
template <class Inner>
class tripping {
public:
  explicit tripping(memory_options const& o) : inner_{o} {}

  std::uint64_t operations = 0;
  std::uint64_t fails_at = 0;    // 0: never
  bool recovers = false;         // only that one fails, as on real disks: what was lost shows nowhere
  std::uint64_t asked_after = 0; // to write or sync, after it had failed
  bool tripped() const { return fails_at != 0 && operations >= fails_at; }

  decltype(auto) log() const { return inner_.log(); }
  hard_state hard() const { return inner_.hard(); }
  store_identity identity() const { return inner_.identity(); }
  std::string failure() const { return tripped() ? "operation " + std::to_string(fails_at) + " failed" : ""; }

  std::optional<payloads> read(log_index i, std::uint32_t n) {
    if ((tripped() && !recovers) || ++operations == fails_at) return std::nullopt;
    return inner_.read(i, n);
  }
  bool put(entry_run const& run, payloads bytes) { return works() && inner_.put(run, bytes); }
  bool put(hard_state const& h) { return works() && inner_.put(h); }
  bool truncate(log_index i) { return works() && inner_.truncate(i); }
  bool compact(log_index i) { return works() && inner_.compact(i); }
  std::optional<durable> sync(sync_order order) {
    if (!works()) return std::nullopt;
    return inner_.sync(std::move(order));
  }
  void crash() { inner_.crash(); }

private:
  bool works() {
    if (tripped()) ++asked_after;
    return (recovers || !tripped()) && ++operations != fails_at;
  }
  Inner inner_;
};
static_assert(storage<tripping<memory>>);

} // namespace quorate::test
