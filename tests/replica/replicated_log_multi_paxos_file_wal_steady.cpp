// Multi-Paxos on the write-ahead log, with the steady timer.
#include "replica/replicated_log/combination.hpp"
namespace quorate::test {
using combination = combination_of<multi_paxos_protocol, wal_on_disk, steady_timer>;
}
#include "replica/replicated_log/suite.hpp"
