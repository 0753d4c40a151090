// expect: quorate: Storage: `bool install(snapshot_mark const&, above_mark)` is missing
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/snapshot/memory_snapshots.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

using namespace quorate;
class mine : private memory {
public:
  using memory::compact;
  using memory::failure;
  using memory::hard;
  using memory::identity;
  using memory::log;
  using memory::put;
  using memory::read;
  using memory::sync;
  using memory::truncate;
#ifdef REJECT
private:
#else
public:
#endif
  using memory::install;
};
using node = raft::replica<messages<int>, mine, manual_timer, snapshots_in<memory_snapshots>>;
static_assert(sizeof(node) > 0);
