// What keeps Multi-Paxos safe, and what keeps it going, rule by rule. Each can be taken out of a core, for tests
// only (policy/without.hpp), and what the core does then is said behind "else".
#pragma once

#include "quorate/policy/rule_names.hpp"
#include "quorate/policy/without.hpp"

#include <cstddef>
#include <cstdint>

namespace quorate::multi_paxos {

enum class rule : std::uint8_t {
  // --- reads
  reads_wait_for_an_own_commit, // until all that phase 1 found is chosen (P44, P68); else they are served at once
  reads_ask_a_quorum,           // after the read came, whether this node still leads; else nobody is asked
  reads_count_later_answers,    // those to heartbeats sent before the read do not count; else they do
  reads_carry_the_commit_index, // as it stood when their round began, to be applied first; else none
  reads_end_with_leadership,    // who stops leading refuses those that wait; else it keeps them
};

inline constexpr std::size_t rules = detail::enumerators<rule>();
constexpr std::string_view name_of(rule r) { return detail::name_among(r); }

} // namespace quorate::multi_paxos
