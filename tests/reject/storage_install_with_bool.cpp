// expect: quorate: Storage: `bool install(snapshot_mark const&, above_mark)` is missing, or can't be called so
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

using namespace quorate;
struct mine : memory {
#ifdef REJECT
  bool install(snapshot_mark const& m, bool k);
#else
  bool install(snapshot_mark const& m, above_mark k);
#endif
};
using node = raft::replica<messages<int>, mine, manual_timer>;
void use(mine& disk) { node n{replica_config{node_id{1}, {node_id{1}}}, disk, manual_timer{{10, 3, 99}, 1}}; }
