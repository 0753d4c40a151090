// expect: quorate: the machine can't be called with read_outcome const&
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

using namespace quorate;
using node = raft::replica<messages<int>, memory, manual_timer>;
struct machine {
  void operator()(applied<messages<int>> const&) const {}
  void operator()(proposal_outcome const&) const {}
#ifdef REJECT
private:
#else
public:
#endif
  void operator()(read_outcome const&) const {}
};
void use(node& n) {
  n.turn(
      0, [](node_id, auto const&, payloads) {}, machine{});
}
