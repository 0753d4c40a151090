// The laws of the Timer policy (policy/timing.hpp), tried in random lives: four timers of a node are armed,
// disarmed and asked for, while a model knows when each of them is due.
#pragma once

#include "quorate/conform/report.hpp"
#include "quorate/core/enumerators.hpp"
#include "quorate/policy/timing.hpp"
#include "quorate/sim/fitting.hpp"
#include "quorate/sim/random.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quorate::check {

enum class timer_law : std::uint8_t {
  after_is_the_time_itself, // now + h: no jitter
  armed_timers_expire,      // at now + h, the jittered one by now + 2T
  none_expires_early,       // before now + h
  none_expires_twice,       // unless it is armed again
  disarmed_timers_do_not_expire,
  campaigns_back_off,          // in a slot: twice as long each time, 16 times at the most, until it is disarmed
  the_latest_request_counts,   // arming anew forgets the earlier one, whether that was for sooner or later
  the_lowest_slot_comes_first, // of several that have expired
  deadlines_are_there_just_if_armed,
  no_deadline_is_late,              // no armed timer expires before the deadline that was told
  copies_are_on_their_own,          // as their original was, and what is done to one is not done to the other
  two_nodes_seldom_expire_together, // elections: made for other nodes, timers draw otherwise
};
constexpr std::string_view name_of(timer_law l) { return detail::name_among(l); }

struct timer_trials {
  std::uint64_t lives = 400;
  std::uint64_t steps = 120; // of the longest life; the first ones are short, and so is what they tell
};

namespace conform_detail {

// T is 10 units, a heartbeat 3 and a request 1000 of them.
inline constexpr sim::timings timer_units{10, 3, 1000};
inline std::uint64_t least_of(timing how) {
  return how == timing::heartbeat ? timer_units.heartbeat
         : how == timing::request ? timer_units.request
                                  : timer_units.election;
}
inline constexpr std::uint64_t most_doublings = 4;
inline char const* text(timing how) {
  constexpr char const* names[] = {"election", "contact", "heartbeat", "request", "campaign"};
  return names[static_cast<std::size_t>(how)];
}

template <timer_policy T, class Fitting>
class timer_life {
public:
  static constexpr std::size_t slot_count = 4;
  timer_life(std::uint64_t seed, conformance& out)
      : timer_{Fitting::make(timer_units, seed)}, any_{seed, 1}, out_{out} {}

  void live(std::uint64_t steps) {
    for (; steps > 0 && sound_; --steps) {
      step();
      if (sound_) check_deadline();
      if (sound_) poll();
    }
  }

private:
  struct slot_model {
    bool armed = false;
    std::uint64_t least = 0, most = 0;        // when it is due
    std::uint64_t campaigns = 0;              // in a row
    bool backs_off = false;                   // it was armed for a campaign that was not the first in a row
    std::optional<std::uint64_t> forgotten{}; // when an earlier request would have been
    enum class fate : std::uint8_t { idle, expired, disarmed } was{};
  };
  auto at(std::uint64_t n) const { return Fitting::at(n); }
  static std::string number(std::uint64_t n) { return std::to_string(n); }
  void breach(timer_law law, std::string expected, std::string came) {
    out_.note(name_of(law), std::move(expected), std::move(came), calls_);
    sound_ = false;
  }
  void call(std::string const& what) { calls_ += (calls_.empty() ? "" : "; ") + what; }

  void step() {
    auto const slot = static_cast<std::size_t>(any_.below(slot_count));
    switch (any_.below(6)) {
    case 0: return disarm(slot);
    case 1:
    case 2: return arm(slot, static_cast<timing>(any_.below(5)));
    case 3: return any_.below(4) == 0 ? copy() : void();
    default: now_ += any_.below(8) != 0 ? any_.below(4) : any_.below(4) != 0 ? any_.below(30) : any_.below(1100);
    }
  }
  void arm(std::size_t slot, timing how) {
    call("arm " + number(slot) + " for " + text(how) + " at " + number(now_));
    timer_.arm(slot, how, at(now_));
    auto& m = model_[slot];
    m.forgotten = m.armed ? std::optional{m.least} : std::nullopt;
    m.backs_off = how == timing::campaign && m.campaigns > 0;
    auto const times = how == timing::campaign ? std::uint64_t{1} << (std::min)(m.campaigns++, most_doublings) : 1;
    auto const jitter = how == timing::election || how == timing::campaign ? timer_units.election : 0;
    m.armed = true, m.least = now_ + least_of(how) * times, m.most = m.least + jitter * times;
    check_after(how);
  }
  void disarm(std::size_t slot) {
    call("disarm " + number(slot));
    timer_.disarm(slot);
    if (model_[slot].armed) model_[slot].was = slot_model::fate::disarmed;
    model_[slot].armed = false, model_[slot].campaigns = 0;
  }
  void check_after(timing how) {
    if (timer_.after(how, at(now_)) != at(now_ + least_of(how)))
      breach(timer_law::after_is_the_time_itself,
             std::string{"after("} + text(how) + ", " + number(now_) + ") to be " + number(now_ + least_of(how)),
             "another time");
  }
  // A copy knows what its original does, and all that it is told is nothing to that.
  void copy() {
    call("copy, and disarm the copy");
    auto const before = timer_.deadline();
    T other{std::as_const(timer_)};
    bool const alike = other.deadline() == before;
    for (std::size_t i = 0; i < slot_count; ++i) other.disarm(i);
    if (!alike || timer_.deadline() != before)
      breach(timer_law::copies_are_on_their_own,
             "the deadline of the copy, and afterwards the timer's, to be the same",
             alike ? "another one of the timer's" : "another one of the copy's");
  }

