// Both protocols have the common face.
#include "quorate/replica/replicated_log.hpp"
#include "quorate/multi_paxos.hpp"
#include "quorate/raft.hpp"

#include "quorate/message/messages.hpp"
#include "quorate/storage/file_wal.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"
#include "quorate/timer/steady.hpp"

#include <cstdint>

namespace quorate {
namespace {

using numbers = messages<std::uint64_t>;

template <template <class, class, class, class...> class Replica>
constexpr bool everywhere = replicated_log<Replica<numbers, memory, manual_timer>>&& replicated_log<
    Replica<numbers, memory, steady_timer>>&& replicated_log<Replica<numbers, file_wal, manual_timer>>&&
    replicated_log<Replica<numbers, file_wal, steady_timer>>;
static_assert(everywhere<raft::replica> && everywhere<multi_paxos::replica>);
static_assert(!replicated_log<memory> && !replicated_log<raft::node<>>);

} // namespace
} // namespace quorate
