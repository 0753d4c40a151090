// Seeded walks through what can happen to a few Paxos nodes: any timer, any message at any time, twice or never,
// syncs that take their time, power cuts. After every step all invariants are checked; at the end, with the faults
// gone, everybody must learn one value, or a register count every change once. A failure names its seed, which
// replays it.
#include "support/dice.hpp"
#include "support/paxos_ghost.hpp"
#include "support/seeds.hpp"

#include "quorate/policy/quorum_systems.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace quorate::test {
namespace {

template <class World>
class walk {
  static constexpr bool rewrites = World::core_type::options::rewrites;

public:
  explicit walk(std::uint64_t seed) : draw_{seed} {
    // How fast things go wrong differs from seed to seed.
    calm_ = 8 + draw_(80);
    lossy_ = draw_(3) == 0 ? 30 : draw_(8);
    reorders_ = draw_(2) == 0;
    eager_ = 1 + draw_(6);
  }

  // What broke, or nullptr.
  char const* run(std::size_t steps) {
    for (std::size_t i = 0; i < steps; ++i)
      if (auto const* broken = one()) return broken;
    return end_well();
  }
  auto const& seen() const { return ghost_.seen; }

private:
  node_index any() { return node_index{static_cast<std::uint8_t>(draw_(World::nodes))}; }

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
    if (w_[n].unsynced.room() < 8) return sync(n);
    switch (draw_(20)) {
    case 0: return ask(n);
    case 1: return expire(n, timer::resend);
    case 2: return draw_(eager_) == 0 ? expire(n, timer::backoff) : nullptr;
    case 3: return expire(n, timer::inquiry);
    case 4:
    case 5: return sync(n);
    case 6:
      if (!begun) begun.emplace(w_.start_sync(n));
      return nullptr;
    case 7: return finish(n);
    case 8:
    case 9: return answer(n);
    default: return network();
    }
  }

  // A proposal of a value of its own, or a change of the register.
  char const* ask(node_index n) {
    if constexpr (rewrites) {
      return step(n, [&] { w_.edit(n); });
    } else {
      ghost_.proposed(++last_);
      return step(n, [&] { w_.propose(n, last_); });
    }
  }
  // Two in three changes count up by one, the others read.
  char const* answer(node_index n) {
    if constexpr (rewrites) {
      if (!w_[n].asked) return nullptr;
      bool const counts = draw_(3) != 0;
      return step(n, [&] { w_.answer(n, [&](number x) { return counts ? x + 1 : x; }); });
    } else {
      return nullptr;
    }
  }
  char const* expire(node_index n, timer t) {
    if (!w_[n].is_armed(t) && draw_(10) != 0) return nullptr; // a late one, now and then
    auto const* broken = step(n, [&] { w_.expire(n, t); });
    note_outcomes(n);
    return broken;
  }
  char const* sync(node_index n) {
    begun_[n.value].reset();
    auto const* broken = step(n, [&] { w_.sync(n); });
    note_outcomes(n);
    return broken;
  }
  char const* finish(node_index n) {
    auto& begun = begun_[n.value];
    if (!begun) return nullptr;
    auto b = std::move(*begun);
    begun.reset();
    auto const* broken = step(n, [&] { w_.finish_sync(n, std::move(b)); });
    note_outcomes(n);
    return broken;
  }
  char const* network() {
    if (w_.in_flight() == 0) return nullptr;
    auto const i = reorders_ ? draw_(w_.in_flight()) : 0;
    auto const p = w_.waiting(i);
    bool const cut = ((cut_ >> p.from.value) & 1U) != ((cut_ >> p.to.value) & 1U);
    if (cut || draw_(100) < lossy_ || w_.in_flight() > 100) return w_.forget(i), nullptr;
    if (draw_(20) != 0) w_.forget(i); // else it will come again
    auto const* broken = step(p.to, [&] { w_.hand_over(p); });
    note_outcomes(p.to);
    return broken;
  }
  // A partition or its end, a power cut.
  char const* disturb(node_index n) {
    switch (draw_(5)) {
    case 0: cut_ = static_cast<unsigned>(draw_(1U << World::nodes)); return nullptr;
    case 1:
    case 2: cut_ = 0; return nullptr;
    default:
      begun_[n.value].reset();
      if (rewrites && w_.proposer(n).now.is == paxos::phase::accepting) // its fate is lost with the node
        unknown_ += w_.proposer(n).now.value - w_.proposer(n).now.best.value;
      auto const kept = draw_(2) == 0 ? 0 : draw_(w_[n].unsynced.size() + 1);
      return step(n, [&] { w_.crash_keeping(n, kept); }, true);
    }
  }
  // Counts the increments that a register reported as made, and those whose fate it did not know.
  void note_outcomes(node_index n) {
    if constexpr (rewrites) {
      auto& h = w_[n];
      for (auto const& r : h.rewritten) {
        made_ += r.value - r.before;
        last_ = r.value > last_ ? r.value : last_;
        reads_ += r.value == r.before ? 1 : 0;
      }
      for (auto const& u : h.unsettled) unknown_ += u.value - u.before;
      h.rewritten.clear(), h.unsettled.clear();
    }
  }

