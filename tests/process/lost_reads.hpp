// Reads whose messages are lost: when they are answered once the link is whole again.
#pragma once

#include "linked_nodes.hpp"

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace quorate::test {

// What is done to the links of the one node that is read at, a follower.
struct read_row {
  std::string_view name;
  void (*spoil)(linked_nodes&, std::size_t node);
  milliseconds stuck; // reads that have waited so long are looked at
};
inline constexpr read_row read_rows[] = {
    {"20 % of all frames lost", [](linked_nodes& n, std::size_t) { n.lose(20); }, milliseconds{0}},
    {"one way from the leader cut", [](linked_nodes& n, std::size_t node) { n.cut(n.leader(), node); }, T},
    {"one way to the leader cut", [](linked_nodes& n, std::size_t node) { n.cut(node, n.leader()); }, T},
};
inline constexpr milliseconds longest_read = 2 * heartbeat;

inline double in_heartbeats(load_clock::duration d) { return in_T(d) * (1.0 * T / heartbeat); }

// The longest that a read waited which was open when the links became whole, in heartbeats.
inline double run_reads(progress_plan const& plan, std::string const& protocol, read_row const& row, dice chance) {
  linked_nodes n{plan, protocol, 3, chance};
  auto const node = n.any_follower();
  n.read_at(node, 8);
  auto const hits = n.hits();
  std::vector<load_clock::time_point> whole;
  for (int i = 0; i < (plan.fast ? 2 : 6); ++i) {
    row.spoil(n, node);
    pause_for(2 * T);
    n.heal();
    whole.push_back(load_clock::now());
    pause_for(T);
  }
  n.clients().finish();
  if (n.hits() == hits) throw std::runtime_error{"expected links to lose, hold or close something, but none did"};
  std::size_t open = 0, bad = 0;
  load_clock::duration longest{};
  for (auto const at : whole) {
    auto const o = n.clients().open_at(at, row.stuck);
    open += o.count, bad += o.bad, longest = std::max(longest, o.longest);
  }
  if (open == 0) throw std::runtime_error{"expected reads to be open when the links became whole, but none was"};
  if (bad != 0)
    throw std::runtime_error{
        std::to_string(bad) + " of " + std::to_string(open) +
        " reads that were open when the links became whole were refused, or not answered in time"};
  return in_heartbeats(longest);
}

inline void judge_reads(progress_plan const& plan, verdicts& v) {
  table t{
      "Reads at a follower of three nodes: the longest wait of those that are open when the links become whole, "
      "in heartbeats of " +
          std::to_string(heartbeat.count()) + " ms; medians of " + std::to_string(plan.count()),
      {"protocol", "fault", "longest, heartbeats", "at most", "verdict"}};
  auto const limit = in_heartbeats(plan.limit(longest_read));
  for (std::string const protocol : protocols)
    for (auto const& row : read_rows) {
      auto const name = "reads, " + protocol + ", " + std::string{row.name};
      if (!plan.wants(name)) continue;
      auto const runs = run_row(
          plan, name, [&](dice chance) { return run_reads(plan, protocol, row, chance); },
          [](double wait) { return decimal(wait) + " heartbeats"; });
      auto const wait = median(runs.results);
      t.row({protocol, std::string{row.name}, decimal(wait), decimal(limit),
             v.of(runs.wrong.empty() && wait > limit ? "a read was answered too late" : runs.wrong)});
    }
}

} // namespace quorate::test
