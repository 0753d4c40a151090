// expect: wrong number of template arguments (2 | too few template arguments for alias template 'replica'
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

using namespace quorate;
#define and_timer , manual_timer
#ifdef REJECT
using node = raft::replica<messages<int>, memory>;
#else
using node = raft::replica<messages<int>, memory and_timer>;
#endif
static_assert(sizeof(node) > 0);
