// What a message may do to a Raft node, seen from outside: one sentence and one function each. These find at once
// what would show in the logs of several nodes much later, or never within a bound.
#pragma once

#include "quorate/raft/node.hpp"

#include <cstdint>
#include <type_traits>

namespace quorate::raft::truth {

template <class M>
constexpr bool is_of_a_term = requires(M const& m) {
  m.term;
};

// Whatever its kind, a message of an earlier term moves nothing (§3.3).
template <class Core, class M, class Tell>
constexpr bool past_terms_change_nothing(Core const& before, M const& m, Core const& after, Tell&& tell) {
  if constexpr (is_of_a_term<M>)
    return m.term >= before.era() || after == before ||
           tell("a message of an earlier term changes nothing", "node ", before.self(), " hears one of term ",
                m.term, " in term ", before.era(), ", and heeds it");
  else
    return true;
}

// Pre-votes (§9.6): asked for one a node promises nothing and adopts nothing; given one, only a node that asked
// for just that one campaigns, and only votes make a leader.
template <class Core, class Tell>
constexpr bool asking_for_a_pre_vote_changes_nothing(Core const& before, Core const& after, Tell&& tell) {
  return after == before || tell("to be asked for a pre-vote changes nothing", "node ", before.self(), " of term ",
                                 before.era(), " is asked for one, and is in term ", after.era(), " now");
}
template <class Core, class Tell>
constexpr bool only_votes_make_a_leader(Core const& before, Core const& after, Tell&& tell) {
  return before.leads() || !after.leads() ||
         tell("only votes make a leader", "node ", after.self(), " leads term ", after.era(), " by a pre-vote");
}
template <class Core, class Tell>
constexpr bool pre_votes_are_for_one_term(Core const& before, pre_vote_granted const& m, Core const& after,
                                          Tell&& tell) {
  return m.next_term == next(before.era()) || after == before ||
         tell("a pre-vote counts for the term that it was asked for", "node ", before.self(), " of term ",
              before.era(), " counts one for term ", m.next_term);
}

// Beside a living leader a vote is not given either (§4.2.3).
template <class Core, class Tell>
constexpr bool votes_respect_a_leader(Core const& before, request_vote const& m, Core const& after, Tell&& tell) {
  if constexpr (Core::options::checks_quorum)
    return !before.state().in_contact || m.term <= before.era() || after == before ||
           tell("beside a living leader no vote is given", "node ", before.self(), " is asked in term ", m.term,
                ", and has heard of ", before.state().leader, " less than T ago");
  else
    return true;
}

// A follower commits what this leader has verified, and nothing beyond it (§3.5).
template <class Core, class Tell>
constexpr bool each_leader_verifies_anew(Core const& before, append_entries const& m, Core const& after,
                                         Tell&& tell) {
  return m.term <= before.era() || after.state().verified <= m.last_index() ||
         tell("what one leader has verified says nothing of the next one", "node ", after.self(),
              " takes entries up to ", after.state().verified, " for those of the leader of term ", m.term,
              ", which has sent them up to ", m.last_index());
}
template <class Core, class Tell>
constexpr bool followers_commit_what_is_verified(Core const& before, Core const& after, Tell&& tell) {
  return after.commit_index() <= before.commit_index() || after.commit_index() <= after.state().verified ||
         tell("a follower commits only what its leader has verified", "node ", after.self(), " commits up to ",
              after.commit_index(), ", and has verified up to ", after.state().verified);
}

// A refusal of what was sent last makes the leader look further back (§3.5), but not behind what is compacted.
template <class Core, class Tell>
constexpr bool refusals_move_next_back(Core const& before, rejected const& m, peer sender, Core const& after,
                                       log_index compacted, Tell&& tell) {
  if (!before.leads() || !after.leads() || m.term != before.era() || sender.place == no_node) return true;
  auto const &was = before.state().peer(sender), &is = after.state().peer(sender);
  return m.prev_log_index <= (was.match < compacted ? compacted : was.match) || m.prev_log_index + 1 != was.next ||
         is.next <= m.prev_log_index ||
         tell("a refusal makes the leader look further back", "node ", sender, " refuses what follows on entry ",
              m.prev_log_index, ", and ", after.self(), " goes on from entry ", is.next);
}

// To hear of the leader puts an election off, to refuse a vote does not (§3.4). `armed`: one bit a timer that was.
constexpr bool puts_off(std::uint64_t armed) { return (armed >> static_cast<unsigned>(timer::election) & 1) != 0; }
template <class Core, class M, class Tell>
constexpr bool leaders_put_off_elections(Core const& before, M const& m, peer sender, Core const& after,
                                         std::uint64_t armed, Tell&& tell) {
  return m.term < before.era() || after.state().leader.member != sender.member || puts_off(armed) ||
         tell("to hear of the leader puts an election off", "node ", after.self(), " hears of its leader ", sender,
              ", and does not start its election timer anew");
}
template <class Core, class Tell>
constexpr bool refusals_put_off_nothing(Core const& before, request_vote const& m, peer sender, Core const& after,
                                        std::uint64_t armed, Tell&& tell) {
  return !puts_off(armed) || m.term != before.era() || after.state().voted_for == sender.member ||
         tell("to refuse a vote puts no election off", "node ", after.self(), " refuses ", sender, " in term ",
              m.term, ", and starts its election timer anew");
}

// All of them, of one message.
template <class Core, class M, class Tell>
constexpr bool may_do(Core const& before, M const& m, peer sender, Core const& after, log_index compacted,
                      std::uint64_t armed, Tell&& tell) {
  if (!past_terms_change_nothing(before, m, after, tell)) return false;
  if constexpr (std::is_same_v<M, request_pre_vote>) {
    return asking_for_a_pre_vote_changes_nothing(before, after, tell);
  } else if constexpr (std::is_same_v<M, pre_vote_granted>) {
    return only_votes_make_a_leader(before, after, tell) && pre_votes_are_for_one_term(before, m, after, tell);
  } else if constexpr (std::is_same_v<M, request_vote>) {
    return votes_respect_a_leader(before, m, after, tell) &&
           refusals_put_off_nothing(before, m, sender, after, armed, tell);
  } else if constexpr (std::is_same_v<M, append_entries>) {
    return each_leader_verifies_anew(before, m, after, tell) &&
           followers_commit_what_is_verified(before, after, tell) &&
           leaders_put_off_elections(before, m, sender, after, armed, tell);
  } else if constexpr (std::is_same_v<M, rejected>) {
    return refusals_move_next_back(before, m, sender, after, compacted, tell);
  } else if constexpr (std::is_same_v<M, heartbeat>) {
    return leaders_put_off_elections(before, m, sender, after, armed, tell);
  } else {
    return true;
  }
}

} // namespace quorate::raft::truth
