// Where a core's effects go. A sink numbers the writes and sees to it that whoever asserts something shows the
// ticket of the write that will make it remember.
#pragma once

#include "quorate/core/entry.hpp"
#include "quorate/core/never.hpp"
#include "quorate/effect/strength.hpp"
#include "quorate/effect/ticket.hpp"

#include <concepts>

namespace quorate {

// The face that cores see; every sink derives from it. `Derived` carries out what it is told, at once or later:
//
//   accept(write)                one of the protocol's writes, in order: its hard state, entry_run ...
//   advise(to, message)          an advisory message
//   bind(to, message, written)   a binding one: not to be sent before that write is durable
//
// and takes the protocol's other effects (arm, disarm, commit ...) itself. Nothing here throws or calls the core.
// It may have arm_later(timer, timing, written), which is what arm_after() below says; without it the timer is
// armed at once, as if every write were durable at once.
template <class Derived>
class sink : public ticket_source {
public:
  // Hands a write over. Writes are numbered in order; none is durable before those handed over earlier.
  template <class Write>
  [[gnu::always_inline]] constexpr written write(Write const& w) {
    static_cast<Derived*>(this)->accept(w);
    return this->next();
  }

  // `to` is a peer, and no place alone: what waits must not reach who has that place later.
  template <std::same_as<peer> To, advisory_message M>
  constexpr void send(To to, M const& m) {
    static_cast<Derived*>(this)->advise(to, m);
  }
  template <std::same_as<peer> To, binding_message M>
  constexpr void send(To to, M const& m, written after) {
    static_cast<Derived*>(this)->bind(to, m, after);
  }

  // Arms a timer that begins to run when that write is durable; `how` takes the place of its usual timing. What is
  // armed or disarmed later, while it waits, takes its place. While it waits, the timer does not expire.
  template <class Timer, class Timing>
  constexpr void arm_after(Timer t, Timing how, written after) {
    auto& derived = static_cast<Derived&>(*this);
    if constexpr (requires { derived.arm_later(t, how, after); })
      derived.arm_later(t, how, after);
    else
      derived.arm(t);
  }

  template <std::same_as<peer> To, binding_message M>
  constexpr void send(To, M const&) {
    static_assert(detail::never<M>, "quorate: a binding message needs the ticket of the write that it asserts: "
                                    "send(to, message, out.write(...)), or out.latest() if it has none of "
                                    "its own");
  }
  template <std::same_as<peer> To, advisory_message M>
  constexpr void send(To, M const&, written) {
    static_assert(detail::never<M>, "quorate: an advisory message asserts nothing and waits for no write: "
                                    "send(to, message)");
  }
};

} // namespace quorate
