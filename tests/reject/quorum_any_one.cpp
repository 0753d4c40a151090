// expect: quorate: this quorum system decides without an ack of any of its nodes that is a voter
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

#include <cstddef>

using namespace quorate;
struct any_one {
#ifdef REJECT
  static constexpr std::size_t nodes = 3;
#else
  static constexpr std::size_t nodes = 0;
#endif
  static constexpr bool met(quorum_phase, node_set<64> acks, configuration const& c) {
    return !(acks & c.voters).empty();
  }
};
using node = raft::replica<messages<int>, memory, manual_timer, quorum<any_one>>;
static_assert(sizeof(node) > 0);
