// expect: quorate: this quorum system decides without an ack of any of its
#include "quorate/policy/quorum_proof.hpp"

struct mine {
  static constexpr std::size_t nodes = 3;
  static constexpr bool met(quorate::quorum_phase, quorate::node_set<64> acks, quorate::configuration const& c) {
    [[maybe_unused]] auto const its_own = acks & quorate::node_set<64>::first(nodes);
#ifdef REJECT
    return (acks & c.voters).size() >= 2;
#else
    return (its_own & c.voters).size() >= 2;
#endif
  }
};
static_assert(quorate::quorums_meet<mine>);
