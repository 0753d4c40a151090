// expect: quorate: send takes its message by a reference that is not const
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

#include <type_traits>

using namespace quorate;
using node = raft::replica<messages<int>, memory, manual_timer>;
struct sender {
  template <class M>
  requires(!std::is_const_v<M>)
#ifdef REJECT
      void
      operator()(node_id, M&, payloads) const {
  }
#else
      void
      operator()(node_id, M const&, payloads) const {
  }
#endif
};
void use(node& n) {
  n.turn(0, sender{}, [](auto const&) {});
}
