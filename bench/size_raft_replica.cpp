#include "size.hpp"

#include "quorate/raft.hpp"

namespace quorate::bench {
using node = raft::replica<numbers, memory, manual_timer>;
template bool every_call(node&, void const*, unsigned, std::uint64_t, node_id, payloads);
node* made(replica_config const& c, memory& m, manual_timer const& t) { return new node{c, m, t}; }
} // namespace quorate::bench
