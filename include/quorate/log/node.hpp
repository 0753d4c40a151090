// What every core of a replicated log has, whatever its protocol: a state, and what it tells of itself.
#pragma once

#include "quorate/core/entry.hpp"
#include "quorate/effect/event.hpp"
#include "quorate/effect/ticket.hpp"
#include "quorate/log/role.hpp"

#include <concepts>
#include <cstddef>

namespace quorate {

// The effects' destination (effect/sink.hpp) as such a core uses it.
template <class Out, class Hard>
concept log_sink = requires(Out& out, timer t) {
  { out.write(Hard{}) } -> std::same_as<written>;
  { out.write(entry_run{}) } -> std::same_as<written>;
  { out.latest() } -> std::same_as<written>;
  out.arm(t);
  out.disarm(t);
  out.arm_after(t, timing::campaign, out.latest());
  out.report(committed{});
};

// Of the protocol's core this is a base; the core adds its steps.
template <class State>
class log_node {
public:
  using options = typename State::options;
  using timer = quorate::timer;
  static constexpr std::size_t timers = quorate::timers;
  static constexpr timing timing_of(timer t) { return quorate::timing_of(t); }

  constexpr State const& state() const { return s_; }
  constexpr node_index self() const { return s_.self; }
  constexpr peer me() const { return s_.me(); }
  constexpr bool campaigns() const { return s_.is != role::follower; } // or leads already
  constexpr bool leads() const { return s_.is == role::leader; }
  constexpr node_index leader() const { return s_.leader.place; } // no_node: none is known, or not its place
  constexpr stamp era() const { return s_.era(); }                // of that leader
  constexpr log_index commit_index() const { return s_.commit; }

  friend constexpr bool operator==(log_node const&, log_node const&) = default;

protected:
  State s_{};
};

} // namespace quorate
