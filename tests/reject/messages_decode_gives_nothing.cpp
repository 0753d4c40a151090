// expect: quorate: Messages: decode_entry(b, c, x) is there but gives another type
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

using namespace quorate;
struct mine : messages<int> {
#ifdef REJECT
  static void decode_entry(payloads::bytes, int&, no_extra&);
#else
  static bool decode_entry(payloads::bytes, int&, no_extra&);
#endif
};
using node = raft::replica<mine, memory, manual_timer>;
void use(memory& disk) { node n{replica_config{node_id{1}, {node_id{1}}}, disk, manual_timer{{10, 3, 99}, 1}}; }
