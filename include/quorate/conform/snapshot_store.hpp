// The laws of the Snapshot store policy (policy/snapshot_store.hpp), tried in random lives that end in closings
// and power cuts, with snapshots that rot, and in lives in which each operation fails once.
#pragma once

#include "quorate/conform/snapshot_life.hpp"

#include <type_traits>

namespace quorate::check {

struct snapshot_trials {
  std::uint64_t lives = 60;  // each of several openings of one store
  std::uint64_t steps = 60;  // calls between two of them, at the most; the first lives are short
  std::uint64_t scripts = 4; // of which each operation fails once
};

namespace conform_detail {

template <class MakePlace>
class snapshot_suite {
public:
  using place = std::invoke_result_t<MakePlace&>;
  snapshot_suite(MakePlace& make, snapshot_trials const& t) : make_{make}, trials_{t} {
    result_.policy = "snapshot store";
    using enum snapshot_law;
    if constexpr (!snapshots_lose_power<place>) result_.untried.emplace_back("power cuts");
    if constexpr (!ends)
      for (auto const l : {sealed_ones_survive, nothing_else_survives, damaged_ones_are_refused})
        result_.untried.emplace_back(name_of(l));
    if constexpr (!snapshots_rot<place>)
      for (auto const l : {damaged_ones_are_refused, rot_is_seen_by_whole_reads, damage_is_explained})
        result_.untried.emplace_back(name_of(l));
    if constexpr (!snapshots_fail<place>)
      for (auto const l : {failures_are_reported, failures_lose_nothing}) result_.untried.emplace_back(name_of(l));
  }

  conformance run() {
    for (std::uint64_t seed = 1; seed <= trials_.lives && result_; ++seed) one_life(seed);
    if constexpr (snapshots_fail<place>)
      for (std::uint64_t script = 1; script <= trials_.scripts && result_; ++script) fail_each(script);
    return result_;
  }

private:
  static constexpr bool ends = snapshots_close<place> || snapshots_lose_power<place>;

  void one_life(std::uint64_t seed) {
    ++result_.cases;
    auto p = make_();
    snapshot_life<place> life{p, seed, result_};
    auto const steps = (std::min)(4 + seed, trials_.steps);
    if (!life.open()) return;
    for (std::uint64_t openings = ends ? 3 : 0;; --openings) {
      life.live(steps);
      if ((seed + openings) % 3 == 1) life.rot_open(), life.live(steps);
      if (!life.sound() || openings == 0) return;
      life.end((seed + openings) % 2 != 0, openings % 2 == 0 ? 0 : seed);
      if ((seed + openings) % 3 == 0) life.rot_closed();
      if (!life.open()) return;
    }
  }

  // A script of calls is made again and again: the first time its first operation fails, then its second ...
  void fail_each(std::uint64_t script) {
    for (std::uint64_t k = 1; result_; ++k) {
      ++result_.cases;
      auto p = make_();
      snapshot_life<place> life{p, script, result_};
      if (script % 2 == 0) { // the failure may be in an opening
        if (!life.open()) return;
        life.live(12);
        life.end(true, script);
      }
      life.fail_at(k);
      if (life.open()) life.live(20 + 4 * script);
      life.check_reported();
      bool const fired = life.has_failed();
      if (!life.sound() || !fired) return; // the script has no k-th operation
      life.end(k % 4 != 0, k % 2 == 0 ? 0 : k);
      life.fail_at(0);
      if (ends && life.open()) life.live(8);
    }
  }

  MakePlace& make_;
  snapshot_trials trials_;
  conformance result_{};
};

} // namespace conform_detail

// Tries a snapshot store. `make_place()` gives a place (conform/snapshot_place.hpp) with an empty store, another
// one each time. Where a place can't cut the power, have bytes rot or operations fail, those laws are not tried,
// and the result says so. The first life that goes wrong is the last.
template <std::invocable MakePlace>
requires snapshot_place<std::invoke_result_t<MakePlace&>>
    conformance check_snapshot_store(MakePlace&& make_place, snapshot_trials const& trials = {}) {
  return conform_detail::snapshot_suite<std::remove_reference_t<MakePlace>>{make_place, trials}.run();
}

// The same for a store in memory, like ours: made from nothing, with reopen(), crash() and spoil().
template <snapshot_store S>
conformance check_snapshot_store(snapshot_trials const& trials = {}) {
  struct place {
    S store{};
    S* open() { return store.reopen(), &store; }
    void cut_power(std::uint64_t) { store.crash(); }
    void damage(std::uint64_t at) { store.spoil(at); }
  };
  return check_snapshot_store([] { return place{}; }, trials);
}

} // namespace quorate::check
