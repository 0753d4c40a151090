// check_quorum: every quorum system that there is keeps its laws, and for each law there is a wrong one that
// breaks just that and is told so.
#include "quorate/conform/quorum.hpp"

#include "archetype/least_policies.hpp"
#include "quorate/policy/quorum_systems.hpp"
#include "support/breaks_just.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace quorate {
namespace {

using check::check_quorum;
using check::quorum_law;

// A majority, but for one law.
template <quorum_law Broken>
struct wrong_quorum {
  static bool met(quorum_phase, node_set<64> acks, configuration const& c) {
    auto const voters = c.voters.size(), there = (acks & c.voters).size();
    bool const right = 2 * there > voters;
    switch (Broken) {
    case quorum_law::the_empty_set_decides_nothing: return voters == 0 || right;
    case quorum_law::supersets_of_quorums_decide: return right && there != 4;
    case quorum_law::strangers_do_not_count: return 2 * acks.size() > voters && there > 0;
    case quorum_law::all_voters_together_decide: return right && voters != 6;
    case quorum_law::elections_meet_commits: return there > 0 && 2 * there >= voters;
    default: return right;
    }
  }
};

// The first that is made says one thing, all others another.
template <>
struct wrong_quorum<quorum_law::values_made_from_nothing_agree> {
  static inline int made = 0;
  bool strict = ++made > 1;
  bool met(quorum_phase phase, node_set<64> acks, configuration const& c) const {
    return majority::met(phase, acks, c) && (!strict || (acks & c.voters).size() != 1);
  }
};
template <>
struct wrong_quorum<quorum_law::elections_meet_elections> { // a row elects, a column commits
  static bool met(quorum_phase phase, node_set<64> acks, configuration const& c) {
    return grid<2, 2, grid_election::row>::met(phase, acks, {c.voters & node_set<64>::first(4)});
  }
};
template <>
struct wrong_quorum<quorum_law::constant_systems_mind_only_acks> : majority {
  static constexpr std::size_t nodes = 3;
  static constexpr bool met(quorum_phase phase, node_set<64> acks, configuration const& c) {
    return majority::met(phase, acks, {c.voters & node_set<64>::first(nodes)});
  }
};
template <>
struct wrong_quorum<quorum_law::misses_are_told_truly> : quorums_by_rule<quorum_sizes{3, 2, 2}> {
  static constexpr std::optional<quorum_miss> miss(quorum_phase, quorum_phase) {
    return quorum_miss{node_set<64>::first(1), node_set<64>::first(2).without(node_set<64>::first(1))};
  }
};

TEST_CASE("each law of quorum systems is missed when it is broken") {
  test::each_law_is_missed<quorum_law, detail::enumerators<quorum_law>()>([]<quorum_law Broken>() {
    // Two rows of four nodes need not meet for Paxos: whoever needs it asks for it.
    bool const asks = Broken == quorum_law::elections_meet_elections;
    return check_quorum<wrong_quorum<Broken>>({.nodes = asks ? 4U : 6U, .elections_meet = asks});
  });
}

TEST_CASE("every quorum system that there is keeps its laws") {
  using rows = grid<2, 3, grid_election::row>;
  test::keeps_its_laws(check_quorum<majority>({.elections_meet = true}));
  test::keeps_its_laws(check_quorum<majority>({.nodes = 10, .elections_meet = true, .random_sets = 20000}));
  test::keeps_its_laws(check_quorum<flexible<6, 5, 2>>({.elections_meet = true}));
  test::keeps_its_laws(check_quorum<flexible<6, 2, 5>>());
  test::keeps_its_laws(check_quorum<flexible<64, 60, 5>>({.elections_meet = true}));
  test::keeps_its_laws(check_quorum<weighted<weights<1, 2, 3, 0, 2>>>({.elections_meet = true}));
  test::keeps_its_laws(check_quorum<weighted<weights<1, 1, 1, 1>, 4, 1>>());
  test::keeps_its_laws(check_quorum<grid<3, 3>>({.elections_meet = true}));
  test::keeps_its_laws(check_quorum<rows>());
  test::keeps_its_laws(check_quorum<both<majority>>({.elections_meet = true}));
  test::keeps_its_laws(check_quorum<both<majority, rows>>({.elections_meet = true}));
  test::keeps_its_laws(check_quorum<both<flexible<5, 4, 2>, grid<2, 2>>>());
  test::keeps_its_laws(check_quorum<test::least_quorum<>>({.nodes = 3, .elections_meet = true}));
}

TEST_CASE("a quorum system that does for three nodes need not do for four: what is tried is what was asked") {
  test::breaks_just(check_quorum<test::least_quorum<>>({.nodes = 4}), "elections_meet_commits");
}

} // namespace
} // namespace quorate
