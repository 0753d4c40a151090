// expect: no matching function for call to 'quorate::replica< | no matching member function for call to 'turn'
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/steady.hpp"

using namespace quorate;
using node = raft::replica<messages<int>, memory, steady_timer>;
void use(node& n, node::time now) {
  (void)now;
#ifdef REJECT
  n.turn(
      5, [](auto, auto const&, auto) {}, [](auto const&) {});
#else
  n.turn(
      now, [](auto, auto const&, auto) {}, [](auto const&) {});
#endif
}
