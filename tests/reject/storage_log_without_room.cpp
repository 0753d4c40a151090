// expect: quorate: Storage: what log() gives: `std::uint64_t room() const` is missing
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

#include <type_traits>
#include <utility>

using namespace quorate;
using their_log = std::remove_cvref_t<decltype(std::declval<memory const&>().log())>;
struct view : their_log {
#ifdef REJECT
private:
#else
public:
#endif
  using their_log::room;
};
struct mine : memory {
  view const& log() const;
};
using node = raft::replica<messages<int>, mine, manual_timer>;
void use(mine& disk) { node n{replica_config{node_id{1}, {node_id{1}}}, disk, manual_timer{{10, 3, 99}, 1}}; }
