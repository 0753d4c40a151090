// What no honest node of Multi-Paxos says (log/doubt.hpp).
#pragma once

#include "quorate/core/ballot.hpp"
#include "quorate/log/doubt.hpp"
#include "quorate/multi_paxos/message.hpp"
#include "quorate/multi_paxos/state.hpp"

#include <cstdint>
#include <type_traits>

namespace quorate::multi_paxos {

// A ballot that raises this node's own by more rounds than that at once is of no election that was ever held.
inline constexpr std::uint64_t most_rounds_missed = std::uint64_t{1} << 20;
inline constexpr std::uint64_t last_round_believed = std::uint64_t{1} << 46;

inline constexpr char too_far[] =
    "a ballot of a round above 2^46, or 2^20 above this node's: nobody can have missed so many elections";

template <class Options>
constexpr bool is_leap(node_state<Options> const& s, stamp theirs, witness const& w) {
  auto const own = s.seen > s.promised ? s.seen : s.promised;
  return quorate::is_leap(round_of(own), round_of(theirs), most_rounds_missed, last_round_believed, w.leaps);
}

// No log has longer gaps: what is too far behind them is not kept.
inline constexpr std::uint32_t longest_gap = std::uint32_t{1} << 20;

constexpr char const* doubt_votes(promise const& m) {
  if (m.voted > m.ballot) return "votes of a later ballot than the one that asks for them";
  if (m.kept > m.commit + 1) return "a log that is compacted beyond what is known to be chosen";
  if (m.voted == stamp{} && m.count > longest_gap) return "a gap of more slots than any log has";
  return nullptr;
}

constexpr char const* doubt_entries(accept const& m) {
  if (m.voted > m.ballot) return "votes of a later ballot than the one they are asked for in";
  // With none the leader asks for acknowledgements; `first` may then be anywhere in its log.
  if (m.count > 0 && m.voted != m.ballot && m.last_index() > m.commit)
    return "votes of an earlier ballot for slots that are not chosen";
  return doubt_run(m.entries());
}

constexpr char const* doubt_offer(offer_snapshot const& m) {
  if (m.last > last_index_believed) return "a snapshot up to an index that no log has";
  if (m.voted > m.ballot) return "a snapshot up to a vote of a later ballot than its leader's";
  if (m.last == log_index{}) return "a snapshot of nothing";
  if (log_index{m.config} > last_index_believed) return "a configuration at an index that no log has";
  return nullptr;
}

// Why no honest node says `m` to this one, or nullptr. Changes nothing.
template <class Options, class M, log_view Log>
constexpr char const* doubt(node_state<Options> const& s, M const& m, Log const& log, witness const& w) {
  if (is_leap(s, m.ballot, w)) return too_far;
  if constexpr (std::is_same_v<M, refused>)
    if (is_leap(s, m.promised, w)) return too_far;
  if constexpr (requires { m.first; })
    if (m.first > last_index_believed) return "slots at an index that no log has";
  if constexpr (std::is_same_v<M, accept>) return doubt_entries(m);
  if constexpr (std::is_same_v<M, promise>) return doubt_votes(m);
  if constexpr (std::is_same_v<M, fetched>)
    if (m.voted > m.ballot) return "votes of a later ballot than the one that asks for them";
  if constexpr (std::is_same_v<M, fetched>) return doubt_run(m.entries());
  if (log_index{m.config} > last_index_believed) return "a configuration at an index that no log has";
  if constexpr (requires { m.chosen; })
    if (m.chosen > last_index_believed) return "slots at an index that no log has";
  if constexpr (std::is_same_v<M, offer_snapshot>) return doubt_offer(m);
  if constexpr (std::is_same_v<M, accepted>)
    if (s.is == role::leader && m.ballot == s.promised && m.count > 0 && m.first + (m.count - 1) > log.last())
      return "an acknowledgement at this ballot of slots that its leader does not have";
  return nullptr;
}

} // namespace quorate::multi_paxos
