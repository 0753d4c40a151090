// What a run has shown: what happened, how often, and the first thing that was wrong.
#pragma once

#include "quorate/core/breach.hpp"
#include "quorate/sim/chronicle.hpp"
#include "quorate/sim/coverage.hpp"
#include "quorate/trace/sentence.hpp"

#include <cstdint>

namespace quorate::sim {

class findings {
public:
  char const* broken() const { return broken_; } // nullptr: nothing
  std::uint32_t broken_at() const { return broken_at_; }
  breach const& breach_found() const { return breach_; }
  // What the ghost tells into: empty until something is broken. (To make one for each question would be dear.)
  breach& teller() { return teller_; }
  void breaks(breach const& b, std::uint32_t place) {
    if (broken_ != nullptr) return;
    breach_ = b;
    broken_ = b.law, broken_at_ = place;
    log_.note({.node = place + 1, .kind = check::trace_kind::violation, .text = check::sentence_of(b)});
  }
  template <class... Values>
  void breaks(char const* law, std::uint32_t place, Values const&... values) {
    breach b{};
    (void)b(law, values...);
    breaks(b, place);
  }
  coverage& covered() { return covered_; }
  chronicle& log() { return log_; }

protected:
  coverage covered_{};
  chronicle log_{};

private:
  char const* broken_ = nullptr;
  breach breach_{}; // the first that was found
  breach teller_{}; // what was told last
  std::uint32_t broken_at_ = 0;
};

} // namespace quorate::sim
