// expect: quorate: the machine takes applied<Messages> by a reference that is not const
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

using namespace quorate;
using node = raft::replica<messages<int>, memory, manual_timer>;
void use(node& n) {
  auto const send = [](node_id, auto const&, payloads) {};
#ifdef REJECT
  n.turn(0, send, [](auto&) {});
#else
  n.turn(0, send, [](auto const&) {});
#endif
}
