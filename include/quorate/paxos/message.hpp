// The messages of Paxos Made Simple (§2.2, §2.3), each with its strength, and what its roles keep on disk.
// `Value` is the user's. What may promise and what may refuse are different types.
#pragma once

#include "quorate/core/ballot.hpp"
#include "quorate/effect/strength.hpp"
#include "quorate/message/fields.hpp"

#include <cstdint>

namespace quorate::paxos {

// A proposal that was accepted: a number and a value. `at` is zero: none was.
template <class Value>
struct vote {
  ballot at{};
  Value value{};
  using fields = field_list<field<"at", &vote::at>, field<"value", &vote::value>>;
  friend constexpr bool operator==(vote const&, vote const&) = default;
};

// --- what must survive a restart: written by the roles, each type replacing the last one of its kind as a whole

// What an acceptor must keep. It is one record: a vote can't be on disk without the promise that it implies
// (scenario P2). The vote has its own ballot, because that ballot may differ from the promise's (scenarios P4,
// P5).
template <class Value>
struct acceptor_record {
  ballot promised{};
  vote<Value> voted{};
  using fields =
      field_list<field<"promised", &acceptor_record::promised>, field<"voted", &acceptor_record::voted>>;
  friend constexpr bool operator==(acceptor_record const&, acceptor_record const&) = default;
};

// A proposer's: rounds up to this one may have been used, and never will be again (scenario P18).
struct ballot_floor {
  std::uint64_t round{};
  using fields = field_list<field<"round", &ballot_floor::round>>;
  friend constexpr bool operator==(ballot_floor const&, ballot_floor const&) = default;
};

// --- between proposers and acceptors

// Phase 1a: "promise me to accept nothing below this." Binding: it claims a ballot that its owner must not
// use again.
struct prepare {
  static constexpr quorate::strength says = quorate::strength::binding;
  ballot at{};
  using fields = field_list<field<"at", &prepare::at>>;
  friend constexpr bool operator==(prepare const&, prepare const&) = default;
};

// Phase 1b: "I promise, and the highest-numbered proposal that I have accepted is this."
template <class Value>
struct promise {
  static constexpr quorate::strength says = quorate::strength::binding;
  ballot at{};
  vote<Value> voted{};
  using fields = field_list<field<"at", &promise::at>, field<"voted", &promise::voted>>;
  friend constexpr bool operator==(promise const&, promise const&) = default;
};

// Phase 2a: "accept this." Binding: this value, and no other, is ever said at this ballot (scenario P19).
template <class Value>
struct accept {
  static constexpr quorate::strength says = quorate::strength::binding;
  ballot at{};
  Value value{};
  using fields = field_list<field<"at", &accept::at>, field<"value", &accept::value>>;
  friend constexpr bool operator==(accept const&, accept const&) = default;
};

// Phase 2b, to the ballot's owner and to learners: "I have accepted this."
template <class Value>
struct accepted {
  static constexpr quorate::strength says = quorate::strength::binding;
  ballot at{};
  Value value{};
  using fields = field_list<field<"at", &accepted::at>, field<"value", &accepted::value>>;
  friend constexpr bool operator==(accepted const&, accepted const&) = default;
};

// To a prepare or an accept: "no, I have promised a higher one" (§2.5: so that its proposer may give up).
struct refused {
  static constexpr quorate::strength says = quorate::strength::advisory;
  ballot at{}; // as it was asked: a stale refusal is told by it (scenario P28)
  ballot promised{};
  using fields = field_list<field<"at", &refused::at>, field<"promised", &refused::promised>>;
  friend constexpr bool operator==(refused const&, refused const&) = default;
};

// --- learning

// A learner's question: "what have you accepted", to an acceptor; "what was chosen", to a learner.
struct inquiry {
  static constexpr quorate::strength says = quorate::strength::advisory;
  using fields = field_list<>;
  friend constexpr bool operator==(inquiry const&, inquiry const&) = default;
};

// From one who has learned. Advisory: it says what a quorum remembers, and nothing of its sender's memory.
template <class Value>
struct chosen {
  static constexpr quorate::strength says = quorate::strength::advisory;
  ballot at{};
  Value value{};
  using fields = field_list<field<"at", &chosen::at>, field<"value", &chosen::value>>;
  friend constexpr bool operator==(chosen const&, chosen const&) = default;
};

} // namespace quorate::paxos
