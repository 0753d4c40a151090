// What a node of a replicated log is, and the timers that its core asks for.
#pragma once

#include "quorate/policy/timing.hpp"

#include <cstddef>
#include <cstdint>

namespace quorate {

enum class role : std::uint8_t { follower, candidate, leader };
constexpr char const* name_of(role r) {
  return r == role::leader ? "leader" : r == role::candidate ? "candidate" : "follower";
}

// `contact` and `quorum_check` take exactly the base election timeout T, `election` a jittered [T, 2T]. In this
// order when they expire together: a follower must have lost contact before it asks for votes.
//
// `election` of who has given its vote, to itself or to another, begins to run when that vote is durable: then it
// leaves, and with an own vote the requests for others'. So a disk whose sync takes longer than T moves no term.
// From vote to vote, with no leader heard of between them, it takes twice as long (timing::campaign): so at some
// time it is long enough for the slowest disk that is needed.
enum class timer : std::uint8_t { contact, quorum_check, election, heartbeat };
inline constexpr std::size_t timers = 4;
constexpr timing timing_of(timer t) {
  return t == timer::election ? timing::election : t == timer::heartbeat ? timing::heartbeat : timing::contact;
}

} // namespace quorate
