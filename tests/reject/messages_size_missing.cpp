// expect: quorate: Messages: `static std::size_t entry_size(command const&, entry_extra const&)` is missing
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

using namespace quorate;
struct mine : messages<int> {
#ifdef REJECT
private:
#else
public:
#endif
  using messages<int>::entry_size;
};
using node = raft::replica<mine, memory, manual_timer>;
void use(memory& disk) { node n{replica_config{node_id{1}, {node_id{1}}}, disk, manual_timer{{10, 3, 99}, 1}}; }
