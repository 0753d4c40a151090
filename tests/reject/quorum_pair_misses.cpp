// expect: quorate::quorums_miss_each_other<quorate::members<0, 1>, quorate::members<2, 3>
// Of a pair it is enough that the quorums of one meet.
#include "quorate/policy/keyword.hpp"
#include "quorate/policy/quorum_systems.hpp"

template <std::size_t Size>
struct any {
  static constexpr std::size_t nodes = 4;
  static constexpr bool met(quorate::quorum_phase, quorate::node_set<64> acks, quorate::configuration const& c) {
    return (acks & c.voters & quorate::node_set<64>::first(nodes)).size() >= Size;
  }
};
#ifdef REJECT
using chosen = quorate::quorum<quorate::both<any<1>, any<2>>>::type;
#else
using chosen = quorate::quorum<quorate::both<any<1>, any<3>>>::type;
#endif
chosen needed;
