// Who takes part in a decision, and Paxos' options by keyword.
#pragma once

#include "quorate/core/entry.hpp"
#include "quorate/core/node_set.hpp"
#include "quorate/policy/keyword.hpp"
#include "quorate/policy/timing.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace quorate::paxos {

// Who plays which role, by place. Fixed: a decision has one roster, the same on all nodes. Places at or above
// limits' `nodes` take no part.
struct roster {
  node_set<64> proposers{};
  node_set<64> acceptors{};
  node_set<64> learners{};
  node_set<64> distinguished{}; // of the learners; asked for by learning<distinguished> only

  // Every role on each of n nodes; the first one is the distinguished learner.
  static constexpr roster of(std::size_t n) {
    auto const all = node_set<64>::first(n);
    return {all, all, all, node_set<64>::first(1)};
  }
  friend constexpr bool operator==(roster const&, roster const&) = default;
};

// How learners learn (§2.3). `broadcast`: acceptors tell each of them. `distinguished`: acceptors tell a few, and
// these the others: fewer messages, a round trip more, and somebody whose failure is felt.
enum class telling : std::uint8_t { broadcast, distinguished };
inline constexpr telling broadcast = telling::broadcast;
inline constexpr telling distinguished = telling::distinguished;
template <telling How>
struct learning {
  using axis = struct learning_axis;
  static constexpr telling value = How;
};

template <bool On> // phase 2 asks a quorum of those who promised; the others only when a timer says so
struct thrifty : switched<struct thrifty_axis, On> {};
// A register that is changed again and again (CASPaxos, Rystsov 2018), not a value that is decided once.
template <bool On>
struct rewritable : switched<struct rewritable_axis, On> {};
// The durable floor of ballots is raised so many rounds at a time: one write for as many attempts, and a restart
// skips what is left of them.
template <std::uint64_t Rounds>
struct ballots_ahead {
  static_assert(Rounds >= 1, "quorate: paxos: ballots_ahead: at least the round to be used must be covered");
  static_assert(Rounds <= std::uint64_t{1} << 32,
                "quorate: paxos: ballots_ahead: at most 2^32, because each restart skips as many of 2^56 rounds");
  using axis = struct ballots_ahead_axis;
  static constexpr std::uint64_t value = Rounds;
};

// `resend` says again what was not answered; `backoff` begins anew, after jitter, when another was in the way;
// `inquiry` asks what a learner has missed.
enum class timer : std::uint8_t { resend, backoff, inquiry };
inline constexpr std::size_t timers = 3;
constexpr timing timing_of(timer t) { return t == timer::resend ? timing::heartbeat : timing::election; }

namespace keywords_detail {
using axes = ::quorate::detail::axes<quorum_axis, limits_axis, learning_axis, thrifty_axis, rewritable_axis,
                                     ballots_ahead_axis>;
// Says what is wrong with value and keywords, by itself: a class with an error in it would bring others.
template <class Value, class... Keywords>
constexpr auto say_what_options() {
  (void)(sizeof(Keywords) + ... + 0); // what a keyword says of itself comes first
  static_assert(std::regular<Value> && std::is_trivially_copyable_v<Value>,
                "quorate: paxos: a value must be regular and trivially copyable: a number, fixed bytes, or a "
                "handle into a storage of yours");
  static_assert(axes::know<Keywords...>, "quorate: paxos: not one of its keywords, which are quorum, limits, "
                                         "learning, thrifty, rewritable and ballots_ahead");
  static_assert(axes::answered_once<Keywords...>,
                "quorate: paxos: the same keyword is given twice; keep one of them");
  if constexpr (axes::know<Keywords...>)
    static_assert(::quorate::detail::nodes_within<typename pick<quorum_axis, quorum<majority>, Keywords...>::type>(
                      pick<limits_axis, limits<limit_values{}>, Keywords...>::value.nodes),
                  "quorate: paxos: the quorum system has more nodes than a roster may: raise limits' nodes");
  return std::true_type{};
}
} // namespace keywords_detail

template <class Value, class... Keywords>
struct options {
  using said = decltype(keywords_detail::say_what_options<Value, Keywords...>());

  using value_type = Value;
  using quorum_type = typename pick<quorum_axis, quorum<majority>, Keywords...>::type;
  static constexpr limit_values limit = pick<limits_axis, limits<limit_values{}>, Keywords...>::value;
  static constexpr telling tells = pick<learning_axis, learning<broadcast>, Keywords...>::value;
  static constexpr bool is_thrifty = pick<thrifty_axis, thrifty<off>, Keywords...>::value;
  static constexpr bool rewrites = pick<rewritable_axis, rewritable<off>, Keywords...>::value;
  static constexpr std::uint64_t rounds_ahead = pick<ballots_ahead_axis, ballots_ahead<1>, Keywords...>::value;

  using nodes = node_set<limit.nodes>;
};

// The members of a set that fit the limit: a roster's places in a core's own width.
template <class Nodes>
constexpr Nodes narrow(node_set<64> n) {
  return {static_cast<typename Nodes::word>(n.bits & Nodes::first(Nodes::capacity).bits)};
}

template <class Options>
constexpr bool met(quorum_phase phase, typename Options::nodes acks, typename Options::nodes acceptors) {
  return typename Options::quorum_type{}.met(phase, {acks.bits}, configuration{{acceptors.bits}});
}

} // namespace quorate::paxos
