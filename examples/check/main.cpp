// check: quorate's checkers on the command line. Each subcommand has a header of its own; what each can do,
// `check --help` says.
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

void say(std::string_view text, std::FILE* where) { std::fwrite(text.data(), 1, text.size(), where); }

int help(std::FILE* where) {
  say("check: quorate's checkers\n", where);
  for (auto const& s : subcommands) {
    say("\n", where);
    say(s.usage, where);
  }
  return where == stdout ? 0 : 2;
}

} // namespace

int main(int argc, char** argv) {
  std::span<char const* const> const words{argv + 1, static_cast<std::size_t>(argc > 0 ? argc - 1 : 0)};
  if (words.empty()) return help(stderr);
  std::string_view const what = words[0];
  if (what == "--help" || what == "-h" || what == "help") return help(stdout);
  std::string names;
  for (auto const& s : subcommands) {
    if (what == s.name) return s.run(words.subspan(1));
    names += std::string{s.name} + ", ";
  }
  std::fprintf(stderr, "check: expected one of %s--help, but got \"%s\"; see check --help\n", names.c_str(),
               words[0]);
  return 2;
}
