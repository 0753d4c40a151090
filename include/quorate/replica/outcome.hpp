// Tokens, and what becomes of them: exactly one outcome each.
#pragma once

#include "quorate/core/id.hpp"
#include "quorate/effect/event.hpp"

#include <cstdint>

namespace quorate {

// Proposals and reads of one replica are numbered apart, each from 1 on, in the order in which they were made. A
// token means something to the replica that gave it and only until that restarts.
using proposal_token = strong_id<struct proposal_token_tag, std::uint64_t>;
using read_token = strong_id<struct read_token_tag, std::uint64_t>;

enum class fate : std::uint8_t {
  done,    // committed: it stands at its index for ever. Readable: the state machine may be read
  refused, // it did not happen and will not
  unknown, // it may have happened, or may yet: no one here can tell in time
};

// Tokens first..first+count-1 share a fate.
template <class Token>
struct outcome_of {
  Token first{};
  std::uint32_t count{};
  fate what{};
  refusal reason{};   // when refused, why; when unknown, why it can't be told
  log_index index{};  // of the first, when committed; applied at least up to here, when readable
  friend constexpr bool operator==(outcome_of const&, outcome_of const&) = default;
};
using proposal_outcome = outcome_of<proposal_token>;
using read_outcome = outcome_of<read_token>;

// One committed command, given to the state machine once, in the order of the log.
template <class Messages>
struct applied {
  log_index index{};
  stamp written_at{};
  typename Messages::command const& command;
  typename Messages::entry_extra const& extra;
};

} // namespace quorate
