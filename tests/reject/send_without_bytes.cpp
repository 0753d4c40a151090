// expect: quorate: send can't be called as send(to, message, bytes)
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

using namespace quorate;
using node = raft::replica<messages<int>, memory, manual_timer>;
#define and_bytes , payloads
void use(node& n) {
#ifdef REJECT
  auto const send = [](node_id, auto const&) {};
#else
  auto const send = [](node_id, auto const& and_bytes) {};
#endif
  n.turn(0, send, [](auto const&) {});
}
