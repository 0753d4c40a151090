// Multi-Paxos in memory, with the manual timer.
#include "replica/replicated_log/combination.hpp"
namespace quorate::test {
using combination = combination_of<multi_paxos_protocol, memory, manual_timer>;
}
#include "replica/replicated_log/suite.hpp"
