// Raft in memory, with the manual timer.
#include "replica/replicated_log/combination.hpp"
namespace quorate::test {
using combination = combination_of<raft_protocol, memory, manual_timer>;
}
#include "replica/replicated_log/suite.hpp"
