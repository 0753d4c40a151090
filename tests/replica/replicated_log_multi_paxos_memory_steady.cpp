// Multi-Paxos in memory, with the steady timer.
#include "replica/replicated_log/combination.hpp"
namespace quorate::test {
using combination = combination_of<multi_paxos_protocol, memory, steady_timer>;
}
#include "replica/replicated_log/suite.hpp"
