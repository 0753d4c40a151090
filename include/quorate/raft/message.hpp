// Raft's messages (dissertation, figure 3.1 and §9.6), each with its strength. What may assert and what may refuse
// are different types; a heartbeat is a type of its own. Entries travel beside append_entries, as payloads.
#pragma once

#include "quorate/core/entry.hpp"
#include "quorate/effect/strength.hpp"
#include "quorate/message/fields.hpp"

#include <cstdint>

namespace quorate::raft {

// "Would you vote for me?" Raises nobody's term (§9.6).
struct request_pre_vote {
  static constexpr quorate::strength says = quorate::strength::advisory;
  term_id next_term{}; // the one that the sender would campaign in
  log_index last_log_index{};
  term_id last_log_term{};
  using fields = field_list<field<"next_term", &request_pre_vote::next_term>,
                            field<"last_log_index", &request_pre_vote::last_log_index>,
                            field<"last_log_term", &request_pre_vote::last_log_term>>;
  friend constexpr bool operator==(request_pre_vote const&, request_pre_vote const&) = default;
};

struct pre_vote_granted {
  static constexpr quorate::strength says = quorate::strength::advisory;
  term_id next_term{}; // as it was asked: a node at another term could not tell otherwise (scenario E9)
  using fields = field_list<field<"next_term", &pre_vote_granted::next_term>>;
  friend constexpr bool operator==(pre_vote_granted const&, pre_vote_granted const&) = default;
};

struct pre_vote_refused {
  static constexpr quorate::strength says = quorate::strength::advisory;
  term_id term{}; // the refuser's: a candidate that is behind learns it here (scenario E10)
  using fields = field_list<field<"term", &pre_vote_refused::term>>;
  friend constexpr bool operator==(pre_vote_refused const&, pre_vote_refused const&) = default;
};

// RequestVote. Binding: it claims a new term, and the candidate's vote for itself in it.
struct request_vote {
  static constexpr quorate::strength says = quorate::strength::binding;
  term_id term{};
  log_index last_log_index{};
  term_id last_log_term{};
  using fields =
      field_list<field<"term", &request_vote::term>, field<"last_log_index", &request_vote::last_log_index>,
                 field<"last_log_term", &request_vote::last_log_term>>;
  friend constexpr bool operator==(request_vote const&, request_vote const&) = default;
};

// A vote: "I will vote for nobody else in this term." A candidate says it to itself as well.
struct vote_granted {
  static constexpr quorate::strength says = quorate::strength::binding;
  term_id term{};
  using fields = field_list<field<"term", &vote_granted::term>>;
  friend constexpr bool operator==(vote_granted const&, vote_granted const&) = default;
};

struct vote_refused {
  static constexpr quorate::strength says = quorate::strength::advisory;
  term_id term{};
  using fields = field_list<field<"term", &vote_refused::term>>;
  friend constexpr bool operator==(vote_refused const&, vote_refused const&) = default;
};

// AppendEntries with the entries prev_log_index+1 .. +count, all of one term and kind. Advisory: the term it
// speaks for became durable before its sender could lead, and a leader's own entries count only by its own
// acknowledgement.
struct append_entries {
  static constexpr quorate::strength says = quorate::strength::advisory;
  term_id term{};
  log_index prev_log_index{};
  term_id prev_log_term{};
  term_id entry_term{};
  log_index leader_commit{};
  std::uint32_t count{};
  entry_kind kind{};

