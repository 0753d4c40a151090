// A seed comes to the same on every machine, compiler and library: the rolling hashes of whole runs are fixed
// here. Whoever changes what the simulator draws, or what a core does, gets other numbers, and writes them down.
#include "sim/protocols.hpp"

#include "quorate/sim/campaign.hpp"

#include <doctest/doctest.h>

#include <cstdint>

namespace quorate {
namespace {

template <class Family>
std::uint64_t hash_of(std::uint64_t seed) {
  return sim::run_seed<Family>({.seed = seed, .nodes = 5}).hash;
}

TEST_CASE("two seeds of each protocol come to what they came to before") {
  CHECK(hash_of<sim::raft_family<>>(1) == 0x7dadc47ac8fb277cU);
  CHECK(hash_of<sim::raft_family<>>(2) == 0xf29dd6e74241639bU);
  CHECK(hash_of<sim::multi_paxos_family<>>(1) == 0x129a610f09ee6cd6U);
  CHECK(hash_of<sim::multi_paxos_family<>>(2) == 0xc8641d31fd513127U);
  CHECK(hash_of<sim::paxos_family<>>(1) == 0x6b49de5e756985cfU);
  CHECK(hash_of<sim::paxos_family<>>(2) == 0xd3be49152aa2781eU);
  CHECK(hash_of<sim::caspaxos_family<>>(1) == 0x5c5c537da5b86c4aU);
  CHECK(hash_of<sim::caspaxos_family<>>(2) == 0x2b6dd9feca7c3879U);
}
TEST_CASE("with snapshots too") {
  CHECK(hash_of<sim::raft_with_snapshots<>>(1) == 0xb9dab0af59e9bde0U);
  CHECK(hash_of<sim::raft_with_snapshots<>>(2) == 0x360a469c87bd27e4U);
  CHECK(hash_of<sim::multi_paxos_with_snapshots<>>(1) == 0x35b8e875131427faU);
  CHECK(hash_of<sim::multi_paxos_with_snapshots<>>(2) == 0xc2ea87378f5ca96aU);
}

TEST_CASE("watching a run does not change it") {
  check::trace seen;
  sim::schedule actions;
  auto const watched = sim::run_seed<sim::raft_family<>>({.seed = 3, .nodes = 5}, &seen, &actions);
  CHECK(watched.hash == hash_of<sim::raft_family<>>(3));
  CHECK(actions.size() == watched.covered.events);
  CHECK(seen.records.size() > actions.size() / 4);
}

TEST_CASE("one knob does not shift what the others draw") {
  sim::run_options without{.seed = 4, .nodes = 5, .allowed = sim::all_faults & ~sim::bit_of(sim::fault::loss)};
  sim::streams one{4}, other{4};
  sim::weather const all{one.topology, sim::all_faults}, less{other.topology, without.allowed};
  for (std::size_t i = 0; i < sim::faults; ++i) {
    auto const f = static_cast<sim::fault>(i);
    if (f != sim::fault::loss) CHECK(all.force(f) == less.force(f));
  }
  CHECK(less.force(sim::fault::loss) == 0);
  CHECK(one.network() == other.network());
}

TEST_CASE_TEMPLATE("a replay of a run's actions comes to where the run came", Family, sim::multi_paxos_family<>,
                   sim::multi_paxos_with_snapshots<>) {
  sim::schedule actions;
  auto const run = sim::run_seed<Family>({.seed = 5, .nodes = 3}, nullptr, &actions);
  auto const again = sim::replay<Family>(run.built, actions);
  CHECK(again.broken == nullptr);
  CHECK((again.carried_out == actions));
}

} // namespace
} // namespace quorate
