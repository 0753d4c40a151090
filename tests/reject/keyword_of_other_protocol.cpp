// expect: quorate: multi_paxos: not one of its keywords
#include "quorate/message/messages.hpp"
#include "quorate/multi_paxos.hpp"
#include "quorate/raft.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

using namespace quorate;
using theirs = raft::pre_vote<on>;
using ours = multi_paxos::quorum_reads<on>;
#ifdef REJECT
using node = multi_paxos::replica<messages<int>, memory, manual_timer, theirs>;
#else
using node = multi_paxos::replica<messages<int>, memory, manual_timer, ours>;
#endif
static_assert(sizeof(node) > 0);
