// expect: quorate: this core has no reads (raft: read_index<off>); leave the keyword out to read
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

#include <cstdint>

#ifdef REJECT
using reads = quorate::raft::read_index<quorate::off>;
#else
using reads = quorate::raft::read_index<quorate::on>;
#endif

using node =
    quorate::raft::replica<quorate::messages<std::uint64_t>, quorate::memory, quorate::manual_timer, reads>;
auto read(node& n) { return n.read(); }
