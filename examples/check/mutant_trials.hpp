// What the tables of mutants share: where a rule's absence is looked for, and by what.
#pragma once

#include "mutants.hpp"

#include "quorate/mutant/without.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace check_tool {

inline constexpr std::uint64_t most_mutant_states = 3'000'000;

// What it takes to miss that rule, if these worlds can't; else nullptr.
template <class Rule>
constexpr char const* more_than_these([[maybe_unused]] Rule r) {
  if constexpr (requires { takes_more(r); })
    return takes_more(r);
  else
    return nullptr;
}

// Takes out each of the rules that are wanted, one after the other, and has `attempt(rule)` look for it. `Rule` is
// a protocol's enumeration, of `Count` rules.
template <class Rule, std::size_t Count, class Attempt>
void try_each(mutants_run& run, Attempt&& attempt) {
  using missing = quorate::without_named<Rule>;
  for (std::size_t i = 0; i < Count; ++i) {
    auto const r = static_cast<Rule>(i);
    if (!run.wants(name_of(r))) continue;
    auto const* more = more_than_these(r);
    if (more != nullptr && run.rule.empty()) continue;
    if (more != nullptr) throw flags::failure{"--rule: to miss \"" + run.rule + "\" " + more};
    missing::missing = r;
    auto v = attempt(r);
    v.name = name_of(r);
    run.tell(v);
  }
  missing::missing = missing::none;
}

// Explores the world until something breaks.
template <class System, class Bounds>
quorate::check::mutant_verdict explored(char const* called, Bounds const& b) {
  return quorate::check::explore_mutant<System>({}, "checker, " + std::string{called}, b, most_mutant_states);
}

} // namespace check_tool
