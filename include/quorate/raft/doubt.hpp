// What no honest node of Raft says (log/doubt.hpp).
#pragma once

#include "quorate/log/doubt.hpp"
#include "quorate/raft/message.hpp"
#include "quorate/raft/state.hpp"

#include <cstdint>
#include <type_traits>

namespace quorate::raft {

// A term that raises this node's own by more than that at once is of no election that was ever held.
inline constexpr std::uint64_t most_terms_missed = std::uint64_t{1} << 32;
inline constexpr std::uint64_t last_term_believed = std::uint64_t{1} << 63;

inline constexpr char too_far[] =
    "a term above 2^63, or 2^32 above this node's: nobody can have missed so many elections";

template <class M>
constexpr term_id term_in(M const& m) {
  if constexpr (requires { m.next_term; })
    return m.next_term;
  else
    return m.term;
}

constexpr char const* doubt_entries(append_entries const& m) {
  if (m.prev_log_index > last_index_believed) return "entries at an index that no log has";
  if (m.prev_log_term > m.term || m.entry_term > m.term) return "entries of a later term than their leader's";
  if (m.count > 0 && m.entry_term < m.prev_log_term) return "entries of an earlier term than the one before them";
  if (m.prev_log_index == log_index{} && m.prev_log_term != term_id{})
    return "a term of the place before the first entry";
  if (auto const why = doubt_run(m.entries())) return why;
  if (m.prev_log_index == log_index{} && m.count > 0 && m.entry_term != term_id{})
    return "other entries in the place of the founding one";
  return nullptr;
}

constexpr char const* doubt_offer(offer_snapshot const& m) {
  if (m.last_index > last_index_believed) return "a snapshot up to an index that no log has";
  if (m.last_term > m.term) return "a snapshot up to an entry of a later term than its leader's";
  if (m.last_index == log_index{}) return "a snapshot of nothing";
  return nullptr;
}

// What a leader is told of its own log, in its own term.
template <class Options, log_view Log, class M>
constexpr char const* doubt_match(node_state<Options> const& s, M const& m, log_index upto, Log const& log) {
  if (s.is != role::leader || m.term != s.current_term || upto <= log.last()) return nullptr;
  return "an answer of this term for entries that its leader does not have";
}

// A heartbeat tells at most what this node has acknowledged in its term. In a term that is new to it that is
// nothing. In one that it was in when it started, it does not know: then the core hears it (scenario L13).
template <class Options>
constexpr bool tells_too_much(node_state<Options> const& s, heartbeat const& m, witness const& w) {
  if (m.term > s.current_term) return m.leader_commit != log_index{};
  return m.term == s.current_term && w.remembers && m.leader_commit > s.verified;
}

// Why no honest node says `m` to this one, or nullptr. Changes nothing.
template <class Options, class M, log_view Log>
constexpr char const* doubt(node_state<Options> const& s, M const& m, Log const& log, witness const& w) {
  if (is_leap(s.current_term.value, term_in(m).value, most_terms_missed, last_term_believed, w.leaps))
    return too_far;
  if constexpr (std::is_same_v<M, append_entries>) return doubt_entries(m);
  if constexpr (std::is_same_v<M, offer_snapshot>) return doubt_offer(m);
  if constexpr (std::is_same_v<M, appended>) return doubt_match(s, m, m.match_index, log);
  if constexpr (std::is_same_v<M, heartbeat_answer>) return doubt_match(s, m, m.verified, log);
  if constexpr (std::is_same_v<M, rejected>)
    if (m.hint_index > m.prev_log_index) return "a refusal whose hint is behind what it refuses";
  if constexpr (std::is_same_v<M, heartbeat>)
    if (tells_too_much(s, m, w))
      return "a commit index in a heartbeat beyond what this node has acknowledged in its term: its sender is no "
             "leader, or a disk has lost what this node had acknowledged";
  return nullptr;
}

} // namespace quorate::raft
