// expect: quorate: Quorum: met is there but gives another type
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

using namespace quorate;
struct mine {
#ifdef REJECT
  int met(quorum_phase, node_set<64>, configuration const&) const;
#else
  bool met(quorum_phase, node_set<64>, configuration const&) const;
#endif
};
using node = raft::replica<messages<int>, memory, manual_timer, quorum<mine>>;
static_assert(sizeof(node) > 0);
