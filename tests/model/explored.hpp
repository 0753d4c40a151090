// Exploring a model, or a world of shipped cores, from a test.
#pragma once

#include "quorate/explore/explore.hpp"
#include "quorate/explore/world.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <type_traits>

namespace quorate::check {

template <class Model>
exploration explore_model(Model&& m, bounds const& b = {}) {
  return explorer<std::remove_reference_t<Model>>{m, b}.run([](progress_report const&) {});
}

struct explored {
  exploration run{};
  std::size_t node_states = 0;
  std::uint64_t marks = 0;
};
// Everything that `system` can reach, unless something is broken.
template <class System>
explored explore_all(System const& system, bounds const& b = {}) {
  world<System> w{system};
  explored x{explore_model(w, b)};
  x.node_states = w.node_states();
  x.marks = w.marks();
  if (x.run.broken)
    FAIL_CHECK(x.run.broken->what);
  else
    CHECK(x.run.complete);
  return x;
}

} // namespace quorate::check