  constexpr entry_run entries() const { return {prev_log_index + 1, count, entry_term, kind}; }
  constexpr log_index last_index() const { return prev_log_index + count; }
  using fields =
      field_list<field<"term", &append_entries::term>, field<"prev_log_index", &append_entries::prev_log_index>,
                 field<"prev_log_term", &append_entries::prev_log_term>,
                 field<"entry_term", &append_entries::entry_term>,
                 field<"leader_commit", &append_entries::leader_commit>, field<"count", &append_entries::count>,
                 field<"kind", &append_entries::kind>>;
  friend constexpr bool operator==(append_entries const&, append_entries const&) = default;
};

// "My log is yours up to match_index, durably." Answers `answered` appends at once. A leader says it to itself as
// well.
struct appended {
  static constexpr quorate::strength says = quorate::strength::binding;
  term_id term{};
  log_index match_index{};
  std::uint8_t answered{};
  using fields = field_list<field<"term", &appended::term>, field<"match_index", &appended::match_index>,
                            field<"answered", &appended::answered>>;
  // True, and this one says all that `earlier` says too; false if one message can't.
  constexpr bool take_in(appended const& earlier) {
    if (earlier.term != term || earlier.match_index > match_index || earlier.answered + answered > 0xff)
      return false;
    answered = static_cast<std::uint8_t>(answered + earlier.answered);
    return true;
  }
  friend constexpr bool operator==(appended const&, appended const&) = default;
};

// "My log does not have your entry at prev_log_index." The hint is the last entry of the sender that is at or
// below prev_log_index and whose term is not above prev_log_term. The leader looks in its own log in the same way.
// So each round trip skips a term (§5.3).
struct rejected {
  static constexpr quorate::strength says = quorate::strength::advisory;
  term_id term{};
  log_index prev_log_index{}; // as it was sent: a stale refusal is told by it (scenario L4)
  log_index hint_index{};
  term_id hint_term{};
  using fields = field_list<field<"term", &rejected::term>, field<"prev_log_index", &rejected::prev_log_index>,
                            field<"hint_index", &rejected::hint_index>, field<"hint_term", &rejected::hint_term>>;
  friend constexpr bool operator==(rejected const&, rejected const&) = default;
};

// "I lead." Carries min(commit, match): never more than its receiver is known to hold. `round` numbers the rounds
// of reads that its answer confirms (§6.4).
struct heartbeat {
  static constexpr quorate::strength says = quorate::strength::advisory;
  term_id term{};
  log_index leader_commit{};
  std::uint64_t round{};
  std::uint8_t beat{}; // the heartbeat's own number (log/leading.hpp)
  using fields = field_list<field<"term", &heartbeat::term>, field<"leader_commit", &heartbeat::leader_commit>,
                            field<"round", &heartbeat::round>, field<"beat", &heartbeat::beat>>;
  friend constexpr bool operator==(heartbeat const&, heartbeat const&) = default;
};

// "You do, as far as I know, and my log is yours up to `verified`", or, with a higher term, "no longer". Never
// waits for a disk, and so never raises a match: what is verified may be lost yet.
struct heartbeat_answer {
  static constexpr quorate::strength says = quorate::strength::advisory;
  term_id term{};
  log_index verified{};
  std::uint64_t round{};
  std::uint8_t beat{};
  using fields = field_list<field<"term", &heartbeat_answer::term>, field<"verified", &heartbeat_answer::verified>,
                            field<"round", &heartbeat_answer::round>, field<"beat", &heartbeat_answer::beat>>;
  friend constexpr bool operator==(heartbeat_answer const&, heartbeat_answer const&) = default;
};

// "What you need is compacted here, up to last_index: fetch a snapshot." Of InstallSnapshot (figure 5.3) it is
// what the core must know; the bytes are not its business. Advisory: who holds the entry at last_index answers
// `appended`, as to an append of nothing behind it.
struct offer_snapshot {
  static constexpr quorate::strength says = quorate::strength::advisory;
  term_id term{};
  log_index last_index{};
  term_id last_term{};
  using fields = field_list<field<"term", &offer_snapshot::term>, field<"last_index", &offer_snapshot::last_index>,
                            field<"last_term", &offer_snapshot::last_term>>;
  friend constexpr bool operator==(offer_snapshot const&, offer_snapshot const&) = default;
};

} // namespace quorate::raft
