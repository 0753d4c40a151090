// Multi-Paxos' messages (Paxos Made Moderately Complex: p1a, p1b, p2a, p2b), each with its strength. Ballots are
// stamps. Every message names the configuration that it was said under by its number, the slot of its entry: a set
// of voters may come back, and would then be taken for the old one. Entries travel beside accept and fetched, as
// payloads; a promise carries none.
#pragma once

#include "quorate/core/entry.hpp"
#include "quorate/effect/strength.hpp"
#include "quorate/message/fields.hpp"

#include <cstdint>

namespace quorate::multi_paxos {

// "Would you promise that ballot?" Raises nobody's promise: a node that can't win must not disturb (Raft §9.6).
struct canvass {
  static constexpr quorate::strength says = quorate::strength::advisory;
  stamp ballot{};
  log_index first{}; // of the slots that it would prepare
  std::uint64_t config{};
  using fields = field_list<field<"ballot", &canvass::ballot>, field<"first", &canvass::first>,
                            field<"config", &canvass::config>>;
  friend constexpr bool operator==(canvass const&, canvass const&) = default;
};
struct canvass_granted {
  static constexpr quorate::strength says = quorate::strength::advisory;
  stamp ballot{}; // as it was asked
  std::uint64_t config{};
  using fields = field_list<field<"ballot", &canvass_granted::ballot>, field<"config", &canvass_granted::config>>;
  friend constexpr bool operator==(canvass_granted const&, canvass_granted const&) = default;
};

// Phase 1a, for all slots from `first` on. Binding: it claims a new ballot, which its owner must never use twice
// (scenario P18). Sent again with a later `first` it asks for the next votes.
struct prepare {
  static constexpr quorate::strength says = quorate::strength::binding;
  stamp ballot{};
  log_index first{};
  std::uint64_t config{};
  using fields = field_list<field<"ballot", &prepare::ballot>, field<"first", &prepare::first>,
                            field<"config", &prepare::config>>;
  friend constexpr bool operator==(prepare const&, prepare const&) = default;
};

// Phase 1b: "I will accept nothing below that ballot, and this is what I voted for from `first` on": a run of
// `count` slots that share the ballot of the vote (zero: no vote) and the kind. `count` 0: nothing from there on.
// What is chosen up to `commit` is chosen whatever its ballot; below `kept` nothing is known any more
// (scenario P41).
struct promise {
  static constexpr quorate::strength says = quorate::strength::binding;
  stamp ballot{};
  log_index first{};
  log_index kept{};
  log_index commit{};
  stamp voted{};
  std::uint32_t count{};
  entry_kind kind{};
  std::uint64_t config{};
  using fields = field_list<field<"ballot", &promise::ballot>, field<"first", &promise::first>,
                            field<"kept", &promise::kept>, field<"commit", &promise::commit>,
                            field<"voted", &promise::voted>, field<"count", &promise::count>,
                            field<"kind", &promise::kind>, field<"config", &promise::config>>;
  friend constexpr bool operator==(promise const&, promise const&) = default;
};

// "Your ballot is below what I have promised." To a canvass, a prepare, an accept or a heartbeat.
struct refused {
  static constexpr quorate::strength says = quorate::strength::advisory;
  stamp ballot{}; // as it was asked (scenario P28)
  stamp promised{};
  std::uint64_t config{};
  using fields = field_list<field<"ballot", &refused::ballot>, field<"promised", &refused::promised>,
                            field<"config", &refused::config>>;
  friend constexpr bool operator==(refused const&, refused const&) = default;
};

// "Give me the values that you voted for there": after phase 1, of what its sender must propose and has not.
struct fetch {
  static constexpr quorate::strength says = quorate::strength::advisory;
  stamp ballot{};
  log_index first{};
  std::uint32_t count{};
  stamp voted{};
  std::uint64_t config{};
  using fields =
      field_list<field<"ballot", &fetch::ballot>, field<"first", &fetch::first>, field<"count", &fetch::count>,
                 field<"voted", &fetch::voted>, field<"config", &fetch::config>>;
  friend constexpr bool operator==(fetch const&, fetch const&) = default;
};
struct fetched {
  static constexpr quorate::strength says = quorate::strength::advisory;
  stamp ballot{};
  log_index first{};
  std::uint32_t count{};
  stamp voted{};
  entry_kind kind{};
  std::uint64_t config{};
  constexpr entry_run entries() const { return {first, count, voted, kind}; }
  using fields = field_list<field<"ballot", &fetched::ballot>, field<"first", &fetched::first>,
                            field<"count", &fetched::count>, field<"voted", &fetched::voted>,
                            field<"kind", &fetched::kind>, field<"config", &fetched::config>>;
  friend constexpr bool operator==(fetched const&, fetched const&) = default;
};

// Phase 2a, for `count` slots from `first` on, all of one kind. With none: "say again what you hold from `first`
// on", which the leader asks when it may have missed an acknowledgement. `voted` is `ballot`; if it is an older
// one, the slots are at or below `commit`, so they are chosen, and this teaches them. Advisory: the ballot became
// durable before its owner could lead, and a leader's own vote counts only by its own answer.
struct accept {
  static constexpr quorate::strength says = quorate::strength::advisory;
  stamp ballot{};
  stamp voted{};
  log_index first{};
  log_index commit{};
  std::uint64_t config{};
  std::uint32_t count{};
  entry_kind kind{};
  constexpr entry_run entries() const { return {first, count, voted, kind}; }
  constexpr log_index last_index() const { return first + count - 1; }
  using fields =
      field_list<field<"ballot", &accept::ballot>, field<"voted", &accept::voted>, field<"first", &accept::first>,
                 field<"commit", &accept::commit>, field<"config", &accept::config>,
                 field<"count", &accept::count>, field<"kind", &accept::kind>>;
  friend constexpr bool operator==(accept const&, accept const&) = default;
};

// Phase 2b: "I hold your values of first..first+count-1, durably." Answers `answered` accepts at once. A leader
// says it to itself as well.
struct accepted {
  static constexpr quorate::strength says = quorate::strength::binding;
  stamp ballot{};
  log_index first{};
  std::uint64_t config{};
  std::uint32_t count{};
  std::uint8_t answered{};
  using fields = field_list<field<"ballot", &accepted::ballot>, field<"first", &accepted::first>,
                            field<"config", &accepted::config>, field<"count", &accepted::count>,
                            field<"answered", &accepted::answered>>;
  // True, and this one says all that `earlier` says too; false if one message can't.
  constexpr bool take_in(accepted const& earlier) {
    bool const goes_on = earlier.first + earlier.count == first && earlier.count + count >= count;
    if (earlier.ballot != ballot || earlier.config != config || !goes_on || earlier.answered + answered > 0xff)
      return false;
    first = earlier.first, count += earlier.count;
    answered = static_cast<std::uint8_t>(answered + earlier.answered);
    return true;
  }
  friend constexpr bool operator==(accepted const&, accepted const&) = default;
};

// "I lead." `round` numbers the rounds of reads that its answer confirms.
struct heartbeat {
  static constexpr quorate::strength says = quorate::strength::advisory;
  stamp ballot{};
  log_index commit{};
  std::uint64_t round{};
  std::uint64_t config{};
  std::uint8_t beat{}; // the heartbeat's own number (log/leading.hpp)
  using fields = field_list<field<"ballot", &heartbeat::ballot>, field<"commit", &heartbeat::commit>,
                            field<"round", &heartbeat::round>, field<"config", &heartbeat::config>,
                            field<"beat", &heartbeat::beat>>;
  friend constexpr bool operator==(heartbeat const&, heartbeat const&) = default;
};
// "You do, and I hold all your values up to `verified`", perhaps not yet durably: it moves what is sent next, and
// counts for nothing.
struct heartbeat_answer {
  static constexpr quorate::strength says = quorate::strength::advisory;
  stamp ballot{};
  log_index verified{};
  std::uint64_t round{};
  std::uint64_t config{};
  std::uint8_t beat{};
  using fields =
      field_list<field<"ballot", &heartbeat_answer::ballot>, field<"verified", &heartbeat_answer::verified>,
                 field<"round", &heartbeat_answer::round>, field<"config", &heartbeat_answer::config>,
                 field<"beat", &heartbeat_answer::beat>>;
  friend constexpr bool operator==(heartbeat_answer const&, heartbeat_answer const&) = default;
};

// "That was said in another configuration. Mine is `config`, and I know the slots up to `chosen` to be chosen."
// Who hears of a later one than its own can't win a campaign in its own.
struct other_configuration {
  static constexpr quorate::strength says = quorate::strength::advisory;
  stamp ballot{}; // as it was asked
  log_index chosen{};
  std::uint64_t config{};
  using fields =
      field_list<field<"ballot", &other_configuration::ballot>, field<"chosen", &other_configuration::chosen>,
                 field<"config", &other_configuration::config>>;
  friend constexpr bool operator==(other_configuration const&, other_configuration const&) = default;
};

// "What you need is compacted here, up to `last`: fetch a snapshot." Who knows that slot to be chosen says so in
// its next answer to a heartbeat.
struct offer_snapshot {
  static constexpr quorate::strength says = quorate::strength::advisory;
  stamp ballot{};
  log_index last{};
  stamp voted{}; // the ballot of the sender's vote there
  std::uint64_t config{};
  using fields = field_list<field<"ballot", &offer_snapshot::ballot>, field<"last", &offer_snapshot::last>,
                            field<"voted", &offer_snapshot::voted>, field<"config", &offer_snapshot::config>>;
  friend constexpr bool operator==(offer_snapshot const&, offer_snapshot const&) = default;
};

} // namespace quorate::multi_paxos
