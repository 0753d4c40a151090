// What bent cores (mutant/without.hpp) are made of: sinks that change something on the way, and who is counted
// twice.
#pragma once

#include "quorate/core/entry.hpp"
#include "quorate/core/id.hpp"
#include "quorate/core/node_set.hpp"
#include "quorate/effect/event.hpp"
#include "quorate/effect/ticket.hpp"
#include "quorate/policy/timing.hpp"

namespace quorate {

// A sink that hands all on to another, for those that change something on the way.
template <class Out>
struct relay {
  Out& to;

  template <class Write>
  constexpr written write(Write const& w) {
    return to.write(w);
  }
  constexpr written latest() const { return to.latest(); }
  template <class M>
  constexpr void send(peer n, M const& m) {
    to.send(n, m);
  }
  template <class M>
  constexpr void send(peer n, M const& m, written after) {
    to.send(n, m, after);
  }
  template <class Timer>
  constexpr void arm(Timer t) {
    to.arm(t);
  }
  template <class Timer>
  constexpr void disarm(Timer t) {
    to.disarm(t);
  }
  template <class Timer>
  constexpr void arm_after(Timer t, timing how, written after) {
    to.arm_after(t, how, after);
  }
  template <class Outcome>
  constexpr void report(Outcome const& o) {
    to.report(o);
  }
};

// A sink that keeps all to itself.
struct silence : ticket_source {
  template <class Write>
  constexpr written write(Write const&) {
    return next();
  }
  template <class M>
  constexpr void send(peer, M const&) {}
  template <class M>
  constexpr void send(peer, M const&, written) {}
  template <class Timer>
  constexpr void arm(Timer) {}
  template <class Timer>
  constexpr void disarm(Timer) {}
  template <class Timer>
  constexpr void arm_after(Timer, timing, written) {}
  template <class Outcome>
  constexpr void report(Outcome const&) {}
};

// --- what leaders and followers of a replicated log bend alike

template <class Out>
struct reads_unrefused : relay<Out> {
  bool keeps;
  using relay<Out>::report;
  constexpr void report(reads_refused const& r) {
    if (!keeps) this->to.report(r);
  }
};
template <class Out>
struct elections_unmoved : relay<Out> {
  bool moves;
  template <class Timer>
  constexpr void arm(Timer t) {
    if (moves || t != Timer::election) this->to.arm(t);
  }
  template <class Timer>
  constexpr void arm_after(Timer t, timing how, written after) {
    if (moves || t != Timer::election) this->to.arm_after(t, how, after);
  }
};
// What a follower that commits all it has is told, and what it has written at last.
template <class Out, class Log>
struct trusting : relay<Out> {
  Log const& log;
  log_index told;
  log_index has{};
  using relay<Out>::write;
  constexpr written write(entry_run const& r) {
    has = r.last();
    return this->to.write(r);
  }
};

// Whom an answer of `n` counts for when nobody minds that it has answered before: then for another of `voters`.
template <class Nodes>
constexpr node_index counted_again(node_index n, Nodes answered, node_set<64> voters) {
  if (!answered.contains(n)) return n;
  auto others = voters.without(node_set<64>{answered.bits});
  others.for_each([&](node_index other) { n = other; });
  return n;
}
// The same where members have places.
template <class Nodes>
constexpr peer counted_again(peer p, Nodes answered, node_set<64> voters, configuration const& config) {
  return answered.contains(p.place) ? config.at(counted_again(p.place, answered, voters)) : p;
}

} // namespace quorate
