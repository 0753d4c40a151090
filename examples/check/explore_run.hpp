// A system explored as `check explore` was told, and what it prints of that.
#pragma once

#include "explore.hpp"
#include "story_page.hpp"

#include "quorate/explore/counterexample.hpp"
#include "quorate/explore/story.hpp"
#include "quorate/explore/world.hpp"
#include "quorate/trace/aloud.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

namespace check_tool {

template <class System>
void print_marks(std::uint64_t marks) {
  std::size_t i = 0;
  for (auto const* name : System::mark_names)
    std::printf("  %-40s %s\n", name, (marks >> i++ & 1) != 0 ? "happened" : "never happened");
}

template <class System>
void print_story(quorate::check::world<System>& w, quorate::check::violation const& v,
                 quorate::check::trace const& told) {
  std::printf("broken: %s\n%s", sentence_of(w, v).c_str(), read_aloud(told).c_str());
  std::printf("as a test:\n%s", quorate::check::as_test(story_of(w, v), v.what).c_str());
}

inline void print_progress(quorate::check::progress_report const& p) {
  std::fprintf(stderr, "check: depth %llu, %llu states, %llu of them waiting, %llu MiB, %.0f a second\n",
               static_cast<unsigned long long>(p.depth), static_cast<unsigned long long>(p.states),
               static_cast<unsigned long long>(p.waiting), static_cast<unsigned long long>(p.bytes >> 20),
               static_cast<double>(p.states) / p.seconds);
}

// The exit status.
template <class System>
int explore_system(System const& system, explore_flags const& o) {
  using namespace quorate::check;
  auto const w = std::make_unique<world<System>>(system, o.seed);
  explorer<world<System>> e{*w, o.search};
  auto const r = e.run(print_progress);
  std::printf(
      "%llu states, %llu transitions, depth %llu, %zu states of a node, %zu messages, %llu MiB, %.0f states "
      "a second\n",
      static_cast<unsigned long long>(r.states), static_cast<unsigned long long>(r.transitions),
      static_cast<unsigned long long>(r.depth), w->node_states(), w->messages(),
      static_cast<unsigned long long>(r.bytes >> 20), static_cast<double>(r.states) / r.seconds);
  std::printf("odds that a state was taken for another: %.1e\n", odds_of_a_miss(r.states));
  print_marks<System>(w->marks());
  if (r.broken) {
    auto const told = trace_of(*w, *r.broken, o.words);
    print_story(*w, *r.broken, told);
    return write_story(told, o.html, 1);
  }
  std::printf(r.complete ? "everything reachable was seen, and nothing is broken\n"
                         : "a bound of the search was hit: nothing seen so far is broken\n");
  return r.complete ? 0 : 2;
}

} // namespace check_tool
