// expect: quorate: for more than 10 nodes a quorum system needs the member miss
#include "quorate/policy/quorum_proof.hpp"

template <std::size_t Nodes>
struct most_of {
  static constexpr std::size_t nodes = Nodes;
  static constexpr bool met(quorate::quorum_phase, quorate::node_set<64> acks, quorate::configuration const& c) {
    return 2 * (acks & c.voters & quorate::node_set<64>::first(nodes)).size() > nodes;
  }
};
#ifdef REJECT
static_assert(quorate::quorums_meet<most_of<11>>);
#else
static_assert(quorate::quorums_meet<most_of<10>>);
#endif