  bool any_armed() const {
    return std::any_of(model_, model_ + slot_count, [](auto const& m) { return m.armed; });
  }
  void check_deadline() {
    deadline_ = timer_.deadline();
    if (deadline_.has_value() != any_armed())
      return breach(timer_law::deadlines_are_there_just_if_armed,
                    any_armed() ? "a deadline" : "no deadline, since nothing is armed",
                    any_armed() ? "none" : "one");
    for (std::size_t i = 0; i < slot_count; ++i)
      if (auto const& m = model_[i]; m.armed && at(m.most) < *deadline_)
        return breach(timer_law::no_deadline_is_late,
                      "a deadline not behind " + number(m.most) + ", when " + number(i) + " is due",
                      "a later one");
  }

  void poll() {
    while (sound_) {
      auto const e = timer_.expired(at(now_));
      if (!e) break;
      call(number(*e) + " expires at " + number(now_));
      if (*e >= slot_count || !model_[*e].armed) return not_armed(*e);
      expire(*e);
    }
    for (std::size_t i = 0; i < slot_count && sound_; ++i)
      if (model_[i].armed && model_[i].most <= now_)
        breach(model_[i].backs_off ? timer_law::campaigns_back_off : timer_law::armed_timers_expire,
               number(i) + " to expire by " + number(model_[i].most), "nothing at " + number(now_));
  }
  void not_armed(std::size_t slot) {
    using fate = typename slot_model::fate;
    auto const was = slot < slot_count ? model_[slot].was : fate::idle;
    breach(was == fate::disarmed ? timer_law::disarmed_timers_do_not_expire : timer_law::none_expires_twice,
           number(slot) + " not to expire", "that it does, at " + number(now_));
  }
  void expire(std::size_t slot) {
    auto& m = model_[slot];
    if (now_ < m.least)
      return breach(m.backs_off                           ? timer_law::campaigns_back_off
                    : m.forgotten && *m.forgotten <= now_ ? timer_law::the_latest_request_counts
                                                          : timer_law::none_expires_early,
                    number(slot) + " not to expire before " + number(m.least), "that it does, at " + number(now_));
    if (deadline_ && at(now_) < *deadline_)
      return breach(timer_law::no_deadline_is_late, "nothing to expire before the deadline that was told",
                    number(slot) + " at " + number(now_));
    for (std::size_t i = 0; i < slot; ++i)
      if (model_[i].armed && model_[i].most <= now_)
        return breach(timer_law::the_lowest_slot_comes_first, number(i) + " before " + number(slot),
                      number(slot) + " first, at " + number(now_));
    m.armed = false, m.was = slot_model::fate::expired;
  }

  T timer_;
  sim::stream any_;
  conformance& out_;
  slot_model model_[slot_count]{};
  std::uint64_t now_ = 1000;
  std::optional<typename T::time> deadline_{};
  std::string calls_{};
  bool sound_ = true;
};

// When a timer made for this node first wants to elect, in units.
template <timer_policy T, class Fitting>
std::uint64_t first_election(std::uint64_t seed) {
  T t{Fitting::make(timer_units, seed)};
  t.arm(0, timing::election, Fitting::at(0));
  std::uint64_t now = 0;
  while (now <= 3 * timer_units.election && !t.expired(Fitting::at(now))) ++now;
  return now;
}

} // namespace conform_detail

// Tries a timer. `Fitting` says how it is made, for a node's seed, and what its moments are: as for the simulator
// (sim/fitting.hpp, timer_fitting), which fits timers like ours. The first life that goes wrong is the last: what
// follows from a broken law is not told as another.
template <timer_policy T, class Fitting = sim::timer_fitting<T>>
conformance check_timer(timer_trials const& trials = {}) {
  conformance result{.policy = "timer"};
  for (std::uint64_t seed = 1; seed <= trials.lives && result; ++seed, ++result.cases)
    conform_detail::timer_life<T, Fitting>{seed, result}.live((std::min)(4 + seed, trials.steps));
  bool differ = false;
  auto const first = conform_detail::first_election<T, Fitting>(1);
  for (std::uint64_t seed = 2; seed <= 8; ++seed)
    differ = differ || conform_detail::first_election<T, Fitting>(seed) != first;
  if (!differ)
    result.note(name_of(timer_law::two_nodes_seldom_expire_together),
                "the timers of eight nodes not to want an election all at one time",
                "all " + std::to_string(first) + " units after they were armed");
  return result;
}

} // namespace quorate::check
