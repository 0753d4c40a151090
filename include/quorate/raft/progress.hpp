// How a leader's progress with one peer goes from state to state (state.hpp has the table; §3.5, §10.2.1).
#pragma once

#include "quorate/log/leading.hpp"
#include "quorate/raft/state.hpp"

#include <cstdint>

namespace quorate::raft {

// Without pipelining every append is a probe: the next one waits for its answer.
template <class Options>
constexpr bool probes(progress<Options> const& p) {
  if constexpr (Options::pipelines)
    return p.is == sending::probing;
  else
    return true;
}

template <class Options>
constexpr bool window_open(progress<Options> const& p) {
  return probes(p) ? p.in_flight == 0 : p.in_flight < Options::limit.window;
}

// Does a refusal of an append behind `prev` answer the last guess of where the logs agree, and no older one
// (scenario L4)?
template <class Options>
constexpr bool of_last_guess(progress<Options> const& p, log_index prev) {
  return p.match < prev && prev < p.next && (!probes(p) || prev + 1 == p.next);
}

// The peer has said something of its log: it is asked nothing any more.
template <class Options>
constexpr void note_word(progress<Options>& p) {
  p.asked = 0;
  p.sent_since = 0;
}

template <class Options>
constexpr void start_probing(progress<Options>& p) {
  if constexpr (Options::pipelines) p.is = sending::probing;
  p.in_flight = 0;
  p.poked = true;
}

// An append with `count` entries from p.next on has been sent. While probing, next stays where it is.
template <class Options>
constexpr void note_sent(progress<Options>& p, std::uint32_t count) {
  p.poked = false;
  if (probes(p)) {
    p.in_flight = 1;
  } else {
    p.next = p.next + count;
    if (p.asked != 0) p.sent_since += count;
    if (p.in_flight < 0xff) ++p.in_flight;
  }
}

// The peer acknowledged `match`, answering `answered` appends. An acknowledgement that was lost leaves the count
// too high until everything sent is acknowledged, which the window, when it closes, brings about.
template <class Options>
constexpr void note_match(progress<Options>& p, log_index match, std::uint8_t answered) {
  note_word(p);
  p.in_flight = answered < p.in_flight ? static_cast<std::uint8_t>(p.in_flight - answered) : std::uint8_t{0};
  if (match + 1 < p.next) return;
  p.next = match + 1;
  p.in_flight = 0;
  if constexpr (Options::pipelines) p.is = sending::streaming;
}

// A heartbeat leaves, behind every append that was sent before it. Does the peer owe an acknowledgement? A
// question stays until it is answered: also where a round trip takes longer than from one heartbeat to the next.
template <class Options>
constexpr void note_beat(progress<Options>& p, std::uint8_t beat) {
  if (p.asked == 0 && (p.in_flight > 0 || p.match + 1 < p.next)) p.asked = beat;
}

// The peer answered a heartbeat, and has not acknowledged what was sent before it: something may be lost
// (scenarios T5, L6b). Entries that have not come are sent again. Else an acknowledgement, or the answer to a
// probe, is missing: the peer is asked, once a heartbeat and with no entries, and says again how its log is. Or
// its disk is slow; then the question has cost next to nothing.
template <class Options>
constexpr void note_contact(progress<Options>& p, std::uint8_t beat, log_index verified) {
  if (!answers(beat, p.asked)) return;
  auto const sent_to = p.next - p.sent_since; // when the heartbeat was due
  note_word(p);
  if (probes(p) || verified >= sent_to - 1) {
    p.poked = true;
    return;
  }
  p.next = (verified < p.match ? p.match : verified) + 1;
  p.in_flight = 0;
}

} // namespace quorate::raft
