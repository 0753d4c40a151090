// The same as snapshots.cpp, with bounds that take minutes.
#include "snapshot_cores.hpp"

namespace quorate::check {
namespace {

template <class System>
std::uint64_t states_of(System const& system) {
  return explore_snapshots(system, {.threads = 2}).run.states;
}

TEST_CASE("Raft: T2C3R1, a compaction, an installation") {
  constexpr replicated_bounds three_commands{.terms = 2, .commands = 3, .crashes = 1};
  CHECK(states_of(snapped_raft<small_raft<>>{three_commands, {}}) == 1547048);
}

TEST_CASE("Raft: T2C1R1 with a sync in flight, a compaction, an installation") {
  constexpr replicated_bounds slow{.terms = 2, .commands = 1, .crashes = 1, .in_flight = true, .slow = 1};
  CHECK(states_of(snapped_raft<small_raft<>>{slow, {}}) == 985494);
}

TEST_CASE("Multi-Paxos: a ballot, a command, a heartbeat, a compaction, an installation; and with a restart") {
  CHECK(states_of(snapped_paxos<small_paxos<>>{one_ballot, {}}) == 1291940);
  auto bounds = one_ballot;
  bounds.crashes = 1;
  CHECK(states_of(snapped_paxos<small_paxos<>>{bounds, {}}) == 5627417);
}

} // namespace
} // namespace quorate::check
