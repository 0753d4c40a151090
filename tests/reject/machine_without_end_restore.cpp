// expect: quorate: State machine: `bool end_restore()` is missing
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/snapshot/memory_snapshots.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

using namespace quorate;
using node = raft::replica<messages<int>, memory, manual_timer, snapshots_in<memory_snapshots>>;
struct machine {
  void apply(log_index, int);
  log_index applied() const;
  void begin_save();
  save_step save(auto&) { return save_step::done; }
  void end_save();
  void begin_restore(log_index);
  bool restore(std::span<std::byte const>);
#ifdef REJECT
private:
#else
public:
#endif
  bool end_restore();
};
void use(replica_config const& c, memory& disk, memory_snapshots& kept, machine& m) {
  node{c, disk, manual_timer{{10, 3, 99}, 1}, kept, m};
}
