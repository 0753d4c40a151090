// A storage of a user's own that lies about its syncs: the simulator finds it, replays it, and makes it short.
#include "quorate/sim/campaign.hpp"
#include "quorate/sim/multi_paxos.hpp"
#include "quorate/sim/raft.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace quorate {
namespace {

// It says that its sync has succeeded, and has not done it.
struct lying : memory {
  using memory::memory;
  static std::optional<durable> sync(sync_order order) { return std::move(order).succeeded(); }
};
static_assert(storage<lying>);

using lying_raft = sim::raft_family<raft::node<>, messages<std::uint64_t>, lying>;
using lying_multi_paxos = sim::multi_paxos_family<sim::marking_multi_paxos, messages<std::uint64_t>, lying>;

template <class Family>
sim::run_options first_failure() {
  sim::run_options o{.nodes = 5};
  while (o.seed < 50 && sim::run_seed<Family>(o).broken == nullptr) ++o.seed;
  return o;
}

TEST_CASE_TEMPLATE("a sync that lies is found, replayed and made short", Family, lying_raft, lying_multi_paxos) {
  auto const o = first_failure<Family>();
  auto const found = sim::run_seed<Family>(o);
  REQUIRE(found.broken != nullptr);
  CHECK(found.sentence.find(found.broken) == 0); // the first that broke, and its values
  CHECK(sim::run_seed<Family>(o).hash == found.hash);

  auto const shortest = sim::shrink_seed<Family>(o);
  REQUIRE(shortest.broken == std::string{found.broken});
  MESSAGE(std::string{Family::name} << ": seed " << o.seed << ", " << found.covered.events << " events, made "
                                    << shortest.actions.size() << " on " << shortest.built.nodes << " nodes in "
                                    << shortest.replays << " replays: " << std::string{shortest.broken});
  CHECK(shortest.actions.size() <= 40);
  check::trace story;
  auto const again = sim::replay<Family>(shortest.built, shortest.actions, &story);
  CHECK(again.broken == std::string{found.broken});
  CHECK((again.carried_out == shortest.actions));
  REQUIRE(!story.records.empty());
  CHECK(story.records.back().kind == check::trace_kind::violation);
}

TEST_CASE("nothing is made of a seed that is well") {
  auto const none = sim::shrink_seed<sim::raft_family<>>({.seed = 1, .nodes = 3});
  CHECK(none.broken == nullptr);
  CHECK(none.actions.empty());
}

} // namespace
} // namespace quorate
