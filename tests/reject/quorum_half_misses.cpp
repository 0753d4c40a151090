// expect: quorate::quorums_miss_each_other<quorate::members<0>, quorate::members<1>
// Of a pair of which only one half is constant, that half must do alone.
#include "quorate/policy/keyword.hpp"
#include "quorate/policy/quorum_systems.hpp"

template <std::size_t Size>
struct any {
  static constexpr std::size_t nodes = 2;
  static constexpr bool met(quorate::quorum_phase, quorate::node_set<64> acks, quorate::configuration const& c) {
    return (acks & c.voters & quorate::node_set<64>::first(nodes)).size() >= Size;
  }
};
#ifdef REJECT
using chosen = quorate::quorum<quorate::both<any<1>, quorate::majority>>::type;
#else
using chosen = quorate::quorum<quorate::both<any<2>, quorate::majority>>::type;
#endif
chosen needed;
