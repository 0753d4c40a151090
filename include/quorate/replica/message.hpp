// What replicas say to each other beside the protocol: proposals and reads handed to the leader, and what became
// of them. All advisory: a proposal is in nobody's duty before it is an entry, and a read is nobody's.
#pragma once

#include "quorate/core/entry.hpp"
#include "quorate/effect/event.hpp"
#include "quorate/effect/strength.hpp"
#include "quorate/message/fields.hpp"
#include "quorate/message/set.hpp"

#include <cstdint>

namespace quorate {

// The sender's proposals number..number+count-1, with their bytes. Only the leader of `era` takes them. A leader
// that restarted, or another leader, must not: the proposals may have been taken already.
struct forward {
  static constexpr quorate::strength says = quorate::strength::advisory;
  incarnation_id asker{}; // the sender's incarnation: what numbers mean
  std::uint64_t number{};
  stamp era{};
  std::uint32_t count{};
  using fields = field_list<field<"asker", &forward::asker>, field<"number", &forward::number>,
                            field<"era", &forward::era>, field<"count", &forward::count>>;
  friend constexpr bool operator==(forward const&, forward const&) = default;
};

// "They stand in my log from `index` on, written in `era`." Not that they will stay: the sender's own log will
// tell.
struct forward_placed {
  static constexpr quorate::strength says = quorate::strength::advisory;
  incarnation_id asker{};
  std::uint64_t number{};
  std::uint32_t count{};
  log_index index{};
  stamp era{};
  using fields = field_list<field<"asker", &forward_placed::asker>, field<"number", &forward_placed::number>,
                            field<"count", &forward_placed::count>, field<"index", &forward_placed::index>,
                            field<"era", &forward_placed::era>>;
  friend constexpr bool operator==(forward_placed const&, forward_placed const&) = default;
};

// "They stand nowhere and never will by my doing."
struct forward_refused {
  static constexpr quorate::strength says = quorate::strength::advisory;
  incarnation_id asker{};
  std::uint64_t number{};
  std::uint32_t count{};
  refusal reason{};
  using fields = field_list<field<"asker", &forward_refused::asker>, field<"number", &forward_refused::number>,
                            field<"count", &forward_refused::count>, field<"reason", &forward_refused::reason>>;
  friend constexpr bool operator==(forward_refused const&, forward_refused const&) = default;
};

// "From which index on may I answer my reads up to `number`?" May be asked again.
struct read_request {
  static constexpr quorate::strength says = quorate::strength::advisory;
  incarnation_id asker{};
  std::uint64_t number{};
  using fields = field_list<field<"asker", &read_request::asker>, field<"number", &read_request::number>>;
  friend constexpr bool operator==(read_request const&, read_request const&) = default;
};

struct read_answer {
  static constexpr quorate::strength says = quorate::strength::advisory;
  incarnation_id asker{};
  std::uint64_t number{};
  log_index index{};
  using fields = field_list<field<"asker", &read_answer::asker>, field<"number", &read_answer::number>,
                            field<"index", &read_answer::index>>;
  friend constexpr bool operator==(read_answer const&, read_answer const&) = default;
};

using replica_messages = message_set<forward, forward_placed, forward_refused, read_request, read_answer>;

} // namespace quorate
