// A trace as text that can be read aloud: what happens, one line each, and below it what comes of it.
#pragma once

#include "quorate/core/ballot.hpp"
#include "quorate/trace/spoken.hpp"
#include "quorate/trace/trace.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace quorate::check {

namespace aloud_detail {

inline std::string name_of_node(trace const& t, std::uint32_t node) {
  if (node == 0) return "the cluster";
  if (node <= t.names.size()) return t.names[node - 1];
  return "node " + std::to_string(node);
}
inline std::string name_of_era(trace const& t, std::uint64_t era) {
  if (t.era != "ballot" && !is_ballot(era)) return t.era + ' ' + std::to_string(era);
  return ballot{era}.none() ? "no ballot" : "ballot " + spoken_ballot(ballot{era});
}
inline std::string what(trace_record const& r) { return r.text.empty() ? r.name : r.text; }

// What is said of one record, without whose it is.
inline std::string said_of(trace const& t, trace_record const& r) {
  switch (r.kind) {
  case trace_kind::start: return " starts" + (r.text.empty() ? "" : ": " + r.text);
  case trace_kind::crash: return r.text.empty() ? " crashes" : ": " + r.text;
  case trace_kind::stop: return " stops: " + r.text;
  case trace_kind::send: return " says to " + name_of_node(t, r.peer) + ": " + what(r);
  case trace_kind::deliver: return " hears " + name_of_node(t, r.peer) + ": " + what(r);
  case trace_kind::drop: return " is not heard by " + name_of_node(t, r.peer) + ": " + what(r);
  case trace_kind::sync_begins: return ": it begins a sync";
  case trace_kind::sync: return ": its sync returns";
  case trace_kind::timer: return ": " + (r.text.empty() ? "its timer " + r.name + " expires" : r.text);
  case trace_kind::role: return " is " + r.name + ", in " + name_of_era(t, r.term);
  case trace_kind::commit: return " knows that all up to " + std::to_string(r.index) + " is committed";
  case trace_kind::client:
  case trace_kind::outcome:
  case trace_kind::fault: return ": " + what(r);
  case trace_kind::violation: break;
  }
  return ", broken: " + r.text;
}
inline bool comes_of_another(trace_kind k) {
  return k == trace_kind::send || k == trace_kind::role || k == trace_kind::commit;
}

} // namespace aloud_detail

// Where a trace counts in steps, each begins with its number, and else with its time. How the nodes stand before
// anything happens is left out.
inline std::string read_aloud(trace const& t) {
  using namespace aloud_detail;
  bool const steps = t.unit == "step";
  std::string told;
  std::uint64_t time = 0;
  std::uint32_t node = 0;
  for (std::size_t i = 0; i < t.records.size(); ++i) {
    auto const& r = t.records[i];
    if (steps && r.time == 0) continue;
    bool const follows = !told.empty() && r.time == time && (steps || r.node == node);
    time = r.time, node = r.node;
    if (r.kind == trace_kind::violation) {
      told += "broken: " + r.text + '\n';
      continue;
    }
    auto head = std::to_string(r.time) + (steps ? ". " : ' ' + t.unit + "  ");
    head.insert(0, head.size() < 6 ? 6 - head.size() : 0, ' ');
    if (follows && (steps || comes_of_another(r.kind))) head.assign(head.size() + 2, ' ');
    auto line = head + name_of_node(t, r.node) + said_of(t, r);
    // The same to several is said once.
    auto const like = [&](std::size_t j) {
      auto const& o = t.records[j];
      return r.kind == trace_kind::send && o.kind == r.kind && o.time == r.time && o.node == r.node &&
             o.name == r.name && o.text == r.text;
    };
    if (i + 1 < t.records.size() && like(i + 1)) {
      auto end = i + 1;
      while (end < t.records.size() && like(end)) ++end;
      line = head + name_of_node(t, r.node) + " says to " + name_of_node(t, r.peer);
      for (auto j = i + 1; j < end; ++j)
        line += (j + 1 == end ? " and " : ", ") + name_of_node(t, t.records[j].peer);
      line += ": " + what(r);
      i = end - 1;
    }
    told += line + '\n';
  }
  return told;
}

} // namespace quorate::check
