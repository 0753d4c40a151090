// check_timer: for each law there is a wrong timer that breaks just that and is told so.
#include "quorate/conform/timer.hpp"
#include "quorate/timer/manual.hpp"
#include "support/breaks_just.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace quorate {
namespace {

using check::timer_law;

// The manual timer, but for one law.
template <timer_law Broken>
class wrong_timer : public manual_timer {
public:
  using manual_timer::manual_timer;

  void arm(std::size_t slot, timing how, time now) {
    ghost_[slot].reset();
    if (Broken == timer_law::the_latest_request_counts && due_[slot]) ghost_[slot] = due_[slot];
    if (Broken == timer_law::none_expires_early && how == timing::contact) how = timing::heartbeat;
    if (Broken == timer_law::campaigns_back_off && how == timing::campaign) how = timing::election;
    lost_ = Broken == timer_law::armed_timers_expire && slot == 2 && how == timing::request;
    again_ = Broken == timer_law::none_expires_twice ? std::nullopt : again_;
    due_[slot] = manual_timer::after(how, now);
    manual_timer::arm(slot, how, now);
  }
  void disarm(std::size_t slot) {
    if (Broken == timer_law::disarmed_timers_do_not_expire) ghost_[slot] = due_[slot];
    due_[slot].reset();
    manual_timer::disarm(slot);
  }
  std::optional<time> deadline() const {
    auto d = manual_timer::deadline();
    if (Broken == timer_law::deadlines_are_there_just_if_armed && !d && due_[0]) return time{0};
    if (Broken == timer_law::no_deadline_is_late && d) ++*d;
    return d;
  }
  std::optional<std::size_t> expired(time now) {
    if (again_) return std::exchange(again_, std::nullopt);
    for (std::size_t i = 0; i < slot_count; ++i)
      if (ghost_[i] && *ghost_[i] <= now) return ghost_[i].reset(), i;
    auto e = manual_timer::expired(now);
    if (e == 2U && lost_) return manual_timer::arm(2, timing::request, now), std::nullopt;
    if (Broken == timer_law::the_lowest_slot_comes_first && e)
      if (auto const other = manual_timer::expired(now)) {
        manual_timer::arm(*e, timing::heartbeat, now - 3); // it expires with the next call
        e = other;
      }
    if (e && Broken != timer_law::deadlines_are_there_just_if_armed) due_[*e].reset();
    if (Broken == timer_law::none_expires_twice) again_ = e;
    return e;
  }
  time after(timing how, time now) const {
    return manual_timer::after(how, now) + (Broken == timer_law::after_is_the_time_itself ? 1 : 0);
  }

private:
  std::array<std::optional<time>, slot_count> due_{}, ghost_{};
  std::optional<std::size_t> again_{};
  bool lost_ = false;
};

// Whose copies all move the same hands.
template <>
class wrong_timer<timer_law::copies_are_on_their_own> {
public:
  using time = manual_timer::time;
  using settings = manual_timer::settings;
  wrong_timer(settings const& s, std::uint64_t seed) : hands_{std::make_shared<manual_timer>(s, seed)} {}
  void arm(std::size_t slot, timing how, time now) { hands_->arm(slot, how, now); }
  void disarm(std::size_t slot) { hands_->disarm(slot); }
  std::optional<time> deadline() const { return hands_->deadline(); }
  std::optional<std::size_t> expired(time now) { return hands_->expired(now); }
  time after(timing how, time now) const { return hands_->after(how, now); }

private:
  std::shared_ptr<manual_timer> hands_;
};
template <>
class wrong_timer<timer_law::two_nodes_seldom_expire_together> : public manual_timer {
public:
  wrong_timer(settings const& s, std::uint64_t) : manual_timer{s, 1} {}
};

TEST_CASE("each law of timers is missed when it is broken") {
  test::each_law_is_missed<timer_law, detail::enumerators<timer_law>()>(
      []<timer_law Broken>() { return check::check_timer<wrong_timer<Broken>>(); });
}

TEST_CASE("what is told of a wrong timer are the calls that led there, and not many of them") {
  auto const c = check::check_timer<wrong_timer<timer_law::none_expires_early>>();
  REQUIRE(c.broken.size() == 1);
  auto const& calls = c.broken[0].calls;
  CHECK(calls.find("for contact at ") != std::string::npos);
  CHECK(std::count(calls.begin(), calls.end(), ';') < 12);
}

} // namespace
} // namespace quorate
