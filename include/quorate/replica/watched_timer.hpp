// A user's timer, and what policy/timing.hpp says that it must guarantee, asserted call by call: of a debug
// build's replica.
#pragma once

#include "quorate/policy/timing.hpp"

#include <cstddef>
#include <optional>
#include <type_traits>

namespace quorate {

// A replica has `Slots` timers.
template <class Timer, std::size_t Slots>
class watched_timer {
public:
  using time = typename Timer::time;

  explicit watched_timer(Timer const& t) : t_{t} {}

  void arm(std::size_t slot, timing how, time now) {
    armed_[slot] = true;
    armed_at_[slot] = now;
    due_[slot] = t_.after(how, now);
    t_.arm(slot, how, now);
  }
  void disarm(std::size_t slot) {
    armed_[slot] = false;
    t_.disarm(slot);
  }
  std::optional<time> deadline() const {
    auto const d = t_.deadline();
    for ([[maybe_unused]] std::size_t slot = 0; slot < Slots; ++slot)
      QUORATE_ASSERT(d || !armed_[slot], "Timer: deadline() must be given while a timer is armed, slot ", slot,
                     ", but there is none");
    return d;
  }
  std::optional<std::size_t> expired(time now) {
    auto const slot = t_.expired(now);
    if (!slot) return slot;
    QUORATE_ASSERT(*slot < Slots && armed_[*slot], "Timer: expired(", spoken(now),
                   ") must give a slot that is armed, but it gives slot ", *slot);
    QUORATE_ASSERT(!(now < due_[*slot]), "Timer: slot ", *slot, ", armed at ", spoken(armed_at_[*slot]),
                   ", must not expire before ", spoken(due_[*slot]), ", but expired(", spoken(now), ") gives it");
    armed_[*slot] = false;
    return slot;
  }
  time after(timing how, time now) const { return t_.after(how, now); }

private:
  // A time as far as a sentence can say it.
  static auto spoken(time const& t) {
    if constexpr (std::is_integral_v<time>)
      return t;
    else if constexpr (requires { requires std::is_integral_v<decltype(t.time_since_epoch().count())>; })
      return t.time_since_epoch().count();
    else
      return "a time";
  }

  Timer t_;
  bool armed_[Slots]{};
  time armed_at_[Slots]{};
  time due_[Slots]{}; // not before that
};

} // namespace quorate
