// check: quorate's checkers on the command line. Each subcommand has a header of its own; what each can do,
// `check --help` says.
#include "../flags.hpp"
#include "explore.hpp"
#include "history.hpp"
#include "mutants.hpp"

#include <cstddef>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>

namespace {

struct subcommand {
  std::string_view name;
  std::string_view usage;
  int (*run)(std::span<char const* const> words); // what follows the name; the exit status
};

constexpr subcommand subcommands[] = {
    {"explore", check_tool::explore_usage, check_tool::explore},
    {"mutants", check_tool::mutants_usage, check_tool::mutants},
    {"history", check_tool::history_usage, check_tool::history},
};

std::string usage() {
  std::string text = "check: quorate's checkers; check --version tells which\n";
  for (auto const& s : subcommands) text.append("\n").append(s.usage);
  return text;
}

} // namespace

int main(int argc, char** argv) {
  std::span<char const* const> const words{argv + 1, static_cast<std::size_t>(argc > 0 ? argc - 1 : 0)};
  if (words.empty()) return std::fputs(usage().c_str(), stderr), 2;
  std::string_view const what = words[0];
  if (flags::is_help(what)) return flags::say(usage());
  if (flags::is_version(what)) return flags::say_version("check");
  std::string names;
  for (auto const& s : subcommands) {
    if (what == s.name) return flags::asks_help(words) ? flags::say(s.usage) : s.run(words.subspan(1));
    names += std::string{s.name} + ", ";
  }
  std::fprintf(stderr, "check: expected one of %s--help, but got \"%s\"; see check --help\n", names.c_str(),
               words[0]);
  return 2;
}
