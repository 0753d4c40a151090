// expect: quorate: Quorum: `bool met(quorum_phase, node_set<64>, configuration const&) const` is missing
#include "quorate/raft/options.hpp"

struct mine {
#ifdef REJECT
  static bool meets(quorate::quorum_phase, quorate::node_set<64>, quorate::configuration const&);
#else
  static bool met(quorate::quorum_phase, quorate::node_set<64>, quorate::configuration const&);
#endif
};
using chosen = quorate::raft::options<quorate::quorum<mine>>;
static_assert(chosen::reads);
