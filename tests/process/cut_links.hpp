// What is done to the links of real nodes, and the longest time that no node acknowledges a write meanwhile.
#pragma once

#include "linked_nodes.hpp"

#include <chrono>
#include <cstddef>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace quorate::test {

// Does it, and returns the time from which the writes are looked at.
using strike = load_clock::time_point(linked_nodes&);

namespace strikes {

inline load_clock::time_point kill_leader(linked_nodes& n) {
  n.nodes().kill(n.leader());
  return load_clock::now();
}
inline load_clock::time_point isolate_leader(linked_nodes& n) {
  n.each_follower([&](std::size_t i) { n.part(i, n.leader()); });
  return load_clock::now();
}
// Whoever is not the middle reaches the middle only.
inline void leave_a_star(linked_nodes& n, std::size_t middle) {
  for (std::size_t a = 0; a < n.count(); ++a)
    for (std::size_t b = 0; b < a; ++b)
      if (a != middle && b != middle) n.part(a, b);
}
// The leader loses its quorum, and hears one node still: the only one that has a quorum.
inline load_clock::time_point leave_a_bridge(linked_nodes& n) {
  leave_a_star(n, n.any_follower());
  return load_clock::now();
}
// The leader is cut off, and the only node that has a quorum lacks what was written last.
inline load_clock::time_point constrain_election(linked_nodes& n) {
  auto const behind = n.any_follower();
  n.part(behind, n.leader());
  pause_for(2 * T);
  if (n.changes() != 0)
    throw std::runtime_error{"expected one node to be cut from the leader and nothing to come of it, but the "
                             "leader changed"};
  leave_a_star(n, behind);
  return load_clock::now();
}
inline load_clock::time_point leave_a_chain(linked_nodes& n) {
  n.part(n.leader(), n.any_follower());
  return load_clock::now();
}
inline load_clock::time_point deafen_leader(linked_nodes& n) {
  n.each_follower([&](std::size_t i) { n.cut(i, n.leader()); });
  return load_clock::now();
}
inline load_clock::time_point mute_leader(linked_nodes& n) {
  n.each_follower([&](std::size_t i) { n.cut(n.leader(), i); });
  return load_clock::now();
}
inline load_clock::time_point cut_from_leader(linked_nodes& n) {
  n.cut(n.leader(), n.any_follower());
  return load_clock::now();
}
inline load_clock::time_point cut_to_leader(linked_nodes& n) {
  n.cut(n.any_follower(), n.leader());
  return load_clock::now();
}
// All links of who leads at the beginning; they are there in the end.
inline load_clock::time_point flap(linked_nodes& n) {
  auto const begun = load_clock::now();
  while (load_clock::now() - begun < 8 * T) {
    isolate_leader(n);
    pause_for(n.any_time(T / 2, 2 * T));
    n.heal();
    pause_for(n.any_time(T / 2, 2 * T));
  }
  return begun;
}
inline load_clock::time_point lose_frames(linked_nodes& n) {
  n.lose(20);
  return load_clock::now();
}
inline load_clock::time_point lose_and_heal(linked_nodes& n) {
  n.lose(20);
  pause_for(4 * T);
  n.heal();
  return load_clock::now();
}
inline load_clock::time_point part_and_heal(linked_nodes& n) {
  n.part_all();
  pause_for(4 * T);
  n.heal();
  return load_clock::now();
}

} // namespace strikes

