// Short names for tests of Paxos: five nodes and a value.
#pragma once

#include "quorate/core/id.hpp"

#include <cstdint>

namespace quorate::test {

inline constexpr node_index A{0}, B{1}, C{2}, D{3}, E{4};
using number = std::uint64_t;

} // namespace quorate::test
