// What a Paxos core is told and what it tells, beside messages and writes; and where its effects go.
#pragma once

#include "quorate/effect/event.hpp"
#include "quorate/effect/sink.hpp"
#include "quorate/paxos/message.hpp"
#include "quorate/paxos/options.hpp"

#include <concepts>
#include <cstdint>

namespace quorate::paxos {

// --- events, beside from<M>, `start` and an expired timer

template <class Value>
struct propose_value { // have a value chosen: this one, unless another may have been already
  Value value{};
};
struct edit {}; // a register: make a change, which the core asks for once it knows what to change
template <class Value>
struct changed { // the answer to change{at, current}
  ballot at{};
  Value value{};
};
struct withdraw {}; // a register: its user waits no longer

// --- outcomes. Each propose_value gets one of decided, proposal_refused and exhausted; each edit one of
// rewritten, unsettled, withdrawn, proposal_refused and exhausted.

template <class Value>
struct decided { // a proposer: this value is chosen, and no other ever will be
  ballot at{};
  Value value{};
  friend constexpr bool operator==(decided const&, decided const&) = default;
};
template <class Value>
struct learned { // a learner: the same, once
  ballot at{};
  Value value{};
  friend constexpr bool operator==(learned const&, learned const&) = default;
};
template <class Value>
struct change { // a register: what is `current` to become? To be answered by changed{at, ...}, after the step
  ballot at{};
  Value current{}; // Value{} when nothing was ever written
  friend constexpr bool operator==(change const&, change const&) = default;
};
template <class Value>
struct rewritten { // a register: `before` became `value`, or, when they are equal, was read
  ballot at{};
  Value before{};
  Value value{};
  friend constexpr bool operator==(rewritten const&, rewritten const&) = default;
};
template <class Value>
struct unsettled { // a register: whether `before` became `value` can't be known here, and is not tried again
  ballot at{};
  Value before{};
  Value value{};
  friend constexpr bool operator==(unsettled const&, unsettled const&) = default;
};
struct withdrawn { // a register: the change was not made, and will not be
  friend constexpr bool operator==(withdrawn const&, withdrawn const&) = default;
};
struct exhausted { // no ballot is left that was not used; nothing can be proposed from here again
  friend constexpr bool operator==(exhausted const&, exhausted const&) = default;
};
// Two values at one ballot, or two that were chosen: some disk has forgotten what was promised, or a proposer its
// floor. Nothing was overwritten; an operator has to look (scenario P6).
struct conflict {
  ballot at{};
  friend constexpr bool operator==(conflict const&, conflict const&) = default;
};

template <class... T>
struct write_list {};

// The effects' destination (effect/sink.hpp) as Paxos' roles use it. What is sent to oneself is always binding: it
// waits in the outbox and comes back as an event, as others' messages do (scenario P24).
template <class Out, class Value>
concept effect_sink = requires(Out& out, peer to, timer t) {
  { out.write(acceptor_record<Value>{}) } -> std::same_as<written>;
  { out.write(ballot_floor{}) } -> std::same_as<written>;
  { out.latest() } -> std::same_as<written>;
  out.send(to, prepare{}, out.latest());
  out.send(to, refused{});
  out.arm(t);
  out.disarm(t);
  out.report(conflict{});
};

} // namespace quorate::paxos
