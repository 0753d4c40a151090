// expect: quorate: Quorum: it must be copyable and default-constructible
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

using namespace quorate;
struct mine {
#ifdef REJECT
  mine() = delete;
#else
  mine() = default;
#endif
  bool met(quorum_phase, node_set<64>, configuration const&) const;
};
using node = raft::replica<messages<int>, memory, manual_timer, quorum<mine>>;
static_assert(sizeof(node) > 0);
