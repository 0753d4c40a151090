// The Timer policy: when the timers that a core asks for expire. It draws the jitter; the core draws nothing.
#pragma once

#include "quorate/core/config.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace quorate {

// How long a protocol wants a timer to run, in terms of the user's two settings.
enum class timing : std::uint8_t {
  election,  // T and up to T more, drawn anew when it has expired: two nodes seldom do together (Raft §3.4)
  contact,   // exactly T
  heartbeat, // the heartbeat interval
  request,   // how long a proposal or a read may wait for its outcome
  campaign,  // as `election`, but twice as long for each one before it in this slot, 16 times at the most
};

// `slot` numbers the timers of one node from 0; `now` never goes back. Called from one thread.
//
// | expression          | returns           | must guarantee                                                   |
// | T::time             | a regular, totally ordered type                                                      |
// | T{c}                | a copy: a replica keeps its own                                                      |
// | t.arm(slot, h, now) |                   | expired() will give `slot` once, at now + h or later; an earlier |
// |                     |                   | request for the same slot is forgotten                           |
// | t.disarm(slot)      |                   | it will not; and the next campaign in it is the first one again  |
// | c.deadline()        | optional<T::time> | no armed timer expires before this; nothing: none is armed       |
// | t.expired(now)      | optional<size_t>  | a slot whose time has come, the lowest of several; disarms it    |
// | c.after(h, now)     | T::time           | now + h, without jitter                                          |
// It may have one member more: c.misfit(), text, which says why its settings can't work; empty: they can. A
// replica with such a timer is stopped from the start, and its failure() is that text. Of every timer it asks
// whether 0 < heartbeat < T, and whether a request's time is above 0, by what `after` gives for time{}.
template <class T>
concept timer_policy = requires(T& t, T const& c, std::size_t slot, timing how, typename T::time now) {
  requires std::copy_constructible<T>;
  requires std::regular<typename T::time> && std::totally_ordered<typename T::time>;
  t.arm(slot, how, now);
  t.disarm(slot);
  { c.deadline() } -> std::same_as<std::optional<typename T::time>>;
  { t.expired(now) } -> std::same_as<std::optional<std::size_t>>;
  { c.after(how, now) } -> std::same_as<typename T::time>;
};

} // namespace quorate
