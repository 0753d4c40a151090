#include "size.hpp"

#include "quorate/raft.hpp"

namespace quorate::bench {
using core = raft::node<>;
template void every_step(core&, void const*, unsigned, log_shape<64> const&, batch<core>&);
} // namespace quorate::bench
