// expect: quorate: Timer: the type `time` is missing
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

#include <cstdint>

struct mine : quorate::manual_timer {
#ifdef REJECT
private:
#else
public:
#endif
  using quorate::manual_timer::time;
};

using node = quorate::raft::replica<quorate::messages<std::uint64_t>, quorate::memory, mine>;
static_assert(sizeof(node) > 0);
