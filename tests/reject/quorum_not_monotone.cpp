// expect: quorate: in this quorum system a superset of a quorum is not always a quorum
#include "quorate/policy/quorum_proof.hpp"

struct mine {
  static constexpr std::size_t nodes = 3;
  static constexpr bool met(quorate::quorum_phase, quorate::node_set<64> acks, quorate::configuration const& c) {
    auto const count = (acks & c.voters & quorate::node_set<64>::first(nodes)).size();
#ifdef REJECT
    return count % 2 == 1;
#else
    return count / 2 == 1;
#endif
  }
};
static_assert(quorate::quorums_meet<mine>);
