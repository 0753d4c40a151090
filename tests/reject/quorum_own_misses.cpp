// expect: quorate::quorums_miss_each_other<quorate::members<0, 1>, quorate::members<2, 3>
// A user's own system: in a square of four nodes a row elects, and what commits must cross it.
#include "quorate/policy/keyword.hpp"

struct square {
  static constexpr std::size_t nodes = 4;
  static constexpr bool met(quorate::quorum_phase phase, quorate::node_set<64> acks,
                            quorate::configuration const& c) {
    auto const in = [&](std::uint64_t line) { return (acks.bits & c.voters.bits & line) == line; };
    bool const row = in(0b0011) || in(0b1100);
    [[maybe_unused]] bool const column = in(0b0101) || in(0b1010);
    if (phase == quorate::quorum_phase::election) return row;
#ifdef REJECT
    return row;
#else
    return column;
#endif
  }
};
using chosen = quorate::quorum<square>::type;
chosen needed;
