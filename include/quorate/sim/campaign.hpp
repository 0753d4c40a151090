// Many seeds of one protocol: what was covered, which failed, and how to see one of them again.
#pragma once

#include "quorate/sim/shrink.hpp"
#include "quorate/sim/simulation.hpp"

#include <cstdint>
#include <utility>
#include <vector>

namespace quorate::sim {

// One seed; on demand with its trace, and with the list of its actions.
template <class Family>
run_result run_seed(run_options const& o, check::trace* trace = nullptr, schedule* actions = nullptr) {
  simulation<Family> one{o};
  one.world().log().trace_into(trace);
  one.world().log().record_into(actions);
  return one.run();
}

struct failed_seed {
  std::uint64_t seed = 0;
  run_result result{};
};
struct campaign_result {
  coverage covered{};
  std::vector<failed_seed> failed{};
  std::uint64_t run_twice = 0;
};

// Runs seeds o.seed .. o.seed+count-1, one in a hundred of them twice: it must come to the same. Calls
// progress(covered so far) after each and ends, if it returns false, early.
template <class Family, class Progress>
campaign_result run_seeds(run_options o, std::uint64_t count, Progress&& progress) {
  campaign_result all;
  for (; count > 0; --count, ++o.seed) {
    auto r = run_seed<Family>(o);
    all.covered.add(r.covered);
    if (o.seed % 100 == 0) {
      ++all.run_twice;
      if (run_seed<Family>(o).hash != r.hash) r.sentence = r.broken = "a seed comes to the same twice";
    }
    if (r.broken != nullptr) all.failed.push_back({o.seed, std::move(r)});
    if (!progress(std::as_const(all))) break;
  }
  return all;
}

// The shortest list of actions that was found to break the sentence that the seed breaks. `broken` is nullptr if
// the seed breaks nothing, or only this: that there is no progress at the end, which is no action's doing.
template <class Family>
shrunk shrink_seed(run_options const& o, std::size_t most_replays = 20'000) {
  schedule actions;
  auto const r = run_seed<Family>(o, nullptr, &actions);
  if (r.broken == nullptr) return {};
  return shrinker<Family>{r.built, std::move(actions), r.broken, most_replays}.run();
}

} // namespace quorate::sim
