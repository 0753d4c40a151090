// expect: quorate: Storage: put(hard_state) is there but gives another type
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

using namespace quorate;
struct mine : memory {
  using memory::put;
#ifdef REJECT
  void put(hard_state const& h);
#else
  bool put(hard_state const& h);
#endif
};
using node = raft::replica<messages<int>, mine, manual_timer>;
void use(mine& disk) { node n{replica_config{node_id{1}, {node_id{1}}}, disk, manual_timer{{10, 3, 99}, 1}}; }
