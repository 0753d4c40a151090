#include "size.hpp"

#include "quorate/multi_paxos.hpp"

namespace quorate::bench {
using core = multi_paxos::node<>;
template void every_step(core&, void const*, unsigned, log_shape<64> const&, batch<core>&);
} // namespace quorate::bench
