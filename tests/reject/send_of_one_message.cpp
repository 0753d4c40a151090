// expect: quorate: send takes some of the protocol's messages and not the others
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

using namespace quorate;
using node = raft::replica<messages<int>, memory, manual_timer>;
using raft::heartbeat;
void use(node& n) {
#ifdef REJECT
  auto const send = [](node_id, heartbeat const&, payloads) {};
#else
  auto const send = [](node_id, auto const&, payloads) {};
#endif
  n.turn(0, send, [](auto const&) {});
}
