// expect: quorate: the machine can't be called with proposal_outcome const&
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

using namespace quorate;
using node = raft::replica<messages<int>, memory, manual_timer>;
using event = applied<messages<int>>;
void use(node& n) {
  auto const send = [](node_id, auto const&, payloads) {};
#ifdef REJECT
  n.turn(0, send, [](event const&) {});
#else
  n.turn(0, send, [](auto const&) {});
#endif
}
