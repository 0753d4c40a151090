// expect: quorate: Timer: after(how, now) is there but gives another type
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

using namespace quorate;
struct mine : manual_timer {
#ifdef REJECT
  int after(timing, time now) const;
#else
  time after(timing, time now) const;
#endif
};
using node = raft::replica<messages<int>, memory, mine>;
void use(memory& disk, mine const& timer) { node n{replica_config{node_id{1}, {node_id{1}}}, disk, timer}; }
