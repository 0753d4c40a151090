// expect: quorate: Storage: hard() is there but not const
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

using namespace quorate;
struct mine : memory {
#ifdef REJECT
  hard_state hard(){
#else
  hard_state hard() const {
#endif
      return memory::hard();
}
}
;
using node = raft::replica<messages<int>, mine, manual_timer>;
void use(mine& disk) { node n{replica_config{node_id{1}, {node_id{1}}}, disk, manual_timer{{10, 3, 99}, 1}}; }
