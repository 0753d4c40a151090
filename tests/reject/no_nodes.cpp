// expect: quorate: limits: nodes must be between 1 and 64
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

using namespace quorate;
#ifdef REJECT
using keyword = limits<limit_values{.nodes = 0}>;
#else
using keyword = limits<limit_values{.nodes = 1}>;
#endif
using node = raft::replica<messages<int>, memory, manual_timer, keyword>;
static_assert(sizeof(node) > 0);
