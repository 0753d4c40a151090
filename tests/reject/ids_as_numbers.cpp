// expect: could not convert 'one' | no viable conversion from 'const int' to 'quorate::node_id'
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

using namespace quorate;
constexpr int one = 1;
constexpr node_id first{1};
#ifdef REJECT
replica_config const config{one, {first}};
#else
replica_config const config{first, {first}};
#endif
