// expect: quorate: this quorum system has `nodes`, so its met must be constexpr
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

#include <cstddef>

using namespace quorate;
struct mine {
  static constexpr std::size_t nodes = 3;
#ifdef REJECT
  static bool met(quorum_phase, node_set<64> acks, configuration const& c){
#else
  static constexpr bool met(quorum_phase, node_set<64> acks, configuration const& c) {
#endif
      return (acks & c.voters & node_set<64>::first(nodes)).size() >= 2;
}
}
;
using node = raft::replica<messages<int>, memory, manual_timer, quorum<mine>>;
static_assert(sizeof(node) > 0);
