// A machine is brought to where a snapshot stands, in steps; and the start of a replica that has a snapshot store.
#pragma once

#include "quorate/policy/machine.hpp"
#include "quorate/policy/snapshot_store.hpp"
#include "quorate/replica/fitting.hpp"
#include "quorate/replica/sentence.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace quorate::detail {

// From a snapshot in the store to a machine.
class restoring {
public:
  explicit restoring(snapshot_info const& s) : of_{s} {}
  snapshot_mark const& mark() const { return of_.mark; }

  // Moves so many bytes, or a little more. `failed`: the snapshot can't be read, or the machine refuses it; its
  // state is as it was.
  template <class Store, class Machine>
  save_step step(Store& store, Machine& m, std::size_t bytes) {
    if (!begun_) m.begin_restore(of_.mark.at), begun_ = true;
    std::vector<std::byte> buffer((std::min)(bytes, std::size_t{64} << 10));
    for (std::size_t moved = 0; moved < bytes;) {
      auto const n = store.read(of_.id, from_, buffer);
      bool const taken = n && (*n == 0 || m.restore({buffer.data(), *n}));
      if (taken && *n != 0) {
        from_ += *n, moved += *n;
        continue;
      }
      refused_ = n.has_value();
      return m.end_restore() && taken && from_ == of_.size ? save_step::done : save_step::failed;
    }
    return save_step::more;
  }
  // After a failure.
  template <class Store>
  std::string why(Store const& store) const {
    auto const at = std::to_string(of_.mark.at.value);
    if (!refused_) return "the snapshot at index " + at + " can't be read: " + std::string{store.failure()};
    return "the snapshot at index " + at +
           " is whole, and the state machine has refused it: was it saved by another program?";
  }

private:
  snapshot_info of_;
  std::uint64_t from_ = 0;
  bool begun_ = false;
  bool refused_ = false;
};

// The machine, as it was found, and the newest whole snapshot that it takes. Returns what is wrong if neither
// reaches the log; else `applied` is where the machine stands, and the log goes on behind it.
template <class Body, class Store, class Machine>
[[gnu::cold]] complaint start_from_snapshot(Body& b, Store& store, Machine& m, log_index& applied) {
  auto const compacted = b.log().compacted();
  std::string why;
  auto s = store.newest();
  for (; s && s->mark.at > m.applied() && s->mark.at >= compacted; s = store.before(s->id)) {
    restoring r{*s};
    if (r.step(store, m, ~std::size_t{0}) == save_step::done) break;
    if (why.empty()) why = r.why(store);
  }
  applied = m.applied();
  if (applied < compacted) {
    if (why.empty()) why = std::string{store.failure()};
    return sentence({"the log begins behind index ", compacted.value, ", and the state machine stands at ",
                     applied.value, ": no whole snapshot leads from there to the log", why.empty() ? "" : "; ",
                     why, "; bring the snapshots back, or give this node an empty directory and a new id"});
  }
  if (!s || s->mark.at <= compacted || s->mark.at != applied) {
    if (applied <= b.log().last()) return std::nullopt;
    return sentence({"the state machine stands at index ", applied.value, ", and the log ends at ",
                     b.log().last().value,
                     ": the log has lost what was applied; bring it back, or give this node "
                     "an empty directory and a new id"});
  }
  // A snapshot that came from a leader, and no crash was in the way but that before its installation.
  constexpr bool rewrites = Body::core_type::rewrites;
  bool const agrees = applied <= b.log().last() && (rewrites || b.log().stamp_at(applied) == s->mark.written_at);
  if (!agrees) b.hands.write(installation{s->mark});
  return b.hands.failed() ? complaint{std::string{b.storage.failure()}} : std::nullopt;
}

} // namespace quorate::detail
