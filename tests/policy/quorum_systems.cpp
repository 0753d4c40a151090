// Each quorum system against a twin that can only look at one node after another, over all systems of its kind
// of up to six nodes: every configuration and every set of acks, those of strangers included.
#include "quorate/policy/quorum_systems.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace quorate {
namespace {

constexpr quorum_phase phases[] = {quorum_phase::election, quorum_phase::commit};
constexpr std::uint64_t sets = 1U << 6;
constexpr configuration everybody{node_set<64>::first(64)};

constexpr configuration voters(std::uint64_t bits) { return {{bits}}; }
constexpr node_set<64> nodes(std::uint64_t bits) { return {bits}; }
constexpr bool in(std::uint64_t set, std::size_t n) { return ((set >> n) & 1U) != 0; }

// How often `q` is not what the twin says, which is told who acks and is a voter.
template <class Q, class Twin>
int differences(Q const& q, Twin const& twin) {
  int found = 0;
  for (std::uint64_t config = 0; config < sets; ++config)
    for (std::uint64_t acks = 0; acks < sets; ++acks)
      for (auto const phase : phases)
        found += q.met(phase, nodes(acks), voters(config)) != twin(phase, acks & config) ? 1 : 0;
  return found;
}

auto sizes_twin(std::size_t n, std::size_t election, std::size_t commit) {
  return [=](quorum_phase phase, std::uint64_t set) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < n; ++i) count += in(set, i) ? 1 : 0;
    return count >= (phase == quorum_phase::election ? election : commit);
  };
}

TEST_CASE("of so many nodes any so many: all sizes of up to six nodes") {
  for (std::size_t n = 1; n <= 6; ++n)
    for (std::size_t election = 1; election <= n; ++election)
      for (std::size_t commit = 1; commit <= n; ++commit) {
        CAPTURE(n);
        CAPTURE(election);
        CAPTURE(commit);
        CHECK(differences(quorum_sizes{n, election, commit}, sizes_twin(n, election, commit)) == 0);
      }
}

// All flexible<N, Q1, Q2> that compile.
template <std::size_t N, std::size_t Q1, std::size_t... More>
int flexible_differences(std::index_sequence<More...>) {
  return (0 + ... + differences(flexible<N, Q1, N - Q1 + 1 + More>{}, sizes_twin(N, Q1, N - Q1 + 1 + More)));
}
template <std::size_t N, std::size_t... Less>
int flexible_differences(std::index_sequence<Less...>) {
  return (0 + ... + flexible_differences<N, Less + 1>(std::make_index_sequence<Less + 1>{}));
}
TEST_CASE("flexible is what its sizes say, for every pair of sizes that meets") {
  CHECK(flexible_differences<1>(std::make_index_sequence<1>{}) == 0);
  CHECK(flexible_differences<2>(std::make_index_sequence<2>{}) == 0);
  CHECK(flexible_differences<3>(std::make_index_sequence<3>{}) == 0);
  CHECK(flexible_differences<4>(std::make_index_sequence<4>{}) == 0);
  CHECK(flexible_differences<5>(std::make_index_sequence<5>{}) == 0);
  CHECK(flexible_differences<6>(std::make_index_sequence<6>{}) == 0);
}

template <std::size_t N>
std::uint64_t sum_of(quorum_weights<N> const& q, std::uint64_t set) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < N; ++i) sum += in(set, i) ? q.weight[i] : 0;
  return sum;
}
// Weights 0 to 3, the first node's turning fastest; false after the last.
template <std::size_t N>
bool next(quorum_weights<N>& q) {
  for (auto& w : q.weight) {
    if (++w <= 3) return true;
    w = 0;
  }
  return false;
}
template <std::size_t N>
int weight_differences() {
  int found = 0;
  quorum_weights<N> q{};
  do {
    auto const total = sum_of(q, sets - 1);
    for (q.election = 1; q.election <= total + 1; ++q.election) {
      q.commit = total + 2 - q.election;
      for (std::uint64_t set = 0; set < 1U << N; ++set) {
        auto const sum = sum_of(q, set);
        found += q.met(quorum_phase::election, nodes(set), everybody) != (sum >= q.election) ? 1 : 0;
        found += q.met(quorum_phase::commit, nodes(set), everybody) != (sum >= q.commit) ? 1 : 0;
      }
    }
  } while (next(q));
  return found;
}
TEST_CASE("nodes of together so much weight: all weights from 0 to 3, all thresholds") {
  CHECK(weight_differences<1>() == 0);
  CHECK(weight_differences<2>() == 0);
  CHECK(weight_differences<3>() == 0);
  CHECK(weight_differences<4>() == 0);
  CHECK(weight_differences<5>() == 0);
  CHECK(weight_differences<6>() == 0);
}
TEST_CASE("the weight of who is no voter is not there, nor that of a stranger") {
  quorum_weights<5> q{{}, 3, 2};
  do {
    auto const twin = [&](quorum_phase phase, std::uint64_t set) {
      return sum_of(q, set) >= (phase == quorum_phase::election ? 3U : 2U);
    };
    CHECK(differences(q, twin) == 0);
  } while (next(q));
}
TEST_CASE("by default it takes more than half of the weight, and as much to commit as to elect") {
  using by_default = weighted<weights<3, 1, 0, 2>>;
  CHECK(differences(by_default{}, [](quorum_phase, std::uint64_t set) {
          return sum_of(quorum_weights<4>{{3, 1, 0, 2}}, set) >= 4;
        }) == 0);
  using one_named = weighted<weights<3, 1, 0, 2>, 5>;
  CHECK(differences(one_named{}, [](quorum_phase, std::uint64_t set) {
          return sum_of(quorum_weights<4>{{3, 1, 0, 2}}, set) >= 5;
        }) == 0);
  using named = weighted<weights<3, 1, 0, 2>, 5, 2>;
  CHECK(differences(named{}, [](quorum_phase phase, std::uint64_t set) {
          return sum_of(quorum_weights<4>{{3, 1, 0, 2}}, set) >= (phase == quorum_phase::election ? 5U : 2U);
        }) == 0);
}

