// A replica without a snapshot store: what stands in the place of replica/snapshotting.hpp.
#pragma once

#include "quorate/core/never.hpp"
#include "quorate/policy/keyword.hpp"
#include "quorate/replica/body.hpp"
#include "quorate/replica/sentence.hpp"

#include <algorithm>
#include <cstdint>

namespace quorate {

// For a replica without a snapshot store.
struct no_snapshotting {
  template <class Body>
  static constexpr void begin(Body const&, log_index) {}
  static constexpr bool moves() { return false; }
  static constexpr bool restores() { return false; }
  static constexpr bool works(log_index, std::uint64_t) { return false; }
  template <class Body, class Applying, class Machine>
  static constexpr void work(Body&, Applying&, Machine&) {}
  template <class Body, class Send>
  static constexpr void move(Body&, Send&) {}
  template <class Body>
  static constexpr void heed(Body&) {}
  template <class Body, class M>
  static constexpr void take(Body&, peer, M const&, payloads) {}
  static constexpr char const* keeps(log_index, bool may_forget) {
    return may_forget ? nullptr
                      : "what is compacted can't be applied again after a restart: give the replica a snapshot "
                        "store, or say where the machine's own state stands (replica_config::applied)";
  }
  template <class Time>
  static constexpr bool pending(Time const&) {
    return false;
  }
  template <class F>
  static constexpr void deadlines(F&&) {}
  static constexpr snapshot_status status() { return {}; }
};

namespace detail {

// Does such a storage keep nothing beyond its process, nor the machine with it?
template <class Storage>
inline constexpr bool is_volatile = requires {
  requires Storage::is_volatile;
};

// Where a machine stands that nothing is known of here.
template <class Body>
[[gnu::cold]] complaint start_without_snapshots(Body const& b, replica_config const& c, log_index& applied) {
  auto const compacted = b.log().compacted();
  applied = b.may_forget ? (std::max)(compacted, c.applied.value_or(compacted)) : log_index{};
  if (c.applied && *c.applied > b.log().last())
    return sentence({"replica_config::applied is ", c.applied->value, ", and the log ends at ",
                     b.log().last().value,
                     ": the log has lost what was applied; bring it back, or give this node "
                     "an empty directory and a new id"});
  if (c.applied && *c.applied < compacted)
    return sentence({"the log begins behind index ", compacted.value, ", and replica_config::applied is ",
                     c.applied->value,
                     ": what lies between is gone; give this node a machine's state that "
                     "reaches the log"});
  if (b.may_forget || compacted == log_index{}) return std::nullopt;
  return sentence({"the log begins behind index ", compacted.value,
                   ", and nothing says what the machine's state "
                   "is there; start with the snapshot store that was used, or say up to where the machine's own "
                   "state stands (replica_config::applied)"});
}

// What sees to the snapshots of a replica. For one with a store, snapshotting.hpp says what: so who has none does
// not pay for reading it.
template <class Body, class Store>
struct snapshotting_of {
  static_assert(never<Store>,
                "quorate: a replica with a snapshot store needs quorate/replica/snapshotting.hpp; the "
                "shipped stores include it, and so should yours");
  using type = no_snapshotting;
};
template <class Body>
struct snapshotting_of<Body, no_snapshots> {
  using type = no_snapshotting;
};

} // namespace detail
template <class Body, class Store>
using snapshotting_in = typename detail::snapshotting_of<Body, Store>::type;

} // namespace quorate
