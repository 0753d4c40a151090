// Where a rule is missed that `check mutants` can't miss, because its worlds are of founders, who compact nothing.
#pragma once

#include "quorate/core/standard.hpp"

namespace quorate {

inline constexpr char taken_out_of_places[] =
    "takes a place that is given again, and here all are founders; tests/model/places.cpp takes it out";
inline constexpr char taken_out_of_snapshots[] =
    "takes a log that is compacted, and here none is; tests/model/snapshots.cpp takes it out";

} // namespace quorate
