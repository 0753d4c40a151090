// What a debug build's replica watches: the core's laws after each step, and what the user's storage and timer
// must guarantee. A release build watches nothing, and has nothing of this.
#pragma once

#include "quorate/core/breach.hpp"
#include "quorate/replica/watched_storage.hpp"
#include "quorate/replica/watched_timer.hpp"

#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace quorate {

// A storage that says `static constexpr bool is_judged = true` is watched by somebody else, who means to tell what
// is wrong and to go on: a simulator's.
template <class Storage>
inline constexpr bool is_watched = asserts && !requires {
  requires Storage::is_judged;
};

namespace detail {

template <class Storage>
using storage_in_use = std::conditional_t<is_watched<Storage>, watched_storage<Storage>, Storage&>;
template <class Core, class Storage, class Timer>
using timer_in_use = std::conditional_t<is_watched<Storage>, watched_timer<Timer, Core::timers>, Timer>;

template <class Storage>
Storage const& bare(Storage const& s) {
  return s;
}
template <class Storage>
Storage const& bare(watched_storage<Storage> const& s) {
  return s.bare();
}

// A core whose protocol says what is true of it at all times (raft/invariant.hpp); one that does not is fine.
template <class Core, class Log>
concept has_laws = requires(Core const& c, Log const& log, breach& b) {
  { holds(c.state(), log, b) } -> std::same_as<bool>;
  { follows(c.state(), log, c.state(), log, b) } -> std::same_as<bool>;
};

[[gnu::cold, gnu::noinline]] inline void tell_of(char const* protocol, breach const& b) {
  auto const values = text(b);
  QUORATE_ASSERT(!b, protocol, ": a core's law is broken: ", b.law, ": ", values.view());
  (void)protocol, (void)values;
}

// Calls step(), between two looks at the core. A write that has failed shows nothing of what a core believes.
template <class Core, class Storage, class Hands, class Step>
void watch(Core const& core, watched_storage<Storage>& storage, Hands const& hands, Step&& step) {
  auto const log = [&] { return std::as_const(storage).log(); };
  if constexpr (has_laws<Core, decltype(log())>) {
    auto const before = core;
    storage.look();
    step();
    if (hands.failed()) return;
    breach b;
    if (!holds(core.state(), log(), b) || !follows(before.state(), storage.before(), core.state(), log(), b))
      tell_of(Core::protocol_name, b);
  } else {
    step();
  }
}

} // namespace detail
} // namespace quorate
