// expect: quorate: Snapshot store: `bool seal()` is missing
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/snapshot/memory_snapshots.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

using namespace quorate;
struct mine : memory_snapshots {
#ifdef REJECT
private:
#else
public:
#endif
  using memory_snapshots::seal;
};
using node = raft::replica<messages<int>, memory, manual_timer, snapshots_in<mine>>;
static_assert(sizeof(node) > 0);
