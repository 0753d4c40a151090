// For tests only: a core without one of its protocol's rules is wrong on purpose. A checker, a simulator or a
// scenario that does not see it fail proves nothing of the core that ships, so each rule is taken out once, and
// must be missed. The protocols know nothing of this: what a bent core does instead are more constrained overloads
// of their functions (mutant/raft.hpp and its like), which argument-dependent lookup finds.
#pragma once

#include "quorate/core/entry.hpp"
#include "quorate/core/node_set.hpp"
#include "quorate/policy/keyword.hpp"
#include "quorate/policy/quorum.hpp"

#include <cstdint>
#include <type_traits>

namespace quorate {

namespace detail {
// Half of the voters, or one less than half.
struct half {
  static constexpr bool met(quorum_phase, node_set<64> acks, configuration const& c) {
    auto const n = (acks & c.voters).size();
    return n > 0 && n >= c.voters.size() / 2;
  }
};

template <auto Missing, class Rule>
constexpr bool is_rule([[maybe_unused]] Rule r) {
  if constexpr (std::is_same_v<decltype(Missing), Rule>)
    return r == Missing;
  else
    return false;
}
constexpr void first_of() {}
template <class Rule, class... Rules>
constexpr Rule first_of(Rule r, Rules...) {
  return r;
}
template <auto Missing>
inline constexpr bool is_half = Missing == decltype(Missing)::quorums_are_more_than_half;
} // namespace detail

// The keyword: without<raft::rule::votes_once>, or several of one protocol's rules.
template <auto... Rules>
struct without {
  using axis = without_axis;
  using rule = decltype(detail::first_of(Rules...));
  template <class Rule>
  static constexpr bool lacks([[maybe_unused]] Rule r) {
    return (detail::is_rule<Rules>(r) || ...);
  }
  static constexpr bool bends_quorums = (detail::is_half<Rules> || ...);
  template <class Quorum>
  using counting = detail::half;
};

// Its other form: a core without whichever rule `missing` names when it runs, so that a table of all rules is
// compiled once and not once a rule. A program tries one at a time: `missing` is a variable of its own.
template <class Rule>
struct without_named {
  using axis = without_axis;
  using rule = Rule;
  static constexpr Rule none = static_cast<Rule>(~std::uint8_t{0});
  static inline Rule missing = none;
  static bool lacks(Rule r) { return r == missing; }

  static constexpr bool bends_quorums = true;
  template <class Quorum>
  struct counting {
    static bool met(quorum_phase phase, node_set<64> acks, configuration const& c) {
      return lacks(Rule::quorums_are_more_than_half) ? detail::half::met(phase, acks, c)
                                                     : Quorum{}.met(phase, acks, c);
    }
  };
};

// What is taken out of a core with these keywords; whether it is bent; its protocol's rules; and whether it
// lacks one.
template <class... Keywords>
using missing_of = pick<without_axis, without<>, Keywords...>;
template <class... Keywords>
concept bent = !std::is_same_v<missing_of<Keywords...>, without<>>;
template <class... Keywords>
using rule_of = typename missing_of<Keywords...>::rule;
template <class... Keywords, class Rule>
constexpr bool lacks(Rule r) {
  return missing_of<Keywords...>::lacks(r);
}

namespace detail {
template <class Default, class... Keywords>
struct said_quorum {
  using type = Default;
};
template <class Default, class K, class... Keywords>
struct said_quorum<Default, K, Keywords...> : said_quorum<Default, Keywords...> {};
template <class Default, class Q, class... Keywords>
struct said_quorum<Default, quorum<Q>, Keywords...> {
  using type = quorum<Q>;
};

template <class Quorum>
struct taken_for {
  using type = Quorum;
};
// A rule may be missing that quorums are more than half. Then another quorum system replaces the one that was
// asked for. It is replaced here, so that tools that read the core's options see the other system too.
template <class Default, class K, class... Keywords>
requires(missing_of<K, Keywords...>::bends_quorums) struct pick<quorum_axis, Default, K, Keywords...> {
  using asked = typename said_quorum<Default, K, Keywords...>::type::type;
  using type = taken_for<typename missing_of<K, Keywords...>::template counting<asked>>;
};
} // namespace detail

} // namespace quorate
