// Seeded random walks (explore/walk.hpp) from a test. A failure names its seed, which takes the same way again.
#pragma once

#include "quorate/explore/walk.hpp"
#include "quorate/trace/sentence.hpp"
#include "support/seeds.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace quorate::test {

// As many walks from `first_seed` on as seeds() makes of `usual`. All of the System's marks that are not among
// `never` must have happened: walks that reach nothing prove nothing.
template <class System, class Bounds>
void walks(Bounds const& b, std::uint64_t first_seed, std::uint64_t usual, std::uint64_t never = 0,
           std::size_t steps = 1500) {
  std::uint64_t marks = 0;
  System const system{b};
  for (auto seed = first_seed; seed < first_seed + seeds(usual); ++seed) {
    check::random_walk<System> w{system, seed};
    if (!w.run(steps, "with the faults gone all comes to rest"))
      FAIL("seed " << seed << ": " << check::sentence_of(w.told()));
    marks |= w.marks();
  }
  std::uint64_t bit = 1;
  for (auto const* name : System::mark_names) {
    CHECK_MESSAGE(((marks & bit) != 0 || (never & bit) != 0), std::string{name});
    bit <<= 1;
  }
}

} // namespace quorate::test
