// For tests only: a core without one of its protocol's rules is wrong on purpose. A checker, a simulator or a
// scenario that does not see it fail proves nothing of the core that ships, so each rule is taken out once, and
// must be missed. A core of which no rule is taken out has nothing of this in it: keeps() is a constant.
#pragma once

#include "quorate/core/entry.hpp"
#include "quorate/core/node_set.hpp"
#include "quorate/effect/ticket.hpp"
#include "quorate/policy/quorum.hpp"

#include <type_traits>

namespace quorate {

// What the cores share in the telling of a rule, and of what is done when it is missing.
namespace detail {

// The ticket that a message waits for, or, when it does not wait, one that covers no write.
[[gnu::always_inline]] constexpr written ticket_if(bool waits, written after) {
  return waits ? after : ticket_source{}.latest();
}

// Whom an answer of `n` counts for: `n`, or, when nobody minds that it has answered before, another of `voters`.
template <class Nodes>
[[gnu::always_inline]] constexpr node_index counted_for(bool once, node_index n, Nodes answered,
                                                        node_set<64> voters) {
  if (once || !answered.contains(n)) return n;
  auto others = voters.without(node_set<64>{answered.bits});
  others.for_each([&](node_index other) { n = other; });
  return n;
}

// Half of the voters, or one less than half.
struct half {
  static constexpr bool met(quorum_phase, node_set<64> acks, configuration const& c) {
    auto const n = (acks & c.voters).size();
    return n > 0 && n >= c.voters.size() / 2;
  }
};

} // namespace detail

// The keyword: without<raft::rule::votes_once>, or several of one protocol's rules.
struct without_axis;
template <auto... Rules>
struct without {
  using axis = without_axis;
  template <class Rule>
  [[gnu::always_inline]] static constexpr bool keeps([[maybe_unused]] Rule r) {
    return ((r != Rules) && ...);
  }
  template <auto Rule, class Quorum> // the quorum system, or what is taken for one where `Rule` is missing
  using quorum_type = std::conditional_t<((Rule != Rules) && ...), Quorum, detail::half>;
};
// A core without any one rule, said at run time, for tables of all of them, is made by the same axis:
// mutant/mutant.hpp.

} // namespace quorate
