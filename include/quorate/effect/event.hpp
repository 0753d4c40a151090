// What a core of a replicated log is told and what it tells, beside messages and writes.
#pragma once

#include "quorate/core/entry.hpp"
#include "quorate/core/snapshot.hpp"

#include <cstddef>
#include <cstdint>

namespace quorate {

// A message, with the member that says it. Borrowed: an event is told and not kept.
template <class Message>
struct from {
  peer node;
  Message const& message;
};
template <class Message>
from(peer, Message const&) -> from<Message>;
template <class Message>
from(node_index, Message const&) -> from<Message>;

// Why something was refused; and of what is unknown, why it can't be told.
enum class refusal : std::uint8_t {
  not_leader, // ask the leader, if one is known
  no_room,    // the log is full: compact it, or give it more room
  busy,       // too much is waiting already
  stopped,    // a failed write or sync has stopped the replica
  superseded, // another leader's entry stands in its place, or may: the leader has changed
  too_large,  // one command of more bytes than the replica takes (replica_config::max_command_bytes)
  late,       // the time that the Timer allows for a request is over
};
inline constexpr refusal last_enumerator(refusal) { return refusal::late; }
constexpr char const* name_of(refusal r) {
  switch (r) {
  case refusal::not_leader: return "not_leader";
  case refusal::no_room: return "no_room";
  case refusal::busy: return "busy";
  case refusal::stopped: return "stopped";
  case refusal::superseded: return "superseded";
  case refusal::too_large: return "too_large";
  case refusal::late: return "late";
  }
  return "unknown";
}

// Events.
struct start {}; // once, before any other
struct propose { // `count` commands, whose bytes wait outside
  std::uint32_t count{};
};
// One configuration, whose bytes wait outside: a leader appends its entry. `fresh`: the places that it gives to
// members that did not have them. When one may be appended, the core does not see to yet: whoever asks for it
// does. No replica does.
struct configure {
  node_set<64> fresh{};
};
struct read { // `count` linearizable reads
  std::uint32_t count{};
};
// A snapshot that was fetched from the leader of `era` is complete, checksummed, durable, and the machine can read
// it. The core decides whether it is still wanted: then it writes its installation.
struct installable {
  stamp era{};
  snapshot_mark const& mark;
};
struct flush {}; // once a turn: emit what is due

// Outcomes. A protocol names those that its core tells.
template <class... T>
struct outcome_list {};
// One list of all that both have.
namespace detail {
template <class A, class B>
struct both_outcomes;
template <class... X, class... Y>
struct both_outcomes<outcome_list<X...>, outcome_list<Y...>> {
  using type = outcome_list<X..., Y...>;
};
} // namespace detail
template <class A, class B>
using joined_outcomes = typename detail::both_outcomes<A, B>::type;
struct proposed { // the commands now stand in the log; which says nothing about whether they will stay
  entry_run run{};
  friend constexpr bool operator==(proposed const&, proposed const&) = default;
};
struct proposal_refused {
  refusal reason{};
  friend constexpr bool operator==(proposal_refused const&, proposal_refused const&) = default;
};
struct committed { // all entries up to here
  log_index upto{};
  friend constexpr bool operator==(committed const&, committed const&) = default;
};
struct readable { // the first `upto` reads ever asked of this core may be answered once `index` is applied
  std::uint64_t upto{};
  log_index index{};
  friend constexpr bool operator==(readable const&, readable const&) = default;
};
struct reads_refused { // all reads asked and not yet readable
  friend constexpr bool operator==(reads_refused const&, reads_refused const&) = default;
};
// The leader has compacted what this node needs: a snapshot at or above `at` would do. Reported for each offer, so
// a host that fetches one already has nothing to do.
struct snapshot_wanted {
  log_index at{};
  friend constexpr bool operator==(snapshot_wanted const&, snapshot_wanted const&) = default;
};
struct more_due { // a second flush would emit more: take another turn soon
  friend constexpr bool operator==(more_due const&, more_due const&) = default;
};
// What a leader says can't be true unless some disk forgot what it had acknowledged. The replica must stop: an
// operator has to look (scenario L13).
struct contradiction {
  log_index at{};
  friend constexpr bool operator==(contradiction const&, contradiction const&) = default;
};

} // namespace quorate
