// Tokens, and what becomes of them: exactly one outcome each.
#pragma once

#include "quorate/core/id.hpp"
#include "quorate/effect/event.hpp"

#include <cstdint>
#include <optional>

namespace quorate {

// Proposals and reads of one replica are numbered apart, each from 1 on, in the order in which they were made. A
// token means something to the replica that gave it and only until that restarts.
using proposal_token = strong_id<struct proposal_token_tag, std::uint64_t>;
using read_token = strong_id<struct read_token_tag, std::uint64_t>;

// What asking gave: a token, or why there is none and never will be an outcome. Used as an optional token, which
// it becomes where one is asked for:
//
//   auto const token = r.propose(command);
//   if (!token) say(name_of(token.reason()));
template <class Token>
class asked {
public:
  constexpr asked(Token t) : token_{t} {}
  constexpr asked(refusal why) : reason_{why} {}

  constexpr bool has_value() const { return token_ != Token{}; } // the first token is 1
  constexpr explicit operator bool() const { return has_value(); }
  // Precondition of these three: has_value().
  constexpr Token const& value() const {
    QUORATE_ASSERT(has_value(), "there is no token: it was refused, ", reason_);
    return token_;
  }
  constexpr Token const& operator*() const { return value(); }
  constexpr Token const* operator->() const { return &value(); }
  // Precondition: !has_value().
  constexpr refusal reason() const {
    QUORATE_ASSERT(!has_value(), "nothing was refused: there is a token, ", token_);
    return reason_;
  }
  constexpr operator std::optional<Token>() const { return has_value() ? std::optional{token_} : std::nullopt; }

private:
  Token token_{};
  refusal reason_{};
};
using proposal_asked = asked<proposal_token>;
using read_asked = asked<read_token>;

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
  refusal reason{};  // when refused, why; when unknown, why it can't be told
  log_index index{}; // of the first, when committed; applied at least up to here, when readable
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
