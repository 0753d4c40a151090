// What is true of every core of a replicated log at all times, told in the way of core/breach.hpp. The invariants
// of each protocol share these (raft/invariant.hpp, multi_paxos/invariant.hpp).
#pragma once

#include "quorate/core/breach.hpp"
#include "quorate/log/role.hpp"
#include "quorate/log/voters.hpp"

#include <cstddef>

namespace quorate::invariant {

// `index_is_sound(round)` tells what the protocol says of a round's index.
template <class State, class Sound, class Tell>
constexpr bool rounds_are_in_order(State const& s, Sound&& index_is_sound, Tell&& tell) {
  auto const& r = s.readers;
  for (std::size_t i = 0; i < r.rounds.size(); ++i) {
    auto const& now = r.rounds[i];
    if (!index_is_sound(now)) return false;
    if (now.upto > r.placed || now.round > r.last_round)
      return tell("a round has reads that were placed, and was begun", "leader ", s.self, " has round ", now.round,
                  " of ", r.last_round, " up to read ", now.upto, " of ", r.placed, " placed");
    if (i > 0 && (now.round <= r.rounds[i - 1].round || now.upto <= r.rounds[i - 1].upto))
      return tell("rounds of reads rise", "leader ", s.self, " has round ", now.round, " up to read ", now.upto,
                  " behind round ", r.rounds[i - 1].round, " up to read ", r.rounds[i - 1].upto);
  }
  return true;
}

template <class State, class Sound, class Tell>
constexpr bool reads_are_in_order(State const& s, Sound&& index_is_sound, Tell&& tell) {
  if constexpr (State::options::reads) {
    auto const& r = s.readers;
    if (r.placed > r.asked)
      return tell("reads are placed that were asked", "node ", s.self, " has placed ", r.placed, " reads of ",
                  r.asked);
    if (s.is == role::leader) return rounds_are_in_order(s, index_is_sound, tell);
    return (r.rounds.empty() && r.placed == r.asked) ||
           tell("nobody but a leader has reads that wait", "node ", s.self, " is ", s.is, ", and has ",
                r.rounds.size(), " rounds, and ", r.asked - r.placed, " reads that wait for one");
  }
  return true;
}

template <class State, class Tell>
constexpr bool round_was_asked(State const& s, node_index n, Tell&& tell) {
  if constexpr (State::options::reads)
    return s.peer(n).round <= s.readers.last_round ||
           tell("a peer answers rounds of reads that were asked", "leader ", s.self, " has of ", n,
                " an answer to round ", s.peer(n).round, ", and the last is ", s.readers.last_round);
  else
    return true;
}

// `law`: a match never falls, while its term or ballot lasts, and its member has that place.
template <class State, log_view Before, log_view After, class Tell>
constexpr bool match_rises(char const* law, State const& before, Before const& log_before, State const& after,
                           After const& log, Tell&& tell) {
  if (before.is != role::leader || after.is != role::leader) return true;
  auto const rises_of = [&](node_index n) {
    if (voters_now(before, log_before).member_at(n) != voters_now(after, log).member_at(n)) return true;
    return before.peer(n).match <= after.peer(n).match ||
           tell(law, "leader ", after.self, " has of ", n, " match ", after.peer(n).match, ", and had ",
                before.peer(n).match);
  };
  bool rises = rises_of(before.self);
  each_peer(after, log, [&](peer n) { rises = rises && rises_of(n.place); });
  return rises;
}

} // namespace quorate::invariant
