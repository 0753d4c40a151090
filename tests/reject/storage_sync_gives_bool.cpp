// expect: quorate: Storage: sync(order) is there but gives another type
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

#include <optional>

using namespace quorate;
using token = std::optional<durable>;
struct mine : memory {
#ifdef REJECT
  bool sync(sync_order order);
#else
  token sync(sync_order order);
#endif
};
using node = raft::replica<messages<int>, mine, manual_timer>;
void use(mine& disk) { node n{replica_config{node_id{1}, {node_id{1}}}, disk, manual_timer{{10, 3, 99}, 1}}; }
