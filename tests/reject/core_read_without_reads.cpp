// expect: quorate: raft: this core has read_index<off>; leave the keyword out to read
#include "quorate/core/log_shape.hpp"
#include "quorate/effect/batch.hpp"
#include "quorate/raft/node.hpp"

#ifdef REJECT
using core = quorate::raft::node<quorate::raft::read_index<quorate::off>>;
#else
using core = quorate::raft::node<quorate::raft::read_index<quorate::on>>;
#endif
void ask(core& c, quorate::log_shape<4> const& log, quorate::batch<core>& out) {
  c.step(quorate::read{1}, log, out);
}
