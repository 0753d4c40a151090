// expect: result type must be constructible from input type | no matching function for call to 'construct_at'
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

#include <deque>
#include <vector>

using namespace quorate;
using node = raft::replica<messages<int>, memory, manual_timer>;
void use(memory& disk) {
#ifdef REJECT
  std::vector<node> nodes;
#else
  std::deque<node> nodes;
#endif
  nodes.emplace_back(replica_config{node_id{1}, {node_id{1}}}, disk, manual_timer{{10, 3, 99}, 1});
}
