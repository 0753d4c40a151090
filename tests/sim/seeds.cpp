// Every protocol in three hundred seeds of bad weather, watched at each event; with snapshots, and without.
#include "support/seeds.hpp"
#include "sim/protocols.hpp"

#include "quorate/sim/campaign.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

namespace quorate {
namespace {

using namespace test;

template <class Family>
sim::campaign_result storm(std::uint64_t first, std::uint64_t count, std::uint32_t nodes = 0) {
  sim::run_options const o{.seed = first, .nodes = nodes};
  auto const all = sim::run_seeds<Family>(o, count, [](auto const&) { return true; });
  for (auto const& f : all.failed)
    FAIL_CHECK(std::string{Family::name} << ", seed " << f.seed << ", " << f.result.nodes
                                         << " nodes: " << std::string{f.result.broken});
  return all;
}

TEST_CASE_TEMPLATE("one to seven nodes in three hundred seeds of bad weather", Family, SIMULATED_FAMILIES) {
  auto const all = storm<Family>(1, seeds(300));
  CHECK(all.run_twice == seeds(300) / 100);
  auto const& covered = all.covered;
  for (std::size_t i = 0; i < (sim::keeps_snapshots<Family> ? sim::faults : sim::faults_of_all); ++i) {
    auto const f = static_cast<sim::fault>(i);
    INFO(std::string{Family::name}, ": ", std::string{name_of(f)});
    CHECK(covered.enabled[i] > 0);
    CHECK_FALSE(covered.missed(f));
  }
  for (auto const h :
       {sim::happening::starts, sim::happening::torn_turns, sim::happening::torn_syncs,
        sim::happening::groups_kept, sim::happening::groups_lost, sim::happening::stops, sim::happening::strangers,
        sim::happening::elections, sim::happening::leaders, sim::happening::commits,
        sim::happening::proposals_done, sim::happening::proposals_refused}) {
    INFO(std::string{Family::name}, ": ", std::string{name_of(h)});
    CHECK(covered[h] > 0);
  }
  CHECK(covered[sim::happening::healed] == covered.seeds);
  // Instructions would be a better measure; this tells at least a simulator that crawls.
  MESSAGE(std::string{Family::name} << ": " << covered.events << " events, " << covered.simulated_us / 1'000'000
                                    << " simulated seconds, " << covered[sim::happening::commits] << " commits");
}

TEST_CASE("what replicated logs alone can show is shown") {
  auto const raft = storm<sim::raft_family<>>(1, 200, 5).covered;
  auto const paxos = storm<sim::multi_paxos_family<>>(1, 200, 5).covered;
  for (auto const* covered : {&raft, &paxos})
    for (auto const h : {sim::happening::compactions, sim::happening::proposals_unknown, sim::happening::no_room,
                         sim::happening::reads_done, sim::happening::reads_refused})
      CHECK((*covered)[h] > 0);
  CHECK(raft[sim::happening::truncations] > 0);
  CHECK(paxos[sim::happening::rewrites] > 0);
}

TEST_CASE_TEMPLATE("what snapshots alone can show is shown", Family, sim::raft_with_snapshots<>,
                   sim::multi_paxos_with_snapshots<>) {
  auto const covered = storm<Family>(1, 400, 5).covered;
  for (auto const h :
       {sim::happening::compactions, sim::happening::saved, sim::happening::fetched, sim::happening::unsealed,
        sim::happening::cut_off, sim::happening::installed, sim::happening::restored, sim::happening::found,
        sim::happening::seals_kept, sim::happening::seals_lost, sim::happening::refused_starts,
        sim::happening::starts_from_old}) {
    INFO(std::string{Family::name}, ": ", std::string{name_of(h)});
    CHECK(covered[h] > 0);
  }
}

} // namespace
} // namespace quorate
