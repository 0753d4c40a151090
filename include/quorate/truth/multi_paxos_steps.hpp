// What a message may do to a Multi-Paxos node, seen from outside: one sentence and one function each. These find
// at once what would show in the slots of several nodes much later, or never within a bound.
#pragma once

#include "quorate/multi_paxos/node.hpp"
#include "quorate/truth/multi_paxos.hpp"

#include <cstdint>
#include <type_traits>

namespace quorate::multi_paxos::truth {

// An answer is about the ballot that it was asked at (scenarios P20, P40).
template <class Core, class M, class Tell>
constexpr bool answers_are_for_their_ballot(Core const& before, M const& m, Core const& after, Tell&& tell) {
  return m.ballot == before.era() || after == before ||
         tell("an answer at another ballot changes nothing", "node ", before.self(), " at ballot ",
              as_ballot(before.era()), " heeds an answer at ballot ", as_ballot(m.ballot));
}
template <class Core, class Tell>
constexpr bool canvasses_promise_nothing(Core const& before, Core const& after, Tell&& tell) {
  return after == before ||
         tell("to be canvassed changes nothing", "node ", before.self(), " of ballot ", as_ballot(before.era()),
              " is canvassed, and is at ballot ", as_ballot(after.era()), " now");
}
template <class Core, class Tell>
constexpr bool promises_respect_a_leader(Core const& before, prepare const& m, Core const& after, Tell&& tell) {
  return m.ballot <= before.era() || !beside_a_leader(before.state()) || after == before ||
         tell("beside a living leader no ballot is promised", "node ", before.self(), " is asked for ballot ",
              as_ballot(m.ballot), ", and has heard of ", before.state().leader, " less than T ago");
}

// A refusal is remembered, and ends what was refused (scenario P34).
template <class Core, class Tell>
constexpr bool ballots_rise_above_refusals(Core const&, refused const& m, Core const& after, Tell&& tell) {
  return after.state().seen >= m.promised ||
         tell("the next ballot is above what was refused for", "node ", after.self(), " hears of ballot ",
              as_ballot(m.promised), ", and goes on as if nothing were above ", as_ballot(after.state().seen));
}
template <class Core, class Tell>
constexpr bool refusals_depose(Core const& before, refused const& m, Core const& after, Tell&& tell) {
  return m.ballot != before.era() || m.promised <= m.ballot || !after.campaigns() ||
         tell("who hears of a higher promise gives way", "node ", after.self(), " hears that ",
              as_ballot(m.promised), " was promised, and goes on at ballot ", as_ballot(after.era()));
}

// To hear of the leader puts an election off. `armed`: one bit a timer that was.
template <class Core, class M, class Tell>
constexpr bool leaders_put_off_elections(Core const& before, M const& m, peer sender, Core const& after,
                                         std::uint64_t armed, Tell&& tell) {
  bool const put_off = (armed >> static_cast<unsigned>(timer::election) & 1) != 0;
  return m.ballot < before.era() || after.state().leader.member != sender.member || put_off ||
         tell("to hear of the leader puts an election off", "node ", after.self(), " hears of its leader ", sender,
              ", and does not start its election timer anew");
}

// An answer confirms the round of reads that it was asked in and those before it (scenarios R2, P68).
template <class Core, class Tell>
constexpr bool answers_confirm_no_later_round(Core const& before, heartbeat_answer const& m, peer sender,
                                              Core const& after, Tell&& tell) {
  if (sender.place == no_node) return true;
  auto const was = before.state().peer(sender).round, is = after.state().peer(sender).round;
  return !after.leads() || is <= was || is <= m.round ||
         tell("an answer confirms no later round than its own", "node ", sender, " answers round ", m.round,
              ", and ", after.self(), " counts it for round ", is);
}

// All of them, of one message.
template <class Core, class M, class Tell>
constexpr bool may_do(Core const& before, M const& m, peer sender, Core const& after, std::uint64_t armed,
                      Tell&& tell) {
  constexpr bool answers = std::is_same_v<M, promise> || std::is_same_v<M, accepted> ||
                           std::is_same_v<M, fetched> || std::is_same_v<M, heartbeat_answer>;
  if constexpr (answers)
    if (!answers_are_for_their_ballot(before, m, after, tell)) return false;
  if constexpr (std::is_same_v<M, canvass>)
    return canvasses_promise_nothing(before, after, tell);
  else if constexpr (std::is_same_v<M, prepare>)
    return promises_respect_a_leader(before, m, after, tell);
  else if constexpr (std::is_same_v<M, refused>)
    return ballots_rise_above_refusals(before, m, after, tell) && refusals_depose(before, m, after, tell);
  else if constexpr (std::is_same_v<M, heartbeat_answer>)
    return answers_confirm_no_later_round(before, m, sender, after, tell);
  else if constexpr (std::is_same_v<M, accept> || std::is_same_v<M, heartbeat>)
    return leaders_put_off_elections(before, m, sender, after, armed, tell);
  else
    return true;
}

} // namespace quorate::multi_paxos::truth
