// expect: quorate: Messages: the type `command` is missing
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

#include <cstdint>

struct mine : quorate::messages<std::uint64_t> {
#ifdef REJECT
private:
#else
public:
#endif
  using quorate::messages<std::uint64_t>::command;
};

using node = quorate::raft::replica<mine, quorate::memory, quorate::manual_timer>;
static_assert(sizeof(node) > 0);
