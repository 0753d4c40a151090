// `check mutants`: every rule taken out once, and what sees it.
#pragma once

#include "../flags.hpp"
#include "story_page.hpp"

#include "quorate/mutant/mutant.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>

namespace check_tool {

inline constexpr std::string_view mutants_usage =
    R"(  check mutants [--protocol raft|paxos|multi-paxos|duties] [--rule NAME] [--html FILE]
      takes each rule out of the shipped cores once, and each duty out of what carries their effects out, and
      goes on until something breaks. Prints a line a rule: its name, what saw it within which bounds, the states
      or seeds until then, the steps of the shortest way, and what broke
      --rule takes out that one alone, and --html writes how it fails as a page with a diagram
      exit status: 0 each was missed, 1 one was not, 2 the command line is wrong, or the page can't be written
)";

// Which mutants are tried, and what has come of them.
struct mutants_run {
  std::string protocol{}, rule{}, html{}; // empty: all, and no page
  std::size_t all = 0, survivors = 0;
  quorate::check::trace counterexample{}; // of the last one

  bool wants(std::string_view name) const { return rule.empty() || rule == name; }
  void tell(quorate::check::mutant_verdict const& v);
};

// Tries each mutant of a table that the run wants.
void raft_mutants(mutants_run&);
void paxos_mutants(mutants_run&);
void multi_paxos_mutants(mutants_run&);
void careless_mutants(mutants_run&);

struct mutant_table {
  std::string_view name;
  void (*try_all)(mutants_run&);
};
inline constexpr mutant_table mutant_tables[] = {{"raft", raft_mutants},
                                                 {"paxos", paxos_mutants},
                                                 {"multi-paxos", multi_paxos_mutants},
                                                 {"duties", careless_mutants}};

inline void mutants_run::tell(quorate::check::mutant_verdict const& v) {
  ++all;
  survivors += v.what.empty() ? 1 : 0;
  counterexample = v.counterexample;
  counterexample.title =
      "check mutants" + (protocol.empty() ? "" : " --protocol " + protocol) + " --rule " + v.name;
  std::printf("%-38s %-40s %8llu %-6s %3zu steps  %s\n", v.name.c_str(), v.by.c_str(),
              static_cast<unsigned long long>(v.states), v.unit, v.steps,
              v.what.empty() ? "NOT SEEN" : v.what.c_str());
  std::fflush(stdout);
}

inline mutants_run parse_mutants_flags(std::span<char const* const> words) {
  mutants_run run;
  for (flags::reader in{words}; in.next();) {
    if (in.word() == "--protocol")
      run.protocol = in.value();
    else if (in.word() == "--rule")
      run.rule = in.value();
    else if (in.word() == "--html")
      run.html = in.value();
    else
      throw flags::failure{"\"" + std::string{in.whole()} + "\" is no flag of check mutants; see check --help"};
  }
  if (run.rule.empty() && !run.html.empty())
    throw flags::failure{"--html: expected --rule with it, but it came alone"};
  return run;
}

inline void try_mutants(mutants_run& run) {
  bool known = false;
  for (auto const& t : mutant_tables) {
    if (!run.protocol.empty() && run.protocol != t.name) continue;
    known = true;
    if (run.rule.empty()) std::printf("%s\n", std::string{t.name}.c_str());
    t.try_all(run);
  }
  if (!known)
    throw flags::failure{flags::complaint("--protocol", "raft, paxos, multi-paxos or duties", run.protocol)};
  if (run.all == 0)
    throw flags::failure{"--rule: no rule is called \"" + run.rule + "\"; the table without --rule has them"};
  if (!run.html.empty() && run.all > 1)
    throw flags::failure{"--html: several protocols have that rule; say which with --protocol"};
  if (!run.html.empty() && run.counterexample.records.empty())
    throw flags::failure{"--html: there is no way of steps to draw; that rule is not missed by the checker"};
}

inline int mutants(std::span<char const* const> words) {
  try {
    auto run = parse_mutants_flags(words);
    try_mutants(run);
    std::printf("%zu rules taken out, %zu not missed\n", run.all, run.survivors);
    return write_story(run.counterexample, run.html, run.survivors == 0 ? 0 : 1);
  } catch (flags::failure const& f) {
    std::fprintf(stderr, "check: mutants: %s\n", f.text.c_str());
    return 2;
  }
}

} // namespace check_tool