  // All links and nodes are well from here on.
  char const* end_well() {
    w_.lose_everything();
    cut_ = 0;
    for (auto& b : begun_) b.reset();
    reads_ = 0;
    for (int round = 0; round < 20; ++round)
      for (std::size_t i = 0; i < World::nodes; ++i) {
        auto const n = node_index{static_cast<std::uint8_t>(i)};
        if (auto const* broken = calm(n)) return broken;
        if (ended()) return nullptr;
      }
    return "with all faults gone all nodes come to an end";
  }
  char const* calm(node_index n) {
    if (!paxos::at_work(w_.proposer(n)))
      if (auto const* broken = ask(n)) return broken;
    for (auto const t : {timer::backoff, timer::resend, timer::inquiry}) {
      if (w_[n].is_armed(t))
        if (auto const* broken = step(n, [&] { w_.expire(n, t); })) return broken;
      if (auto const* broken = flow()) return broken;
      if (auto const* broken = read(n)) return broken;
      if (auto const* broken = flow()) return broken;
    }
    return nullptr;
  }
  // Everything that is said is heard, in order, and every disk is quick.
  char const* flow() {
    char const* broken = nullptr;
    for (auto due = World::everybody(); broken == nullptr && (!due.empty() || w_.in_flight() > 0);) {
      due.for_each([&](node_index n) {
        if (broken == nullptr) broken = sync(n);
        if (w_[n].held.empty()) due.erase(n);
      });
      if (broken != nullptr || w_.in_flight() == 0) continue;
      auto const p = w_.waiting(0);
      w_.forget(0);
      broken = step(p.to, [&] { w_.hand_over(p); });
      note_outcomes(p.to);
      due.insert(p.to);
    }
    return broken;
  }
  char const* read(node_index n) {
    if constexpr (rewrites) return step(n, [&] { w_.answer(n, [](number x) { return x; }); });
    return nullptr;
  }
  // A register has been read since the last change, and each increment was made once, or, if its fate was not
  // known, at most once. A decision is known to all.
  bool ended() {
    bool all = true;
    if constexpr (rewrites) {
      all = reads_ > 0 && made_ <= last_ && last_ <= made_ + unknown_;
      World::everybody().for_each([&](node_index v) { all = all && !paxos::at_work(w_.proposer(v)); });
    } else {
      World::everybody().for_each([&](node_index v) {
        auto const& known = w_.learner(v).known;
        all = all && !known.at.none() && known.value == ghost_.chosen().begin()->second;
        all = all && !paxos::at_work(w_.proposer(v));
      });
    }
    return all;
  }

  dice draw_;
  World w_{};
  paxos_ghost<World> ghost_{};
  std::optional<typename World::begun> begun_[World::nodes]{};
  std::uint64_t calm_, lossy_, eager_;
  bool reorders_;
  number last_ = 0; // value proposed, or value read
  number made_ = 0, unknown_ = 0, reads_ = 0;
  unsigned cut_ = 0; // a node talks only to those on its side
};

constexpr std::size_t steps = 400;

template <class World>
void walks(std::uint64_t first_seed, std::uint64_t usual) {
  auto const count = seeds(usual);
  typename paxos_ghost<World>::counts all{};
  for (auto seed = first_seed; seed < first_seed + count; ++seed) {
    walk<World> w{seed};
    if (auto const* broken = w.run(steps)) FAIL("seed " << seed << ": " << std::string{broken});
    all.chosen += w.seen().chosen;
    all.adopted += w.seen().adopted;
    all.refusals += w.seen().refusals;
    all.restarts += w.seen().restarts;
    all.outcomes += w.seen().outcomes;
  }
  MESSAGE(World::nodes << " nodes, " << count << " walks: " << all.chosen << " ballots chosen, " << all.adopted
                       << " values adopted, " << all.refusals << " refusals, " << all.restarts << " restarts");
  for (auto const n : {all.chosen, all.adopted, all.refusals, all.restarts, all.outcomes}) CHECK(n > 0);
}

using usual = paxos::full_node<number>;
using few = paxos::full_node<number, paxos::learning<paxos::distinguished>, paxos::thrifty<true>>;
using ahead = paxos::full_node<number, paxos::ballots_ahead<4>, paxos::thrifty<true>>;
using flex = paxos::full_node<number, quorum<flexible<4, 3, 2>>>; // phase 2 asks fewer than a majority
using square = paxos::full_node<number, quorum<grid<2, 2>>>;
using cell = paxos::register_node<number>;
using thrifty_cell = paxos::register_node<number, paxos::thrifty<true>, paxos::ballots_ahead<3>>;

TEST_CASE("a random walk of three nodes breaks nothing") { walks<paxos_world<3, usual>>(1, 3000); }
TEST_CASE("a random walk of three nodes with a distinguished learner and few messages breaks nothing") {
  walks<paxos_world<3, few>>(10'000'001, 3000);
}
TEST_CASE("a random walk of three nodes with ballots in blocks breaks nothing") {
  walks<paxos_world<3, ahead>>(20'000'001, 2000);
}
TEST_CASE("a random walk of four nodes with quorums of three and two breaks nothing") {
  walks<paxos_world<4, flex>>(30'000'001, 2000);
}
TEST_CASE("a random walk of four nodes in a grid breaks nothing") {
  walks<paxos_world<4, square>>(70'000'001, 1000);
}
TEST_CASE("a random walk of five nodes breaks nothing") { walks<paxos_world<5, usual>>(40'000'001, 2000); }
TEST_CASE("a random walk of a register on three nodes counts every change once") {
  walks<paxos_world<3, cell>>(50'000'001, 3000);
}
TEST_CASE("a random walk of a register on five thrifty nodes counts every change once") {
  walks<paxos_world<5, thrifty_cell>>(60'000'001, 2000);
}

} // namespace
} // namespace quorate::test
