// Seeded walks through what can happen to a few Multi-Paxos nodes: any timer, any message at any time, twice or
// never, links that fail one way, syncs that take their time, power cuts. After every step all invariants are
// checked; at the end, with the faults gone, a leader must be found and everything chosen everywhere. A failure
// names its seed, which replays it.
#include "quorate/policy/quorum_systems.hpp"
#include "support/dice.hpp"
#include "support/multi_paxos_ghost.hpp"
#include "support/seeds.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace quorate::test {
namespace {

template <class World>
class walk {
public:
  explicit walk(std::uint64_t seed) : draw_{seed} {
    // How fast things go wrong differs from seed to seed.
    calm_ = 4 + draw_(60);
    lossy_ = draw_(3) == 0 ? 25 : draw_(8);
    slow_ = 1 + draw_(8);
    reorders_ = draw_(2) == 0;
    auto const c = draw_(8);
    compacts_ = c < 2;
    careless_ = c == 0;
    proposes_ = 1 + draw_(4);
  }

  // What broke, or nullptr.
  char const* run(std::size_t steps) {
    for (std::size_t i = 0; i < steps; ++i)
      if (auto const* broken = one()) return broken;
    return careless_ ? nullptr : end_well(); // who lacks what was compacted may never lead, nor learn
  }
  auto const& seen() const { return ghost_.seen; }

private:
  node_index any() { return node_index{static_cast<std::uint8_t>(draw_(World::nodes))}; }
  // A leader, if there is one; mostly.
  node_index one_that_leads() {
    auto n = any();
    if (draw_(8) != 0)
      World::everybody().voters.for_each([&](node_index v) {
        if (w_.leads(v) && (!w_.leads(n) || draw_(2) == 0)) n = v;
      });
    return n;
  }

  template <class Step>
  char const* step(node_index n, Step&& s, bool restarts = false) {
    ghost_.before(w_, n);
    s();
    return ghost_.after(w_, n, restarts);
  }

  char const* one() {
    auto const n = any();
    auto& begun = begun_[n.value];
    if (draw_(calm_) == 0) return disturb(n);
    if (w_[n].unsynced.room() < 64) return sync(n);
    switch (draw_(20)) {
    case 0: return propose(one_that_leads());
    case 1: return read(one_that_leads());
    case 2: return step(n, [&] { w_.expire(n, timer::heartbeat); });
    case 3: return step(n, [&] { w_.flush(n); });
    case 4: return sync(n);
    case 5:
      if (!begun) begun.emplace(w_.start_sync(n));
      return nullptr;
    case 6: return finish(n);
    case 7: return again();
    default: return network();
    }
  }
  // Room is left for the end.
  char const* propose(node_index n) {
    if (w_.log(n).last().value > World::slots * 3 / 4) return nullptr;
    return step(n, [&] { w_.propose(n, 1 + static_cast<std::uint32_t>(draw_(proposes_))); });
  }
  char const* read(node_index n) {
    return step(n, [&] { w_.read(n, 1 + static_cast<std::uint32_t>(draw_(2))); });
  }

  char const* sync(node_index n) {
    begun_[n.value].reset();
    return step(n, [&] { w_.sync(n); });
  }
  char const* turn(node_index n) {
    if (auto const* broken = step(n, [&] { w_.flush(n); })) return broken;
    return sync(n);
  }
  char const* finish(node_index n) {
    auto& begun = begun_[n.value];
    if (!begun) return nullptr;
    auto b = std::move(*begun);
    begun.reset();
    return step(n, [&] { w_.finish_sync(n, std::move(b)); });
  }

  // Something that was said long ago.
  char const* again() {
    auto const& p = old_[draw_(old)];
    return p.from == p.to ? nullptr : step(p.to, [&] { w_.hand_over(p); });
  }
  char const* network() {
    if (w_.in_flight() == 0) return turn(any());
    auto const i = reorders_ ? draw_(w_.in_flight()) : 0;
    auto const p = w_.waiting(i);
    bool const cut = ((cut_ >> p.from.value) & 1U) != ((cut_ >> p.to.value) & 1U);
    bool const dead = ((dead_links_ >> (p.from.value * 8 + p.to.value)) & 1U) != 0;
    if (cut || dead || draw_(100) < lossy_ || w_.in_flight() > 100) return w_.forget(i), nullptr;
    if (draw_(20) != 0) w_.forget(i); // else it will come again soon
    if (draw_(4) == 0) old_[draw_(old)] = p;
    if (auto const* broken = step(p.to, [&] { w_.hand_over(p); })) return broken;
    return draw_(slow_) == 0 ? turn(p.to) : nullptr;
  }

