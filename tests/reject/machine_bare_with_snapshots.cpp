// expect: quorate: a replica with a snapshot store is given a state machine and its host
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
  bool end_restore();
};
void use(node& n, machine& m) {
  auto const host = [](auto const&) {};
  hosted const both{m, host};
  auto const send = [](node_id, auto const&, payloads) {};
#ifdef REJECT
  n.turn(0, send, host);
#else
  n.turn(0, send, both);
#endif
}
