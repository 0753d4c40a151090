// Seeded runs with loss, repetition, delay, crashes between any two steps, syncs in flight, compaction and
// restarts: every committed command is applied once, at one index, in one order, on every node, and no token
// is told a lie.
#include "cluster.hpp"
#include "support/seeds.hpp"

#include <algorithm>
#include <random>

namespace quorate {
namespace {

using namespace test;

template <class Protocol, class Storage>
struct storm {
  using cluster = protocol_cluster<Protocol, Storage, manual_timer, numbers, limits<limit_values{.mark = 8}>>;
  std::mt19937_64 random;
  cluster c;
  std::uint64_t made = 0;
  std::uint64_t loss, repeats, delays, crashes, compacts; // of 1,000
  std::vector<std::uint64_t> asleep;                      // until when a crashed node stays down
  std::vector<std::optional<sync_order>> in_flight;

  storm(std::uint64_t seed, std::uint32_t nodes)
      : random{seed}, c{nodes, {.entries = 4096, .bytes = 1024}}, loss{draw(300)}, repeats{draw(300)},
        delays{draw(500)}, crashes{draw(8)}, compacts{draw(20)}, asleep(nodes + 1), in_flight(nodes + 1) {}

  std::uint64_t below(std::uint64_t n) { return random() % n; }
  bool chance(std::uint64_t of_1000) { return below(1000) < of_1000; }
  std::uint64_t draw(std::uint64_t most) {
    return below(2) == 0 ? 0 : below(most + 1);
  } // each fault is off half the time

  void deliver() {
    for (auto n = c.net.size(); n > 0; --n) {
      auto p = std::move(c.net.front());
      c.net.pop_front();
      if (chance(loss)) continue;
      if (chance(delays)) {
        c.net.push_back(std::move(p));
        continue;
      }
      c.hand_over(p);
      if (chance(repeats)) c.net.push_back(std::move(p));
    }
  }
  template <class Disk>
  static log_index chosen_on(Disk const& disk) {
    return from_hard_state<typename cluster::replica::core_type::hard_type>(disk.hard()).value().chosen;
  }
  // Nobody can be served what is compacted: there are no snapshots yet. What `h` has applied and every disk would
  // still hold after a crash; entries of the same place and era are the same, and so is what is before them.
  log_index kept_by_all(typename cluster::host const& h) {
    auto const& own = h.disk.log();
    auto least = h.node->applied_index();
    for (auto const id : c.members()) {
      auto disk = c[id.value].disk;
      disk.crash();
      auto const& log = disk.log();
      least = std::min(least, log.last());
      if constexpr (cluster::replica::core_type::rewrites) // there, equal entries say nothing of those before them
        least = std::min(least, std::max(chosen_on(disk), log.compacted()));
      while (least > own.compacted() && least > log.compacted() && log.stamp_at(least) != own.stamp_at(least))
        least = least - 1;
    }
    return least;
  }
  void crash(std::uint32_t id) {
    in_flight[id].reset();
    c.crash(id);
    asleep[id] = c.now + below(300);
  }
  // The four steps, with a crash between any two, and a sync that may take several turns.
  void step(std::uint32_t id) {
    auto& h = c[id];
    auto const dies = [&] { return chance(crashes) && (crash(id), true); };
    c.collect(h);
    if (dies()) return;
    if (!in_flight[id]) {
      in_flight[id] = h->start_sync();
      if (dies()) return;
    }
    if (in_flight[id] && chance(700)) {
      auto const d = h.disk.sync(std::move(*in_flight[id]));
      in_flight[id].reset();
      REQUIRE(d);
      if (dies()) return;
      h->synced(*d);
    }
    c.release(h);
    if (chance(compacts)) h->compact(log_index{below(kept_by_all(h).value + 1)});
    (void)dies();
  }
  void run(std::uint64_t ticks) {
    for (; ticks > 0; --ticks) {
      ++c.now;
      deliver();
      for (auto const id : c.members()) {
        auto& h = c[id.value];
        if (!h.up() && asleep[id.value] <= c.now) c.restart(id.value);
        if (!h.up()) continue;
        if (chance(30)) (void)c.propose(id.value, ++made);
        if (chance(20)) (void)c.read(id.value);
        step(id.value);
      }
      REQUIRE(c.net.size() < 10000);
    }
  }
  // Without faults everything comes right.
  void calm() {
    loss = repeats = delays = crashes = compacts = 0;
    asleep.assign(asleep.size(), 0);
    for (int i = 0; i < 5; ++i) run(c.settings.request);
    for (int i = 0; i < 900; ++i) {
      ++c.now;
      deliver();
      for (auto const id : c.members()) step(id.value);
    }
  }
};

template <class Protocol, class Storage>
void weather(std::uint64_t seed, std::uint32_t nodes) {
  INFO("seed ", seed, ", nodes ", nodes);
  storm<Protocol, Storage> s{seed, nodes};
  s.run(1500);
  s.calm();
  auto& c = s.c;
  c.book.check();
  std::uint64_t const last = c.book.log.rbegin()->first;
  for (std::uint32_t id = 1; id <= nodes; ++id) {
    auto& h = c[id];
    CHECK(!h->stopped());
    CHECK(h.told.size() == h.commands.size());
    CHECK(h.read.size() == h.must_see.size());
    CHECK(h->applied_index().value >= last);
    // Of this life: each command after the place where it began, once and in order.
    std::size_t missing = 0;
    if (!h.applied.empty()) {
      auto at = c.book.log.find(h.applied.front().first.value);
      for (auto const& [index, command] : h.applied) {
        REQUIRE(at != c.book.log.end());
        missing += at->first != index.value || at->second != command;
        ++at;
      }
      CHECK(at == c.book.log.end());
    }
    CHECK(missing == 0);
  }
}

TEST_CASE_TEMPLATE("three nodes in bad weather", Protocol, raft_protocol, multi_paxos_protocol) {
  for (std::uint64_t seed = 1; seed <= seeds(150); ++seed) weather<Protocol, memory>(seed, 3);
}
TEST_CASE_TEMPLATE("three nodes in bad weather, on the write-ahead log", Protocol, raft_protocol,
                   multi_paxos_protocol) {
  for (std::uint64_t seed = 1; seed <= seeds(15); ++seed) weather<Protocol, wal_on_disk>(2'000'000 + seed, 3);
}
TEST_CASE_TEMPLATE("one, two, four and five nodes in bad weather", Protocol, raft_protocol, multi_paxos_protocol) {
  for (std::uint64_t seed = 1; seed <= seeds(25); ++seed)
    for (auto const nodes : {1U, 2U, 4U, 5U}) weather<Protocol, memory>(1'000'000 + seed, nodes);
}

} // namespace
} // namespace quorate
