// expect: quorate: this quorum system has `nodes`, and yet asks of the configuration
#include "quorate/policy/quorum_proof.hpp"

struct mine {
  static constexpr std::size_t nodes = 3;
  static constexpr bool met(quorate::quorum_phase, quorate::node_set<64> acks, quorate::configuration const& c) {
    auto const count = (acks & c.voters & quorate::node_set<64>::first(nodes)).size();
    [[maybe_unused]] auto const voters = c.voters.size();
#ifdef REJECT
    return 2 * count > voters;
#else
    return 2 * count > nodes;
#endif
  }
};
static_assert(quorate::quorums_meet<mine>);
