// What a conformance suite found out about a policy: the laws that it broke, each with what was expected, what
// came instead, and the calls that led there. For any test framework: `CHECK_MESSAGE(r, r.text())` or the like.
#pragma once

#include "quorate/core/config.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quorate::check {

struct broken_law {
  std::string law;      // by its name, as the suite's enumeration spells it
  std::string expected; // both are ends of a sentence
  std::string came;
  std::string calls; // the calls that were made, in order, the last one last; empty: the case says it all
};

struct conformance {
  std::string policy{};               // "storage", "timer", ...
  std::vector<broken_law> broken{};   // each law once, by the first case that broke it
  std::vector<std::string> untried{}; // laws that could not be tried with what the suite was given
  std::uint64_t cases = 0;            // lives, values or sets that were tried

  explicit operator bool() const { return broken.empty(); }
  bool breaks(std::string_view law) const {
    return std::any_of(broken.begin(), broken.end(), [&](auto const& b) { return b.law == law; });
  }
  void note(std::string_view law, std::string expected, std::string came, std::string calls = {}) {
    if (!breaks(law)) broken.push_back({std::string{law}, std::move(expected), std::move(came), std::move(calls)});
  }

  // A sentence or two for each broken law, and one for those that were not tried.
  std::string text() const {
    auto s = broken.empty() ? "the " + policy + " keeps its laws, in " + std::to_string(cases) + " cases"
                            : "the " + policy + " breaks " + std::to_string(broken.size()) + " of its laws";
    for (auto const& b : broken) {
      s += "\n  " + b.law + ": expected " + b.expected + "; came " + b.came;
      if (!b.calls.empty()) s += "\n    after: " + b.calls;
    }
    for (auto const& law : untried) s += (&law == untried.data() ? "\n  not tried: " : ", ") + law;
    return s + "\n";
  }
  template <class Stream>
  friend Stream& operator<<(Stream& out, conformance const& c) {
    out << c.text();
    return out;
  }
};

namespace conform_detail {
inline std::string text(bool b) { return b ? "true" : "false"; }
inline std::string text_of_set(std::uint64_t bits) { // "{0, 2}"
  std::string s = "{";
  for (unsigned n = 0; n < 64; ++n)
    if (((bits >> n) & 1U) != 0) s += (s.size() > 1 ? ", " : "") + std::to_string(n);
  return s + "}";
}
} // namespace conform_detail

} // namespace quorate::check
