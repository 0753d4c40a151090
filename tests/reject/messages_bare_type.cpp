// expect: quorate: Messages: the type `command` is missing; for a type of yours write messages<it>
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

using namespace quorate;
using wrapped = messages<int>;
#ifdef REJECT
using mine = int;
#else
using mine = wrapped;
#endif
using node = raft::replica<mine, memory, manual_timer>;
void use(memory& disk) { node n{replica_config{node_id{1}, {node_id{1}}}, disk, manual_timer{{10, 3, 99}, 1}}; }
