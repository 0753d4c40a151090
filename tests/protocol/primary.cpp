// What a protocol costs: the one of primary.hpp has a replica, an exhaustive exploration, a simulation with faults
// and a scenario moved by hand; and when it is broken on purpose, each of the last three says so.
#include "model/explored.hpp"
#include "protocol/tools.hpp"

#include "quorate/explore/story.hpp"
#include "quorate/sim/campaign.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace quorate::test::primary {
namespace {

constexpr node_index A{0}, B{1}, C{2};
using right = node<>;
using hurried = node<true>;
constexpr check::replicated_bounds within{.commands = 1, .crashes = 1, .in_flight = true};

TEST_CASE("three replicas commit what the primary is given, and one backup may be away") {
  std::deque<memory> disks;
  std::vector<std::unique_ptr<replica<right>>> all;
  std::vector<node_id> const ids{node_id{1}, node_id{2}, node_id{3}};
  for (auto const id : ids) {
    disks.emplace_back(memory_options{.identity = {cluster_id{1}, id, store_id{id.value}, incarnation_id{1}}});
    all.push_back(std::make_unique<replica<right>>(replica_config{id, ids}, disks.back(),
                                                   manual_timer{{10, 3, 99}, id.value}));
  }
  std::vector<std::uint64_t> applied[nodes];
  struct parcel {
    node_id from, to;
    std::function<void(replica<right>&)> hand_over;
  };
  std::deque<parcel> net;
  REQUIRE(all[0]->propose(7));
  REQUIRE(all[0]->propose(8));
  for (std::uint64_t now = 1; now < 40; ++now) {
    for (std::size_t n = 0; n < 2; ++n) { // the third one is away
      auto const send = [&](node_id to, auto const& m, payloads bytes) {
        std::vector<std::byte> kept(bytes.whole().begin(), bytes.whole().end());
        net.push_back({ids[n], to, [m, kept, count = bytes.count(), sender = ids[n]](auto& r) {
                         r.receive(sender, m, payloads::trusted(kept, count));
                       }});
      };
      auto const machine = [&](auto const& event) {
        if constexpr (requires { event.command; }) applied[n].push_back(event.command);
      };
      (void)all[n]->turn(now, send, machine);
    }
    for (; !net.empty(); net.pop_front())
      if (net.front().to != ids[2]) net.front().hand_over(*all[net.front().to.value - 1]);
  }
  CHECK(applied[0] == std::vector<std::uint64_t>{7, 8});
  CHECK(applied[1] == applied[0]);
  CHECK(applied[2].empty());
}

TEST_CASE("exhausted within bounds, nothing is broken; when a backup hurries, its acknowledgement is seen") {
  auto const x = check::explore_all(system<right>{within});
  CHECK(x.run.states == 10330);
  CHECK(x.marks == 7);
  check::world<system<hurried>> w{system<hurried>{within}};
  auto const broken = check::explore_model(w).broken;
  REQUIRE(broken);
  CHECK(broken->what == "no acknowledgement leaves before it is durable");
  CHECK(check::sentence_of(w, *broken) ==
        "no acknowledgement leaves before it is durable: node B acknowledges all up to 2");
}

// Seeds 3, 14 and 65: syncs of several T, two of them in a row for each commit; a request must wait for as long.
TEST_CASE("simulated with every fault, nothing is broken; when a backup hurries, a seed breaks") {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    auto const r = sim::run_seed<family<right>>({.seed = seed, .nodes = nodes});
    CHECK_MESSAGE(r.broken == nullptr, "seed " << seed << ": " << r.sentence);
  }
  std::string seen;
  for (std::uint64_t seed = 1; seed <= 20 && seen.empty(); ++seed)
    seen = sim::run_seed<family<hurried>>({.seed = seed, .nodes = nodes}).sentence;
  CHECK(seen.find("no acknowledgement leaves before it is durable: node ") == 0);
}

// B acknowledges an entry, and its power goes; what was committed on its word must still be there.
template <class Core>
constexpr bool an_acknowledgement_outlives_a_crash() {
  by_hand<Core> w;
  w.turn(A); // its era is on its disk
  w.propose(A);
  for (int i = 0; i < 3; ++i) w.turn(A); // to its own disk, and then to the backups, a run a turn
  auto earlier = w.start_sync(B);        // of what was written before
  while (w.in_flight() > 0) w.deliver(0);
  w.flush(B);
  w.finish_sync(B, std::move(earlier));
  bool const said = w.template count<copied>(A) > 0;
  w.crash(B);
  return !said || w.log(B).last() == log_index{2};
}
static_assert(an_acknowledgement_outlives_a_crash<right>());
static_assert(!an_acknowledgement_outlives_a_crash<hurried>());

TEST_CASE("moved by hand: an entry is committed with one backup, and then known to the other") {
  by_hand<right> w;
  w.turn(A); // its era is on its disk
  w.propose(A);
  for (int i = 0; i < 3; ++i) w.turn(A);
  w.settle(node_set<64>{}.with(A).with(B));
  CHECK(w.state(A).commit == log_index{2});
  CHECK(w.log(C).last() == log_index{1});
  w.expire(A, right::timer::heartbeat);
  w.settle();
  CHECK(w.log(C) == w.log(A));
  CHECK(w.state(C).commit == log_index{2});
  CHECK(an_acknowledgement_outlives_a_crash<right>());
  CHECK_FALSE(an_acknowledgement_outlives_a_crash<hurried>());
}

} // namespace
} // namespace quorate::test::primary
