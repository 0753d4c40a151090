// Cores, storages and turns with one rule taken out, and what sees them fail.
#pragma once

#include "quorate/explore/counterexample.hpp"
#include "quorate/explore/explore.hpp"
#include "quorate/explore/world.hpp"
#include "quorate/trace/trace.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace quorate::check {

// What became of one mutant. Nothing saw it fail when `what` is empty: a hole in the tools, or a rule that changes
// nothing within the bounds.
struct mutant_verdict {
  std::string name;         // the rule that it has not
  std::string by;           // the tool and its bounds
  std::string what;         // the property that it broke
  std::uint64_t states = 0; // distinct states until then
  std::size_t steps = 0;    // of the shortest way there
  double seconds = 0;
  char const* unit = "states"; // or "runs"
  trace counterexample{};      // those steps
};

// Explores a mutant's world until something is broken, or `budget` states were seen.
template <class System, class Bounds>
mutant_verdict explore_mutant(std::string name, std::string by, Bounds const& b, std::uint64_t budget) {
  auto const w = std::make_unique<world<System>>(System{b});
  explorer<world<System>> e{*w, {.states = budget}};
  auto const r = e.run([](progress_report const&) {});
  mutant_verdict v{std::move(name), std::move(by), {}, r.states, 0, r.seconds, "states", {}};
  if (r.broken) v.what = r.broken->what, v.steps = r.broken->actions.size();
  if (r.broken) v.counterexample = trace_of(*w, *r.broken, v.name);
  return v;
}

} // namespace quorate::check
