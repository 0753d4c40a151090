// `check mutants`: every rule taken out once, and what sees it.
#pragma once

#include "../flags.hpp"
#include "raft_mutants.hpp"
#include "story_page.hpp"

#include <cstddef>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>

namespace check_tool {

inline constexpr std::string_view mutants_usage =
    R"(  check mutants [--protocol raft] [--rule NAME] [--html FILE]
      takes each rule out of the shipped cores once, explores what is left until something breaks, and prints a
      line a rule: its name, the bounds, the states until then, the steps of the shortest way, and what broke
      --rule takes out that one alone, and --html writes how it fails as a page with a diagram
      exit status: 0 each was missed, 1 one was not, 2 the command line is wrong
)";

// `html` needs one trial alone.
inline int print_mutants(std::span<check::mutant_verdict (*const)()> trials, std::string const& html) {
  int survivors = 0, status = 0;
  for (auto* const trial : trials) {
    auto const v = trial();
    if (!v.what.empty()) status = write_story(v.counterexample, html, status);
    survivors += v.what.empty() ? 1 : 0;
    std::printf("%-38s %-38s %8llu states %3zu steps  %s\n", v.name.c_str(), v.by.c_str(),
                static_cast<unsigned long long>(v.states), v.steps, v.what.empty() ? "NOT SEEN" : v.what.c_str());
    std::fflush(stdout);
  }
  std::printf("%zu rules taken out, %d not missed\n", trials.size(), survivors);
  return survivors == 0 ? status : 1;
}

// Of a protocol's trials, in the order of its rules: the one that `rule` names, or all.
template <class Rule>
std::span<check::mutant_verdict (*const)()> chosen(std::span<check::mutant_verdict (*const)()> trials,
                                                   std::string_view rule) {
  if (rule.empty()) return trials;
  for (std::size_t i = 0; i < trials.size(); ++i)
    if (name_of(static_cast<Rule>(i)) == rule) return trials.subspan(i, 1);
  throw flags::failure{"--rule: no rule is called \"" + std::string{rule} +
                       "\"; the table without --rule has them"};
}

inline int mutants(std::span<char const* const> words) {
  try {
    std::string rule, html;
    for (flags::reader in{words}; in.next();) {
      if (in.word() == "--protocol") {
        if (auto const p = in.value(); p != "raft")
          throw flags::failure{flags::complaint("--protocol", "raft", p)};
      } else if (in.word() == "--rule") {
        rule = in.value();
      } else if (in.word() == "--html") {
        html = in.value();
      } else if (in.word() == "--help") {
        return std::fwrite(mutants_usage.data(), 1, mutants_usage.size(), stdout), 0;
      } else {
        throw flags::failure{"\"" + std::string{in.whole()} + "\" is no flag of check mutants; see check --help"};
      }
    }
    if (rule.empty() && !html.empty()) throw flags::failure{"--html: expected --rule with it, but it came alone"};
    raft_trials trials{};
    raft_mutants_0(trials), raft_mutants_1(trials), raft_mutants_2(trials), raft_mutants_3(trials);
    return print_mutants(chosen<raft::rule>(trials, rule), html);
  } catch (flags::failure const& f) {
    std::fprintf(stderr, "check: mutants: %s\n", f.text.c_str());
    return 2;
  }
}

} // namespace check_tool
