// expect: quorate: the host of hosted{machine, host} can't be called with read_outcome const&
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
struct host {
  void operator()(proposal_outcome const&) const {}
#ifdef REJECT
private:
#else
public:
#endif
  void operator()(read_outcome const&) const {}
};
void use(node& n, machine& m) {
  n.turn(
      0, [](node_id, auto const&, payloads) {}, hosted{m, host{}});
}
