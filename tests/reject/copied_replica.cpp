// expect: use of deleted function | call to deleted constructor
// Two replicas on one storage would vote twice.
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

#include <cstdint>

using node = quorate::raft::replica<quorate::messages<std::uint64_t>, quorate::memory, quorate::manual_timer>;

void use(node& one) {
#ifdef REJECT
  [[maybe_unused]] node other{one};
#else
  [[maybe_unused]] node& other{one};
#endif
}