auto lines_twin(std::size_t rows, std::size_t columns, grid_election how) {
  return [=](quorum_phase phase, std::uint64_t set) {
    bool row = false, column = false;
    for (std::size_t r = 0; r < rows; ++r) {
      bool whole = true;
      for (std::size_t c = 0; c < columns; ++c) whole = whole && in(set, r * columns + c);
      row = row || whole;
    }
    for (std::size_t c = 0; c < columns; ++c) {
      bool whole = true;
      for (std::size_t r = 0; r < rows; ++r) whole = whole && in(set, r * columns + c);
      column = column || whole;
    }
    if (phase == quorum_phase::commit) return column;
    return how == grid_election::row ? row : row && column;
  };
}
template <std::size_t Rows, std::size_t... Less>
int grid_differences(std::index_sequence<Less...>) {
  using enum grid_election;
  return (0 + ... +
          (differences(grid<Rows, Less + 1>{}, lines_twin(Rows, Less + 1, row_and_column)) +
           differences(grid<Rows, Less + 1, row>{}, lines_twin(Rows, Less + 1, row))));
}
TEST_CASE("a row, or a row and a column, elects, and a column commits: all grids of up to six nodes") {
  CHECK(grid_differences<1>(std::make_index_sequence<6>{}) == 0);
  CHECK(grid_differences<2>(std::make_index_sequence<3>{}) == 0);
  CHECK(grid_differences<3>(std::make_index_sequence<2>{}) == 0);
  CHECK(grid_differences<4>(std::make_index_sequence<1>{}) == 0);
  CHECK(grid_differences<5>(std::make_index_sequence<1>{}) == 0);
  CHECK(grid_differences<6>(std::make_index_sequence<1>{}) == 0);
}

TEST_CASE("of a pair both must agree") {
  for (std::size_t election = 1; election <= 6; ++election)
    for (std::size_t commit = 1; commit <= 4; ++commit) {
      auto const sizes = sizes_twin(6, election, commit + 2);
      auto const lines = lines_twin(2, 2, grid_election::row);
      auto const twin = [&](quorum_phase p, std::uint64_t set) { return sizes(p, set) && lines(p, set); };
      quorum_sizes const a{6, election, commit + 2};
      quorum_lines const b{4, 2, grid_election::row};
      CHECK(differences(both<quorum_sizes, quorum_lines>{a, b}, twin) == 0);
      CHECK(differences(both<quorum_lines, quorum_sizes>{b, a}, twin) == 0);
    }
}

// What a change of voters needs: while both configurations decide, no quorum of either can decide past them.
TEST_CASE("a pair over two configurations: a majority of each, so it meets every majority of either") {
  constexpr both<majority> pair;
  constexpr auto election = quorum_phase::election, commit = quorum_phase::commit;
  int astray = 0;
  for (std::uint64_t from = 1; from < 1U << 5; ++from)
    for (std::uint64_t to = 1; to < 1U << 5; ++to)
      for (std::uint64_t acks = 0; acks < 1U << 5; ++acks) {
        auto const whole =
            majority::met(election, nodes(acks), voters(from)) && majority::met(election, nodes(acks), voters(to));
        bool const met = pair.met(election, nodes(acks), voters(from), voters(to));
        astray += met != whole ? 1 : 0;
        auto const others = nodes(~acks);
        astray += met && majority::met(commit, others, voters(from)) ? 1 : 0;
        astray += met && majority::met(commit, others, voters(to)) ? 1 : 0;
        astray += met && pair.met(commit, others, voters(from), voters(to)) ? 1 : 0;
      }
  CHECK(astray == 0);
}

TEST_CASE("nothing is a quorum where too few of a constant system's nodes are voters") {
  using five = flexible<5, 4, 3>;
  for (std::uint64_t config = 0; config < sets; ++config) {
    CAPTURE(config);
    auto const its_own = nodes(config & 0x1f).size();
    CHECK(five::met(quorum_phase::election, nodes(~0U), voters(config)) == (its_own >= 4));
    CHECK(five::met(quorum_phase::commit, nodes(~0U), voters(config)) == (its_own >= 3));
  }
}

// A system may be as wide as a set of nodes.
static_assert(flexible<64, 33, 32>::met(quorum_phase::commit, node_set<64>::first(32), everybody));
static_assert(!flexible<64, 33, 32>::met(quorum_phase::election, node_set<64>::first(32), everybody));
static_assert(grid<8, 8>::met(quorum_phase::commit, nodes(0x0101'0101'0101'0101), everybody));
static_assert(!grid<8, 8>::met(quorum_phase::commit, nodes(0x0101'0101'0101'0100), everybody));

static_assert(both<flexible<5, 3, 3>, grid<2, 3>>::nodes == 6 && both<majority, grid<2, 3>>::nodes == 0);
static_assert(quorum_system<both<majority>> && !constant_quorum_system<both<majority>>);
static_assert(quorum_system<quorum_sizes> && !constant_quorum_system<quorum_sizes>);
static_assert(constant_quorum_system<flexible<3, 2, 2>> && constant_quorum_system<grid<2, 2>> &&
              constant_quorum_system<weighted<weights<1, 1>>>);

} // namespace
} // namespace quorate
