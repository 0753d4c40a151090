// expect: quorate: a replica with a snapshot store is made with it and the state machine
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/snapshot/memory_snapshots.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

using namespace quorate;
using plain = raft::replica<messages<int>, memory, manual_timer>;
using forgetful = raft::replica<messages<int>, memory, manual_timer, snapshots_in<memory_snapshots>>;
#ifdef REJECT
using node = forgetful;
#else
using node = plain;
#endif
void use(replica_config const& c, memory& disk) { node{c, disk, manual_timer{{10, 3, 99}, 1}}; }