  // A timeout, a partition or its end, a power cut, a compaction.
  char const* disturb(node_index n) {
    switch (draw_(16)) {
    case 0: return step(n, [&] { w_.expire(n, timer::quorum_check); });
    case 1: cut_ = static_cast<unsigned>(draw_(1U << World::nodes)); return nullptr;
    case 2:
    case 3: cut_ = 0, dead_links_ = 0; return nullptr;
    case 4:
    case 5: return cut_power(n);
    case 6: return compact(n);
    case 7:
    case 8: return step(n, [&] { w_.expire(n, timer::contact); });
    case 9: // half of all links, or a quarter, each way for itself
      dead_links_ = draw_(~std::uint64_t{0});
      if (draw_(2) == 0) dead_links_ &= draw_(~std::uint64_t{0});
      return nullptr;
    default: return campaign(n);
    }
  }
  // A node that times out, with those that have lost contact as well.
  char const* campaign(node_index n) {
    char const* broken = nullptr;
    auto const lost = draw_(1U << World::nodes);
    World::everybody().voters.for_each([&](node_index v) {
      if (broken == nullptr && (v == n || ((lost >> v.value) & 1U) != 0))
        broken = step(v, [&] { w_.expire(v, timer::contact); });
    });
    if (broken == nullptr) broken = step(n, [&] { w_.expire(n, timer::election); });
    return broken != nullptr ? broken : turn(n);
  }
  char const* cut_power(node_index n) {
    begun_[n.value].reset();
    auto const kept = draw_(2) == 0 ? 0 : draw_(w_[n].unsynced.size() + 1);
    return step(
        n, [&] { w_.crash_keeping(n, kept); }, true);
  }
  // With care, what every disk knows to be chosen; without, what is on this node's disk and chosen.
  char const* compact(node_index n) {
    if (!compacts_ || begun_[n.value]) return nullptr;
    auto upto = std::min(w_[n].durable.log.last(), w_.state(n).commit);
    if (upto > w_[n].durable.hard.chosen) upto = w_[n].durable.hard.chosen;
    if (!careless_) upto = std::min(upto, ghost_.chosen_on_every_disk(w_));
    if (upto <= w_.log(n).compacted()) return nullptr;
    w_.compact(n, upto);
    ++ghost_.seen.compactions;
    return nullptr;
  }

  // All links and nodes are well from here on.
  char const* end_well() {
    w_.lose_everything();
    for (auto& b : begun_) b.reset();
    for (int round = 0; round < 10; ++round)
      for (std::size_t i = 0; i < World::nodes; ++i) {
        if (settled(node_index{static_cast<std::uint8_t>(i)})) return nullptr;
      }
    return "with all faults gone a leader goes on and all that is chosen is known to all";
  }
  bool settled(node_index n) {
    World::everybody().voters.for_each([&](node_index v) { w_.lose_contact(v); });
    w_.expire(n, timer::election);
    if (w_.settle() >= 10000 || !w_.leads(n)) return false;
    w_.propose(n);
    for (int beat = 0; beat < 6; ++beat) {
      w_.expire(n, timer::heartbeat);
      if (w_.settle() >= 10000) return false;
    }
    bool all = true;
    World::everybody().voters.for_each([&](node_index v) {
      all = all && w_.log(v).last() == w_.log(n).last() && w_.state(v).commit == w_.log(n).last();
      auto i = std::max(w_.log(n).compacted(), w_.log(v).compacted()) + 1;
      for (; all && i <= w_.log(n).last(); i = i + 1) all = w_.log(v)[i].what == w_.log(n)[i].what;
    });
    return all;
  }

  static constexpr std::size_t old = 48;

  dice draw_;
  World w_{};
  packet old_[old]{};
  ghost<World> ghost_{};
  std::optional<typename World::begun> begun_[World::nodes]{};
  std::uint64_t calm_, lossy_, slow_, proposes_;
  bool reorders_, compacts_, careless_;
  unsigned cut_ = 0;              // a node talks only to those on its side
  std::uint64_t dead_links_ = 0; // one bit for each pair, in each direction
};

constexpr std::size_t steps = 1500;

template <class World>
void walks(std::uint64_t first_seed, std::uint64_t usual) {
  auto const count = seeds(usual);
  typename ghost<World>::counts all{};
  for (auto seed = first_seed; seed < first_seed + count; ++seed) {
    walk<World> w{seed};
    if (auto const* broken = w.run(steps)) FAIL("seed " << seed << ": " << std::string{broken});
    auto const& s = w.seen();
    all.leaders += s.leaders, all.chosen += s.chosen, all.adopted += s.adopted, all.taught += s.taught;
    all.fetched += s.fetched, all.holes += s.holes, all.restarts += s.restarts, all.reads += s.reads;
    all.compactions += s.compactions;
    all.most_effects = std::max(all.most_effects, s.most_effects);
  }
  MESSAGE(World::nodes << " nodes, " << count << " walks: " << all.leaders << " leaders, " << all.chosen
                       << " slots chosen, " << all.adopted << " commands adopted, " << all.taught << " taught, "
                       << all.fetched << " fetched, " << all.holes << " holes, " << all.restarts << " restarts, "
                       << all.reads << " reads, " << all.compactions << " compactions, at most "
                       << all.most_effects << " effects");
  for (auto const n : {all.leaders, all.chosen, all.adopted, all.taught, all.fetched, all.holes, all.restarts,
                       all.reads, all.compactions})
    CHECK(n > 0);
}

using usual = small_core;
using small_steps = multi_paxos::node<
    limits<limit_values{.window = 2, .reads = 2, .append_entries = 2, .mark = 3, .reserve = 2}>>;

TEST_CASE("a random walk of three nodes breaks nothing") { walks<world<3, usual>>(1, 1500); }
TEST_CASE("a random walk of three nodes in small steps breaks nothing") {
  walks<world<3, small_steps>>(10'000'001, 1500);
}
TEST_CASE("a random walk of five nodes breaks nothing") { walks<world<5, usual>>(20'000'001, 1000); }
TEST_CASE("a random walk of five nodes in small steps breaks nothing") {
  walks<world<5, small_steps>>(30'000'001, 1000);
}
TEST_CASE("a random walk of five nodes, of which four elect and two commit, breaks nothing") {
  using core = multi_paxos::node<quorum<flexible<5, 4, 2>>, limits<limit_values{.append_entries = 4, .mark = 4,
                                                                                .reserve = 2}>>;
  walks<world<5, core>>(40'000'001, 1000);
}
TEST_CASE("a random walk of a grid of six nodes breaks nothing") {
  using core = multi_paxos::node<quorum<grid<2, 3>>, limits<limit_values{.append_entries = 4, .mark = 4,
                                                                         .reserve = 2}>>;
  walks<world<6, core>>(50'000'001, 800);
}

} // namespace
} // namespace quorate::test
