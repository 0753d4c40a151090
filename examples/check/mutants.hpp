// `check mutants`: every rule taken out once, and what sees it.
#pragma once

#include "../flags.hpp"
#include "raft_mutants.hpp"

#include <cstdio>
#include <span>
#include <string>
#include <string_view>

namespace check_tool {

inline constexpr std::string_view mutants_usage =
    R"(  check mutants [--protocol raft]
      takes each rule out of the shipped cores once, explores what is left until something breaks, and prints a
      line a rule: its name, the bounds, the states until then, the steps of the shortest way, and what broke
      exit status: 0 each was missed, 1 one was not, 2 the command line is wrong
)";

inline int print_mutants(std::span<check::mutant_verdict (*const)()> trials) {
  int survivors = 0;
  for (auto* const trial : trials) {
    auto const v = trial();
    survivors += v.what.empty() ? 1 : 0;
    std::printf("%-38s %-38s %8llu states %3zu steps  %s\n", v.name.c_str(), v.by.c_str(),
                static_cast<unsigned long long>(v.states), v.steps, v.what.empty() ? "NOT SEEN" : v.what.c_str());
    std::fflush(stdout);
  }
  std::printf("%zu rules taken out, %d not missed\n", trials.size(), survivors);
  return survivors == 0 ? 0 : 1;
}

inline int mutants(std::span<char const* const> words) {
  try {
    for (flags::reader in{words}; in.next();) {
      if (in.word() == "--protocol") {
        if (auto const p = in.value(); p != "raft")
          throw flags::failure{flags::complaint("--protocol", "raft", p)};
      } else if (in.word() == "--help") {
        return std::fwrite(mutants_usage.data(), 1, mutants_usage.size(), stdout), 0;
      } else {
        throw flags::failure{"\"" + std::string{in.whole()} + "\" is no flag of check mutants; see check --help"};
      }
    }
  } catch (flags::failure const& f) {
    std::fprintf(stderr, "check: mutants: %s\n", f.text.c_str());
    return 2;
  }
  raft_trials trials{};
  raft_mutants_0(trials), raft_mutants_1(trials), raft_mutants_2(trials), raft_mutants_3(trials);
  return print_mutants(trials);
}

} // namespace check_tool
