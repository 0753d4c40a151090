// `check mutants`: every rule taken out once, and what sees it.
#pragma once

#include "../flags.hpp"

#include "quorate/check/mutant.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>

namespace check_tool {

inline constexpr std::string_view mutants_usage =
    R"(  check mutants [--protocol raft|paxos|multi-paxos|duties]
      takes each rule out of the shipped cores once, and each duty out of what carries their effects out, and
      goes on until something breaks. Prints a line a rule: its name, what saw it within which bounds, the states
      or seeds until then, the steps of the shortest way, and what broke
      exit status: 0 each was missed, 1 one was not, 2 the command line is wrong
)";

// What becomes of each mutant of a table; `tell` is called once for each.
using tell_verdict = void (*)(quorate::check::mutant_verdict const&);
void raft_mutants(tell_verdict);
void paxos_mutants(tell_verdict);
void multi_paxos_mutants(tell_verdict);
void careless_mutants(tell_verdict);

struct mutant_table {
  std::string_view name;
  void (*try_all)(tell_verdict);
};
inline constexpr mutant_table mutant_tables[] = {{"raft", raft_mutants},
                                                 {"paxos", paxos_mutants},
                                                 {"multi-paxos", multi_paxos_mutants},
                                                 {"duties", careless_mutants}};

// How many were told of, and how many of them nothing saw.
struct mutant_count {
  std::size_t all = 0, survivors = 0;
};
inline mutant_count mutants_told{};

inline void print_verdict(quorate::check::mutant_verdict const& v) {
  ++mutants_told.all;
  mutants_told.survivors += v.what.empty() ? 1 : 0;
  std::printf("%-38s %-40s %8llu %-6s %3zu steps  %s\n", v.name.c_str(), v.by.c_str(),
              static_cast<unsigned long long>(v.states), v.unit, v.steps,
              v.what.empty() ? "NOT SEEN" : v.what.c_str());
  std::fflush(stdout);
}

inline int mutants(std::span<char const* const> words) {
  std::string only;
  try {
    for (flags::reader in{words}; in.next();) {
      if (in.word() == "--protocol")
        only = in.value();
      else if (in.word() == "--help")
        return std::fwrite(mutants_usage.data(), 1, mutants_usage.size(), stdout), 0;
      else
        throw flags::failure{"\"" + std::string{in.whole()} + "\" is no flag of check mutants; see check --help"};
    }
    mutants_told = {};
    for (auto const& t : mutant_tables)
      if (only.empty() || only == t.name) {
        std::printf("%s\n", std::string{t.name}.c_str());
        t.try_all(print_verdict);
      }
    if (mutants_told.all == 0)
      throw flags::failure{flags::complaint("--protocol", "raft, paxos, multi-paxos or duties", only)};
  } catch (flags::failure const& f) {
    std::fprintf(stderr, "check: mutants: %s\n", f.text.c_str());
    return 2;
  }
  std::printf("%zu rules taken out, %zu not missed\n", mutants_told.all, mutants_told.survivors);
  return mutants_told.survivors == 0 ? 0 : 1;
}

} // namespace check_tool
