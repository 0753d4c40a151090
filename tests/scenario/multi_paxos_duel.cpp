// Scenario P29 in Multi-Paxos: candidates that are in each other's way. A message takes a tick, and the timeout
// is as short as a sync: who waits as long as all others do canvasses again before its promises are durable.
#include "support/clocks.hpp"
#include "support/multi_paxos_world.hpp"
#include "support/seeds.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace quorate::test {
namespace {

template <bool Jitter>
class duel {
public:
  explicit duel(std::uint64_t seed) : time_{{sync_ticks, 2, 99}, seed} {}
  // The round in which somebody leads and has a command chosen; nothing: not within so many.
  std::optional<std::uint64_t> decided_in(std::uint64_t rounds) {
    for (std::uint64_t now = 0; round() <= rounds; ++now) {
      tick(now);
      for (auto const n : {A, B, C})
        if (w_.leads(n) && w_.state(n).commit > log_index{1}) return round();
    }
    return std::nullopt;
  }

private:
  static constexpr std::uint64_t sync_ticks = 6;

  std::uint64_t round() const {
    std::uint64_t most = 0;
    for (auto const n : {A, B, C})
      most = std::max(most, quorate::ballot{w_.state(n).promised.value}.round_number());
    return most;
  }
  void tick(std::uint64_t now) {
    time_.tick(w_, now);
    for (auto const n : {A, B, C}) {
      if (w_.leads(n) && w_.log(n).last() == log_index{1}) w_.propose(n);
      w_.flush(n);
      if (now % sync_ticks == 0) w_.sync(n);
    }
    for (auto due = w_.in_flight(); due > 0; --due) w_.deliver(0);
  }

  world<3> w_{};
  clocks<world<3>, Jitter> time_;
};

TEST_CASE("P29: candidates that wait with jitter find a leader in some rounds; those that wait alike never do") {
  auto const duels = seeds(1000);
  std::size_t late = 0;
  std::uint64_t worst = 0;
  for (std::uint64_t seed = 1; seed <= duels; ++seed) {
    auto const round = duel<true>{seed}.decided_in(20);
    late += round ? 0 : 1;
    worst = std::max(worst, round.value_or(21));
  }
  MESSAGE("the longest of ", duels, " duels took ", worst, " rounds");
  CHECK(late <= duels / 1000);
  CHECK(!duel<false>{1}.decided_in(1000));
}

} // namespace
} // namespace quorate::test
