// expect: quorate::election_quorums_miss_each_other<quorate::members<0>, quorate::members<1>
// In Raft too, of a pair of which only one half is constant, that half must do alone.
#include "quorate/policy/quorum_systems.hpp"
#include "quorate/raft/options.hpp"

template <std::size_t Elects>
struct any {
  static constexpr std::size_t nodes = 2;
  static constexpr bool met(quorate::quorum_phase phase, quorate::node_set<64> acks,
                            quorate::configuration const& c) {
    auto const count = (acks & c.voters & quorate::node_set<64>::first(nodes)).size();
    return count >= (phase == quorate::quorum_phase::election ? Elects : 2);
  }
};
#ifdef REJECT
using chosen = quorate::raft::options<quorate::quorum<quorate::both<any<1>, quorate::majority>>>;
#else
using chosen = quorate::raft::options<quorate::quorum<quorate::both<any<2>, quorate::majority>>>;
#endif
static_assert(chosen::reads);
