// The timer behind `manual` and `steady`: a handful of deadlines and a seeded generator for the jitter. It reads
// no clock: time is what the caller says it is.
#pragma once

#include "quorate/policy/timing.hpp"
#include "quorate/replica/sentence.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace quorate {

// Each is above 0 and at most a quarter of the largest Duration, so that no sum of times overflows. A timer with
// others says so by misfit(), and a replica is stopped from the start.
template <class Duration>
struct timer_settings {
  Duration election;  // T: at least several round trips and syncs
  Duration heartbeat; // well below T, a third or less
  Duration request;   // several T, so that a request outlives a change of leader
};

// `Ticks` turns a Duration into a count of the smallest unit and back, knows the largest, and prints one.
template <class Time, class Duration, class Ticks>
class jittered_timer {
public:
  using time = Time;
  using duration = Duration;
  using settings = timer_settings<Duration>;
  static constexpr std::size_t slot_count = 8;

  // Nodes must have different seeds, or they campaign together (scenario E18).
  jittered_timer(settings const& s, std::uint64_t seed) : settings_{s}, random_{mix(seed)} { draw(); }

  // What is wrong with the settings; empty: nothing.
  [[gnu::cold, gnu::noinline]] std::string misfit() const {
    auto const& s = settings_;
    for (auto const& [name, value] :
         {named{"election", s.election}, {"heartbeat", s.heartbeat}, {"request", s.request}})
      if (!(Duration{} < value) || longest() < value)
        return sentence({"timer_settings::", name, " is ", Ticks::text(value),
                         ": expected more than 0 and at most ", Ticks::text(longest()),
                         "; give a time between these"});
    if (s.heartbeat < s.election) return {};
    return sentence({"timer_settings::heartbeat is ", Ticks::text(s.heartbeat),
                     ": expected less than timer_settings::election, ", Ticks::text(s.election),
                     ", or followers would campaign against a leader that is alive; give a third of it or less"});
  }

  void arm(std::size_t slot, timing how, time now) {
    auto const due = how == timing::election   ? now + election_
                     : how == timing::campaign ? now + next_campaign(slot)
                                               : after(how, now);
    deadlines_[slot] = due;
    if (armed_ == 0 || due < next_) next_ = due;
    armed_ |= 1U << slot;
  }
  void disarm(std::size_t slot) {
    armed_ &= ~(1U << slot);
    campaigns_[slot] = 0;
  }

  // A bound, not always the least deadline: what was armed anew for later may wake its caller early, once.
  std::optional<time> deadline() const {
    if (armed_ == 0) return std::nullopt;
    return next_;
  }
  std::optional<std::size_t> expired(time now) {
    if (armed_ == 0 || now < next_) return std::nullopt;
    return take_expired(now);
  }
  time after(timing how, time now) const {
    switch (how) {
    case timing::heartbeat: return now + settings_.heartbeat;
    case timing::request: return now + settings_.request;
    case timing::election:
    case timing::contact:
    case timing::campaign: break;
    }
    return now + settings_.election;
  }

private:
  struct named {
    char const* name;
    Duration value;
  };
  static Duration longest() { return Ticks::most() / 4; }
  // Campaigns that fail one after the other wait longer each time: so slow disks and slow links get the time that
  // they need, and nodes that campaign together part.
  [[gnu::cold]] Duration next_campaign(std::size_t slot) {
    auto wait = election_;
    for (std::uint8_t n = 0; n < campaigns_[slot] && !(longest() < wait); ++n) wait = wait + wait;
    if (campaigns_[slot] < most_doublings) ++campaigns_[slot];
    return wait;
  }
  [[gnu::cold]] std::optional<std::size_t> take_expired(time now) {
    std::optional<std::size_t> found;
    std::optional<time> first;
    for (std::size_t i = 0; i < slot_count; ++i) {
      if (!is_armed(i)) continue;
      if (!found && !(now < deadlines_[i])) {
        armed_ &= ~(1U << i);
        draw();
        found = i;
      } else if (!first || deadlines_[i] < *first) {
        first = deadlines_[i];
      }
    }
    if (first) next_ = *first;
    return found;
  }
  bool is_armed(std::size_t i) const { return ((armed_ >> i) & 1U) != 0; }
  // 0..T in the smallest unit, both ends included: even a T of one unit leaves two outcomes.
  void draw() {
    auto const outcomes = Ticks::count(settings_.election) + 1;
    if (outcomes == 0 || longest() < settings_.election) return; // misfit() says so
    random_ ^= random_ << 13; // xorshift64 (Marsaglia): enough to part the nodes, and the same on every platform
    random_ ^= random_ >> 7;
    random_ ^= random_ << 17;
    election_ = settings_.election + Ticks::duration((random_ >> 11) % outcomes);
  }
  static std::uint64_t mix(std::uint64_t x) { // splitmix64: neighbouring seeds must not give neighbouring streams
    x += 0x9e3779b97f4a7c15U;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    x ^= x >> 31;
    return x == 0 ? 1 : x;
  }

  static constexpr std::uint8_t most_doublings = 4; // 16 times

  settings settings_;
  std::uint64_t random_;
  Duration election_{}; // T and the jitter, until the next expiry
  std::uint32_t armed_ = 0;
  time next_{}; // no armed deadline is before it
  time deadlines_[slot_count]{};
  std::uint8_t campaigns_[slot_count]{}; // in a row, up to most_doublings
};

} // namespace quorate
