// A node's clock: it never goes back, but it may run fast or slow, leap, or stand still.
#pragma once

#include "quorate/core/config.hpp"

#include <cstdint>

namespace quorate::sim {

class clock {
public:
  // What it shows at the true time `now`, which never falls.
  std::uint64_t at(std::uint64_t now) const { return now < thaw_ ? base_ : base_ + scaled(now - since_); }
  // The true time at which it will show `shown`, or later by less than two units of it. `now` if it does already.
  std::uint64_t when(std::uint64_t shown, std::uint64_t now) const {
    auto const from = now < thaw_ ? thaw_ : now;
    auto const there = at(from);
    return shown <= there ? (shown <= at(now) ? now : from) : from + (shown - there) * million / rate_ + 1;
  }

  // From now on a million true units are `rate` of its own.
  void run_at(std::uint64_t rate, std::uint64_t now) {
    settle(now);
    rate_ = rate;
  }
  void leap(std::uint64_t by, std::uint64_t now) {
    settle(now);
    base_ += by;
  }
  // Right from now on, whatever it shows.
  void mend(std::uint64_t now) {
    base_ = at(now), since_ = now, thaw_ = now;
    rate_ = million;
  }
  void freeze(std::uint64_t until, std::uint64_t now) {
    settle(now);
    if (until > thaw_) thaw_ = since_ = until;
  }

private:
  static constexpr std::uint64_t million = 1'000'000;
  std::uint64_t scaled(std::uint64_t d) const { return rate_ == million ? d : d * rate_ / million; }
  void settle(std::uint64_t now) {
    base_ = at(now);
    since_ = now < thaw_ ? thaw_ : now;
  }

  std::uint64_t base_ = 0; // what it showed, or will show, at since_
  std::uint64_t since_ = 0;
  std::uint64_t thaw_ = 0; // until then it stands at base_
  std::uint64_t rate_ = million;
};

} // namespace quorate::sim