struct fault {
  std::string_view name;
  std::size_t nodes;
  strike* strikes;
  bool keeps_leader = false; // a leader that has its quorum must stay
  bool by_links = true;
  std::string_view beyond{}; // the protocol that is not made for it: its rows are shown, and not judged
};
inline constexpr fault faults[] = {
    {.name = "leader killed", .nodes = 3, .strikes = strikes::kill_leader, .by_links = false},
    {.name = "leader isolated", .nodes = 3, .strikes = strikes::isolate_leader},
    {.name = "quorum lost but for a bridge", .nodes = 5, .strikes = strikes::leave_a_bridge},
    {.name = "constrained election", .nodes = 5, .strikes = strikes::constrain_election, .beyond = "raft"},
    {.name = "chained, the leader at an end", .nodes = 3, .strikes = strikes::leave_a_chain, .keeps_leader = true},
    {.name = "leader deaf", .nodes = 3, .strikes = strikes::deafen_leader},
    {.name = "leader mute", .nodes = 3, .strikes = strikes::mute_leader},
    {.name = "one way from the leader cut", .nodes = 3, .strikes = strikes::cut_from_leader, .keeps_leader = true},
    {.name = "one way to the leader cut", .nodes = 3, .strikes = strikes::cut_to_leader, .keeps_leader = true},
    {.name = "links of the leader flapping", .nodes = 3, .strikes = strikes::flap},
    {.name = "20 % of all frames lost", .nodes = 3, .strikes = strikes::lose_frames},
    {.name = "20 % of all frames lost, and healed", .nodes = 3, .strikes = strikes::lose_and_heal},
    {.name = "all apart, and healed", .nodes = 3, .strikes = strikes::part_and_heal},
};
inline constexpr milliseconds longest_without_progress = 3 * T;

struct fault_result {
  double gap = 0;     // in T
  bool open = false;  // it has not ended
  double changes = 0; // of the leader
};

inline fault_result run_fault(progress_plan const& plan, std::string const& protocol, fault const& f,
                              dice chance) {
  linked_nodes n{plan, protocol, f.nodes, chance};
  auto const hits = n.hits();
  auto const begun = f.strikes(n);
  pause_for(std::max((plan.fast ? 6 : 12) * T, plan.limit(longest_without_progress) + T));
  auto const gap = n.clients().longest_gap(begun, load_clock::now());
  if (f.by_links && n.hits() == hits)
    throw std::runtime_error{"expected links to lose, hold or close something, but none did"};
  return {in_T(gap.length), gap.open, static_cast<double>(n.changes())};
}

inline void judge_faults(progress_plan const& plan, verdicts& v) {
  table t{"Links that are cut (" + plan.cut + "): the longest time without an acknowledged write, in T = " +
              std::to_string(T.count()) + " ms; medians of " + std::to_string(plan.count()),
          {"protocol", "fault", "nodes", "longest, T", "worst, T", "at most, T", "leader changes", "verdict"}};
  auto const text = [](double gap, bool open) { return decimal(gap) + (open ? " and more" : ""); };
  auto const limit = in_T(plan.limit(longest_without_progress));
  for (std::string const protocol : protocols)
    for (auto const& f : faults) {
      auto const name = "faults, " + protocol + ", " + std::string{f.name};
      if (!plan.wants(name)) continue;
      auto const runs = run_row(
          plan, name, [&](dice chance) { return run_fault(plan, protocol, f, chance); },
          [&](fault_result const& r) { return text(r.gap, r.open) + " T, " + whole(r.changes) + " changes"; });
      fault_result worst;
      for (auto const& r : runs.results)
        if (r.gap > worst.gap) worst = r;
      auto const gap = median_of(runs.results, &fault_result::gap);
      auto const changes = median_of(runs.results, &fault_result::changes);
      bool const judged = f.beyond != protocol || !runs.wrong.empty();
      auto wrong = runs.wrong;
      if (wrong.empty() && gap > limit) wrong = "too long without progress";
      if (wrong.empty() && f.keeps_leader && changes > 0) wrong = "a leader with a quorum was replaced";
      t.row({protocol, std::string{f.name}, std::to_string(f.nodes), decimal(gap), text(worst.gap, worst.open),
             decimal(limit), whole(changes), judged ? v.of(wrong) : v.beyond_protocol()});
    }
}

} // namespace quorate::test
