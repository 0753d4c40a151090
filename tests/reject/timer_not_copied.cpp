// expect: quorate: Timer: it must be copyable
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

using namespace quorate;
struct mine : manual_timer {
#ifdef REJECT
  mine(mine const&) = delete;
#else
  mine(mine const&) = default;
#endif
};
using node = raft::replica<messages<int>, memory, mine>;
void use(memory& disk, mine const& timer) { node n{replica_config{node_id{1}, {node_id{1}}}, disk, timer}; }
