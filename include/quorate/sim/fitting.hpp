// How the simulator gets hold of a user's policies. Each of these may be specialised for a type that needs it.
#pragma once

#include "quorate/effect/event.hpp"
#include "quorate/policy/storage.hpp"
#include "quorate/storage/memory.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>

namespace quorate::sim {

// The three settings of a Timer, in microseconds.
struct timings {
  std::uint64_t election = 1'000'000;
  std::uint64_t heartbeat = 200'000;
  std::uint64_t request = 4'000'000;
};

// A Storage: made empty, robbed of power, and closed and opened again. `entries` is how many it should hold at
// most. Both endings raise the incarnation, and both begin the count of writes anew.
template <class Storage>
struct storage_fitting {
  static Storage make(store_identity const& identity, std::size_t entries) {
    return Storage{memory_options{.identity = identity, .entries = entries, .bytes = 4096}};
  }
  static void crash(Storage& s) { s.crash(); } // what no sync has covered is gone
  static void reopen(Storage& s) { s.reopen(); }
};

// A Timer, and its time as microseconds.
template <class Timer>
struct timer_fitting {
  using time = typename Timer::time;
  static Timer make(timings const& t, std::uint64_t seed) {
    typename Timer::settings settings{span(t.election), span(t.heartbeat), span(t.request)};
    return Timer{settings, seed};
  }
  static time at(std::uint64_t us) {
    if constexpr (std::integral<time>)
      return static_cast<time>(us);
    else
      return time{span(us)};
  }
  static std::uint64_t of(time t) {
    if constexpr (std::integral<time>)
      return static_cast<std::uint64_t>(t);
    else
      return static_cast<std::uint64_t>(t.time_since_epoch().count()) / per_us();
  }

private:
  static auto span(std::uint64_t us) {
    if constexpr (std::integral<time>)
      return static_cast<time>(us);
    else
      return typename time::duration{static_cast<typename time::rep>(us * per_us())};
  }
  static constexpr std::uint64_t per_us() { return time::period::den / 1'000'000; }
};

// A command that carries a number of the simulator's, and gives it back.
template <class Messages>
struct command_fitting {
  using command = typename Messages::command;
  static command make(std::uint64_t number) { return command{number}; }
  static std::uint64_t number(command const& c) { return static_cast<std::uint64_t>(c); }
};

} // namespace quorate::sim
