// expect: quorate: Storage: `std::optional<durable> sync(sync_order)` is missing
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

#include <cstdint>

struct mine : quorate::memory {
#ifdef REJECT
private:
#else
public:
#endif
  using quorate::memory::sync;
};

using node = quorate::raft::replica<quorate::messages<std::uint64_t>, mine, quorate::manual_timer>;
static_assert(sizeof(node) > 0);
