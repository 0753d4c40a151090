// expect: quorate: Messages: the type `command` is missing
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

#include <type_traits>

using namespace quorate;
template <bool Swapped>
using node = raft::replica<std::conditional_t<Swapped, memory, messages<int>>,
                           std::conditional_t<Swapped, messages<int>, memory>, manual_timer>;
void use(memory& disk) {
  manual_timer const timer{{10, 3, 99}, 1};
#ifdef REJECT
  node<true> n{replica_config{node_id{1}, {node_id{1}}}, disk, timer};
#else
  node<false> n{replica_config{node_id{1}, {node_id{1}}}, disk, timer};
#endif
}
