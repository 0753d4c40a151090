// A run as plain records, for whoever shows it: the simulator and the model checker write them, the page and the
// terminal read them. Nothing here knows a protocol.
#pragma once

#include "quorate/trace/spoken.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quorate::check {

enum class trace_kind : std::uint8_t {
  start,       // the node begins: founded, or back after a crash
  crash,       // the node is gone, and with it what `text` says
  stop,        // the node has stopped by itself; `text` says why
  send,        // to `peer`; `message` names this very message in `deliver` and `drop`
  deliver,     // from `peer`
  drop,        // on its way to `peer`; recorded of its sender
  sync_begins, // of what was written so far
  sync,        // what was written when it began is durable
  timer,       // `name` has expired
  role,        // `name`: follower, candidate, leader, in `term` from here on
  commit,      // known to be committed up to `index`
  client,      // a request: `name` is propose or read, `text` what
  outcome,     // what became of it
  fault,       // something done to the node, or, with node 0, to all: a partition, a pause, a full disk ...
  violation,   // what is broken, as a sentence in `text`; the last record
};
inline constexpr std::size_t trace_kinds = static_cast<std::size_t>(trace_kind::violation) + 1;
constexpr std::string_view name_of(trace_kind k) {
  constexpr std::string_view names[trace_kinds] = {"start",  "crash",       "stop",    "send",  "deliver",
                                                   "drop",   "sync_begins", "sync",    "timer", "role",
                                                   "commit", "client",      "outcome", "fault", "violation"};
  return names[static_cast<std::uint8_t>(k)];
}

struct trace_record {
  std::uint64_t time = 0; // never falls from one record to the next; trace::unit says what of
  std::uint32_t node = 0; // whose record it is: 1, 2 ...; 0: nobody's
  trace_kind kind{};
  std::uint32_t peer = 0;    // the other end of a message; 0: none
  std::uint64_t message = 0; // 0: none. A message that is delivered twice has two `deliver`
  std::uint64_t term = 0;    // the term or ballot that the node is in (spoken.hpp)
  std::uint64_t index = 0;   // a position in the log, where there is one to name
  std::string name{};        // the message's type, the timer, the role ...
  std::string text{};        // all of it in one line
};

struct trace {
  std::string title{};      // what ran, and how to run it again
  std::string unit{};       // of time: "us", "step" ...
  std::string era = "term"; // what trace_record::term is: "term", or "ballot"
  std::uint32_t nodes = 0;
  std::vector<trace_record> records{};
  std::vector<std::string> names{}; // of the nodes, in order; those that it has not are called by their number
};

// One record as one line.
inline std::string line_of(trace_record const& r) {
  auto line = std::to_string(r.time) + ' ';
  line += r.node == 0 ? "-" : std::to_string(r.node);
  if (r.peer != 0) line += (r.kind == trace_kind::deliver ? "<-" : "->") + std::to_string(r.peer);
  (line += ' ').append(name_of(r.kind));
  if (r.term != 0) line += " @" + spoken_era(r.term);
  if (r.index != 0) line += " #" + std::to_string(r.index);
  for (auto const* s : {&r.name, &r.text})
    if (!s->empty() && (s == &r.text || !r.text.starts_with(r.name))) (line += ' ') += *s;
  return line;
}

} // namespace quorate::check
