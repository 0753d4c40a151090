// expect: quorate: Timer: `time` must be regular
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

#include <compare>
#include <cstddef>
#include <optional>

using namespace quorate;
struct tick {
  int at = 0;
  friend bool operator==(tick, tick) = default;
};
struct moment {
  int at = 0;
  friend auto operator<=>(moment, moment) = default;
};
struct mine {
#ifdef REJECT
  using time = tick;
#else
  using time = moment;
#endif
  void arm(std::size_t, timing, time);
  void disarm(std::size_t);
  std::optional<time> deadline() const;
  std::optional<std::size_t> expired(time);
  time after(timing, time) const;
};
using node = raft::replica<messages<int>, memory, mine>;
void use(memory& disk, mine const& timer) { node n{replica_config{node_id{1}, {node_id{1}}}, disk, timer}; }
