// expect: quorate: Timer: deadline() is there but gives another type
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

#include <cstddef>
#include <optional>

using namespace quorate;
struct mine {
#ifdef REJECT
  using time = double*;
#else
  using time = double;
#endif
  void arm(std::size_t, timing, time);
  void disarm(std::size_t);
  std::optional<double> deadline() const;
  std::optional<std::size_t> expired(time);
  time after(timing, time) const;
};
using node = raft::replica<messages<int>, memory, mine>;
void use(memory& disk, mine const& timer) { node n{replica_config{node_id{1}, {node_id{1}}}, disk, timer}; }
