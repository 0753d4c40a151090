// What is wrong with a Timer policy: one sentence for each requirement of policy/timing.hpp.
#pragma once

#include "quorate/policy/timing.hpp"
#include "quorate/replica/member_fit.hpp"

#include <concepts>
#include <cstddef>
#include <optional>

namespace quorate::detail {

namespace call {
template <class Time>
struct arm {
  auto operator()(auto& t, std::size_t slot, timing how, Time now) const -> decltype(t.arm(slot, how, now));
};
struct disarm {
  auto operator()(auto& t, std::size_t slot) const -> decltype(t.disarm(slot));
};
struct deadline {
  auto operator()(auto& t) const -> decltype(t.deadline());
};
template <class Time>
struct expired {
  auto operator()(auto& t, Time now) const -> decltype(t.expired(now));
};
template <class Time>
struct after {
  auto operator()(auto& t, timing how, Time now) const -> decltype(t.after(how, now));
};
} // namespace call

enum class timer_member { arm, disarm, deadline, expired, after };

template <class Timer, class Time>
consteval fault<timer_member> timer_fault() {
  using t = Timer;
  using m = timer_member;
  using some_time = same_as_type<std::optional<Time>>;
  return first_fault(
      fault{m::arm, judge<any_type, t, call::arm<Time>, std::size_t, timing, Time>()},
      fault{m::disarm, judge<any_type, t, call::disarm, std::size_t>()},
      fault{m::deadline, judge<some_time, t const, call::deadline>()},
      fault{m::expired, judge<same_as_type<std::optional<std::size_t>>, t, call::expired<Time>, Time>()},
      fault{m::after, judge<same_as_type<Time>, t const, call::after<Time>, timing, Time>()});
}

// Takes the place of a timer that does not fit; nothing of it is ever called.
template <class Time>
struct no_timer {
  using time = Time;
  no_timer() = default;
  template <class Timer>
  no_timer(Timer const&) {}
  void arm(std::size_t, timing, time);
  void disarm(std::size_t);
  std::optional<time> deadline() const;
  std::optional<std::size_t> expired(time);
  time after(timing, time) const;
};

template <class Time>
concept moment = std::regular<Time> && std::totally_ordered<Time>;

template <fault<timer_member> f>
struct why_no_timer {
  using m = timer_member;
  QUORATE_SAY_OF("Timer", arm, "arm(slot, how, now)", "void arm(std::size_t slot, timing, time now)");
  QUORATE_SAY_OF("Timer", disarm, "disarm(slot)", "void disarm(std::size_t slot)");
  QUORATE_SAY_OF("Timer", deadline, "deadline()", "std::optional<time> deadline() const");
  QUORATE_SAY_OF("Timer", expired, "expired(now)", "std::optional<std::size_t> expired(time now)");
  QUORATE_SAY_OF("Timer", after, "after(how, now)", "time after(timing, time now) const");
};

// `Say`: whether to say what is wrong.
template <class Timer, bool Say>
constexpr auto fitting_timer() {
  if constexpr (timer_policy<Timer>) {
    return type_is<Timer>{};
  } else if constexpr (!Say) {
    return type_is<no_timer<anything>>{};
  } else if constexpr (!requires { typename Timer::time; }) {
    static_assert(never<Timer>, "quorate: Timer: the type `time` is missing: what `now` is, a number of ticks or "
                                "a time_point");
    return type_is<no_timer<anything>>{};
  } else if constexpr (!moment<typename Timer::time>) {
    static_assert(never<Timer>, "quorate: Timer: `time` must be regular (default-constructible, copyable, ==) and "
                                "totally ordered (<, <=, >, >=)");
    return type_is<no_timer<anything>>{};
  } else if constexpr (!std::copy_constructible<Timer>) {
    static_assert(never<Timer>, "quorate: Timer: it must be copyable, for a replica keeps its own copy");
    return type_is<no_timer<typename Timer::time>>{};
  } else {
    (void)sizeof(why_no_timer<timer_fault<Timer, typename Timer::time>()>);
    return type_is<no_timer<typename Timer::time>>{};
  }
}

} // namespace quorate::detail
