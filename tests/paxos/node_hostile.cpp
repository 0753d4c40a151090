// One node among others that say anything at all, in any order: what a step promises whatever it is told.
#include "support/paxos_batch.hpp"

#include "quorate/paxos/invariant.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace quorate::test {
namespace {

using namespace paxos;

constexpr node_index self{3};

template <class Core>
class life {
  static constexpr bool rewrites = Core::options::rewrites;
  using batch_type = batch<Core>;

public:
  explicit life(std::uint64_t seed) : random_{seed} { step(start{}); }
  void live(int steps) {
    for (; steps > 0; --steps) any_step();
  }
  std::size_t most_effects = 0, conflicts = 0, outcomes = 0, votes = 0;

private:
  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  // Mostly of the round at work, and of somebody who might have it.
  ballot any_ballot() {
    auto const round = core_.template as<proposer>().state().used;
    switch (below(20)) {
    case 0: return ballot{};
    case 1: return ballot{random_()};
    case 2: return ballot_at(round + 1 + below(3), any());
    case 3: return ballot_at(round > 1 ? round - 1 : 1, any());
    case 4:
    case 5:
    case 6: return core_.template as<acceptor>().promised();
    default: return core_.template as<proposer>().state().now.at;
    }
  }
  number any_value() { return below(8) == 0 ? below(4) : 2; } // mostly one, or all is conflict
  vote<number> any_vote() { return below(2) == 0 ? vote<number>{} : vote<number>{any_ballot(), any_value()}; }
  node_index any() { return node_index{static_cast<std::uint8_t>(below(7))}; }
  // Nobody else can speak for it.
  node_index anybody() {
    auto const n = node_index{static_cast<std::uint8_t>(below(20) == 0 ? below(256) : below(7))};
    return n == self ? node_index{0} : n;
  }

  void any_step() {
    switch (below(16)) {
    case 0:
    case 1: return by_owner<prepare>({any_ballot()});
    case 2:
    case 3: return by_owner<accept<number>>({any_ballot(), any_value()});
    case 4:
    case 5: return hear(anybody(), promise<number>{any_ballot(), any_vote()});
    case 6:
    case 7: return hear(anybody(), accepted<number>{any_ballot(), any_value()});
    case 8: return hear(anybody(), refused{any_ballot(), any_ballot()});
    case 9: return step(static_cast<timer>(below(timers)));
    case 10:
    case 11: return hear_itself();
    case 12: return below(12) == 0 ? restart() : step(start{});
    default: return user();
    }
  }
  void user() {
    if constexpr (rewrites) {
      auto const at = any_ballot();
      if (below(8) == 0) return step(withdraw{});
      return below(2) == 0 ? step(edit{}) : step(changed<number>{at, any_value()});
    } else {
      if (below(40) == 0) return hear(anybody(), chosen<number>{any_ballot(), any_value()});
      return below(3) == 0 ? hear(anybody(), inquiry{}) : step(propose_value<number>{any_value()});
    }
  }
  template <class M>
  void by_owner(M const& m) {
    auto const owner = founded_place(m.at.owner());
    hear(below(8) == 0 || owner == self ? anybody() : owner, m);
  }
  template <class M>
  void hear(node_index sender, M const& m) {
    step(from<M>{sender, m});
  }
  // What it has said to itself, when its disk was done.
  void hear_itself() {
    auto const told = std::exchange(own_, {});
    for (auto const& own : told) std::visit([&](auto const& m) { hear(self, m); }, own.message);
  }
  void restart() {
    core_ = Core{self, roster::of(7), disk_};
    own_.clear();
    step(start{});
  }
  template <class Event>
  void step(Event const& e) {
    auto const before = core_;
    core_.step(e, out_);
    REQUIRE(!out_.overflowed());
    REQUIRE(holds(core_));
    REQUIRE(follows(before, core_));
    most_effects = std::max(most_effects, out_.effects().size());
    for (auto const& effect : out_.effects()) std::visit([&](auto const& x) { note(x); }, effect);
    out_.clear();
  }
  void note(typename batch_type::message const& m) {
    REQUIRE(m.to.place.value < 7);
    REQUIRE(m.to == peer{m.to.place});
    if (m.to != self) return;
    REQUIRE(m.after > 0); // what is said to oneself is binding
    own_.push_back(m);
  }
  void note(acceptor_record<number> const& r) { disk_.acceptor = r, ++votes; }
  void note(ballot_floor f) { disk_.proposer = f; }
  void note(conflict) { ++conflicts; }
  void note(armed<timer>) {}
  void note(disarmed<timer>) {}
  template <class Outcome>
  void note(Outcome const&) {
    ++outcomes;
  }

  std::mt19937_64 random_;
  recovered<number> disk_{};
  Core core_{self, roster::of(7)};
  batch_type out_{};
  std::vector<typename batch_type::message> own_{};
};

template <class Core>
void lives() {
  std::size_t most = 0, conflicts = 0, outcomes = 0, votes = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    life<Core> l{seed};
    l.live(300);
    most = std::max(most, l.most_effects);
    conflicts += l.conflicts, outcomes += l.outcomes, votes += l.votes;
  }
  CHECK(most >= 8); // and it was not all refused
  CHECK(conflicts > 300);
  CHECK(outcomes > 300);
  CHECK(votes > 300);
}

TEST_CASE("whatever anybody says, in any order: every invariant holds, and no step goes beyond its bound") {
  lives<full_node<number>>();
  lives<full_node<number, learning<distinguished>, thrifty<true>>>();
  lives<full_node<number, ballots_ahead<5>>>();
  lives<register_node<number>>();
  lives<register_node<number, thrifty<true>>>();
}

} // namespace
} // namespace quorate::test
