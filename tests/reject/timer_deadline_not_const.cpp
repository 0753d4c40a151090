// expect: quorate: Timer: deadline() is there but not const
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

#include <optional>

using namespace quorate;
struct mine : manual_timer {
#ifdef REJECT
  std::optional<time> deadline();
#else
  std::optional<time> deadline() const;
#endif
};
using node = raft::replica<messages<int>, memory, mine>;
void use(memory& disk, mine const& timer) { node n{replica_config{node_id{1}, {node_id{1}}}, disk, timer}; }
