// The laws of the Storage policy (policy/storage.hpp), tried in random lives that end in closings and power cuts,
// and in lives in which each operation fails once. Those of install() are tried where a storage has that.
#pragma once

#include "quorate/conform/place.hpp"
#include "quorate/conform/report.hpp"
#include "quorate/conform/storage_life.hpp"

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <string_view>

namespace quorate::check {

struct storage_trials {
  std::uint64_t lives = 60;  // each of several openings of one store
  std::uint64_t steps = 80;  // calls between two of them, at the most; the first lives are short
  std::uint64_t scripts = 4; // of which each operation fails once
};

namespace conform_detail {

template <class MakePlace>
class storage_suite {
public:
  using place = std::invoke_result_t<MakePlace&>;
  using store = std::remove_pointer_t<decltype(std::declval<place&>().open())>;
  storage_suite(MakePlace& make, storage_trials const& t) : make_{make}, trials_{t} {
    result_.policy = "storage";
    using enum storage_law;
    if constexpr (!installing_storage<store>)
      for (auto const l : {installs_show_at_once, installs_keep_what_stays, installs_are_whole})
        result_.untried.emplace_back(name_of(l));
    else if constexpr (!ends)
      result_.untried.emplace_back(name_of(installs_are_whole));
    if constexpr (!place_loses_power<place>) result_.untried.emplace_back("power cuts");
    if constexpr (!ends)
      for (auto const l : {stores_open_again, incarnations_rise, synced_entries_survive,
                           synced_hard_states_survive, groups_are_kept_together, nothing_is_made_up})
        result_.untried.emplace_back(name_of(l));
    if constexpr (!place_fails<place>)
      for (auto const l : {failures_are_reported, failures_are_explained, failures_lose_nothing})
        result_.untried.emplace_back(name_of(l));
  }

  conformance run() {
    for (std::uint64_t seed = 1; seed <= trials_.lives && result_; ++seed) one_life(seed);
    if constexpr (place_fails<place> && (place_loses_power<place> || place_closes<place>))
      for (std::uint64_t script = 1; script <= trials_.scripts && result_; ++script) fail_each(script);
    return result_;
  }

private:
  static constexpr bool ends = place_closes<place> || place_loses_power<place>;

  void one_life(std::uint64_t seed) {
    ++result_.cases;
    auto p = make_();
    storage_life<place> life{p, seed, result_};
    auto const steps = (std::min)(2 + seed, trials_.steps);
    if (!life.open()) return;
    for (std::uint64_t openings = ends ? 3 : 0;; --openings) {
      life.live(steps);
      if (!life.sound() || openings == 0) return;
      life.end((seed + openings) % 3 != 0, openings % 2 == 0 ? 0 : seed); // a power cut, mostly
      if (!life.open()) return;
    }
  }

  // A script of calls is made again and again: the first time its first operation fails, then its second ...
  void fail_each(std::uint64_t script) {
    for (std::uint64_t k = 1; result_; ++k) {
      ++result_.cases;
      auto p = make_();
      storage_life<place> life{p, script, result_};
      bool const old_store = script % 2 == 0; // the failure may be in a recovery
      if (old_store) {
        if (!life.open()) return;
        life.live(8);
        life.end(true, script);
      }
      life.fail_at(k);
      if (life.open()) life.live(12 + 4 * script);
      life.check_reported();
      bool const fired = life.place_has_failed();
      if (!life.sound() || !fired) return; // the script has no k-th operation
      life.end(k % 4 != 0, k % 2 == 0 ? 0 : k);
      life.fail_at(0);
      if (life.open()) life.live(5);
    }
  }

  MakePlace& make_;
  storage_trials trials_;
  conformance result_{};
};

} // namespace conform_detail

// Tries a storage. `make_place()` gives a place (conform/place.hpp) with an empty store, another one each time.
// Where a place can't cut the power, or make operations fail, those laws are not tried, and the result says so.
// The first life that goes wrong is the last: what follows from a broken law is not told as another.
template <std::invocable MakePlace>
requires store_place<std::invoke_result_t<MakePlace&>>
    conformance check_storage(MakePlace&& make_place, storage_trials const& trials = {}) {
  return conform_detail::storage_suite<std::remove_reference_t<MakePlace>>{make_place, trials}.run();
}

// The same for a storage that is fitted for the simulator (sim/fitting.hpp).
template <storage S>
conformance check_storage(storage_trials const& trials = {}) {
  return check_storage([] { return fitted_place<S>{}; }, trials);
}

} // namespace quorate::check
