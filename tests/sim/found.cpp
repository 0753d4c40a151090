// Seeds that once failed: each found something to mend, in what ships or in what watches it, and stays here with
// what it was.
#include "sim/protocols.hpp"

#include "quorate/sim/campaign.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <initializer_list>
#include <string>

namespace quorate {
namespace {

template <class Family>
void all_well(std::initializer_list<std::uint64_t> seeds) {
  for (auto const seed : seeds) {
    auto const r = sim::run_seed<Family>({.seed = seed});
    CHECK_MESSAGE(r.broken == nullptr,
                  "seed " << seed << ": " << std::string{r.broken == nullptr ? "" : r.broken});
  }
}

// It answered nothing, rightly, and learned nothing of what it held: it was never applied, and never compacted.
TEST_CASE("a Raft follower whose log is full learns how much of it is committed") {
  all_well<sim::raft_family<>>({1055, 4540, 5033, 7670});
}
// Where it stood was compacted at the leader, which sent it nothing more though it had gone on by itself.
TEST_CASE("a Multi-Paxos peer that stands where its leader's log begins is sent what follows") {
  all_well<sim::multi_paxos_family<>>({292, 573, 1078, 2660});
}
// All its acknowledgements of a whole window were lost, and others had chosen the slots meanwhile.
TEST_CASE("a Multi-Paxos peer is sent more when a whole window of its acknowledgements was lost") {
  all_well<sim::multi_paxos_family<>>({1702, 2383, 2586, 3130});
}

// The watcher's fault: an acknowledgement waited for its disk, rightly, and meanwhile the slot was voted for again
// at the next ballot. The watcher compared the disk with the newer vote; effect/outbox.hpp says why the older one
// counts.
TEST_CASE("what is voted for again while its sync is under way is acknowledged when that sync returns") {
  all_well<sim::multi_paxos_family<>>({46585});
}
// The network's fault: a leader wrote to a disk that was no more, and lost its own. Then nobody knew any more that
// the follower's disk was another one, and the follower heard what it seemed to have acknowledged.
TEST_CASE("a follower with an empty disk does not hear what was meant for the disk that it had") {
  all_well<sim::raft_family<>>({21712, 23110, 25134, 47282, 47370, 49381, 56096});
}

// Disks whose syncs take longer than an election timeout, for good: somebody must come to lead. The timer of a
// vote that was not durable ran out, or waits did not grow from campaign to campaign, or only the candidate's did.
TEST_CASE("there is a leader however slow the disks of a quorum are, as long as their syncs end") {
  all_well<sim::raft_family<>>({3, 6, 9, 65, 116, 162});
  all_well<sim::multi_paxos_family<>>({3, 6, 9, 14, 24});
}
// The simulator's fault: it let nobody compact chosen slots that stand at other ballots on other disks, and so
// small disks were full for ever.
TEST_CASE("chosen slots may be compacted whatever their ballots are elsewhere") {
  all_well<sim::multi_paxos_family<>>({19628});
}
// What phase 1 asked next waited for the disk, and the candidate's timer ran out before it was asked.
TEST_CASE("a Multi-Paxos candidate with a slow disk waits for the answers to what it has asked") {
  all_well<sim::multi_paxos_family<>>({889});
}

// What was here already was to be installed, and the disk refused that write: the replica heard of it a turn
// later.
TEST_CASE("an installation that can't be written stops the node at once") {
  all_well<sim::raft_with_snapshots<>>({1976});
}
// The power went between a seal and the compaction behind it, and the log was full: so nothing was applied, and
// there was no next save.
TEST_CASE("a node that starts with a snapshot lets go of the log behind it") {
  all_well<sim::multi_paxos_with_snapshots<>>({1780, 5671, 8554, 16992, 18125, 22014});
}

} // namespace
} // namespace quorate
