// Linearizable reads as a leader counts them (Raft §6.4, and the same with ballots): a read takes the commit
// index, and waits until a quorum has answered a heartbeat sent after the read came. Reads are counted, never
// listed.
#pragma once

#include "quorate/core/bounded.hpp"
#include "quorate/core/id.hpp"
#include "quorate/effect/event.hpp"

#include <cstddef>
#include <cstdint>

namespace quorate {

template <std::size_t Rounds>
struct read_rounds {
  struct round_of_reads {
    std::uint64_t upto{};  // reads asked, counted since the core began
    log_index index{};     // the commit index when the round began
    std::uint64_t round{}; // confirmed by a quorum that answered this round or a later one
    friend constexpr bool operator==(round_of_reads const&, round_of_reads const&) = default;
  };
  std::uint64_t asked = 0;  // reads ever asked of this core
  std::uint64_t placed = 0; // of these, how many are in a round, or done
  std::uint64_t last_round = 0;
  bounded_queue<round_of_reads, Rounds> rounds{};

  constexpr bool waits() const { return asked != placed; } // some are in no round yet
  // The reads that wait form a round. False if none wait, or too many rounds are under way.
  constexpr bool begin(log_index commit) {
    if (!waits() || rounds.full()) return false;
    ++last_round;
    (void)rounds.push({asked, commit, last_round});
    placed = asked;
    return true;
  }
  // Calls report(readable) for the rounds that are confirmed, all at once: the latest of them answers for those
  // before it. confirmed(round) says whether a quorum has answered that round or a later one.
  template <class Confirmed, class Report>
  constexpr void settle(Confirmed&& confirmed, Report&& report) {
    std::size_t done = 0;
    while (done < rounds.size() && confirmed(rounds[done].round)) ++done;
    if (done == 0) return;
    report(readable{rounds[done - 1].upto, rounds[done - 1].index});
    for (; done > 0; --done) rounds.pop();
  }
  // Leadership is lost. Returns whether there were reads that nobody has answered.
  constexpr bool give_up() {
    bool const any = waits() || !rounds.empty();
    placed = asked;
    rounds.clear();
    return any;
  }
  friend constexpr bool operator==(read_rounds const&, read_rounds const&) = default;
};

} // namespace quorate
