// That quorums meet: find_miss against a twin that tries every two sets, over all systems of each kind of up to
// six nodes, and what the proof at compile time takes. What it refuses is in reject/.
#include "quorate/policy/quorum_proof.hpp"

#include "quorate/policy/quorum_systems.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace quorate {
namespace {

constexpr auto election = quorum_phase::election, commit = quorum_phase::commit;

constexpr configuration first(std::size_t n) { return {node_set<64>::first(n)}; }
constexpr node_set<64> nodes(std::uint64_t bits) { return {bits}; }

// Which of the sets are quorums, asked once.
template <class Q>
std::vector<bool> quorums(Q const& q, std::size_t n, quorum_phase phase) {
  std::vector<bool> is(std::size_t{1} << n);
  for (std::size_t s = 0; s < is.size(); ++s) is[s] = q.met(phase, nodes(s), first(n));
  return is;
}
bool minimal(std::vector<bool> const& is, node_set<64> s) {
  bool fits = is[s.bits];
  s.for_each([&](node_index n) { fits = fits && !is[s.without(n).bits]; });
  return fits;
}

// What is wrong with the system, or with what find_miss says of it; `missed` is whether two quorums miss
// each other.
template <class Q>
char const* fault(Q const& q, std::size_t n, quorum_phase one, quorum_phase other, bool& missed) {
  auto const is_one = quorums(q, n, one), is_other = quorums(q, n, other);
  if (is_one[0] || is_other[0]) return "nobody is a quorum";
  missed = false;
  std::size_t least = 64;
  for (std::size_t a = 0; a < is_one.size(); ++a)
    for (std::size_t b = 0; b < is_one.size(); ++b) {
      if (is_one[a] && !is_one[a | b]) return "a superset of a quorum is none";
      if ((a & b) != 0 || !is_one[a] || !is_other[b]) continue;
      missed = true;
      if (nodes(a).size() < least) least = nodes(a).size();
    }
  auto const found = find_miss(q, first(n), one, other);
  if (found.has_value() != missed) return "a miss was not found, or one where there is none";
  if (!missed) return nullptr;
  if (!(found->one & found->other).empty()) return "those two meet";
  if (!minimal(is_one, found->one) || !minimal(is_other, found->other)) return "not two minimal quorums";
  if (found->one.size() != least) return "there is a smaller one";
  return nullptr;
}

struct tally {
  template <class Q>
  void add(Q const& q, std::size_t n) {
    for (auto const other : {election, commit}) {
      bool missed = false;
      char const* what = fault(q, n, election, other, missed);
      if constexpr (requires { q.miss(election, other); }) {
        auto const found = q.miss(election, other); // by arithmetic: as true, and as small
        if (!what && found.has_value() != missed) what = "arithmetic is wrong";
        if (!what && found && *found != find_miss(q, first(n), election, other)) what = "and names other quorums";
      }
      if (what) FAIL_CHECK(what);
      ++(missed ? miss : meet);
    }
  }
  int meet = 0, miss = 0;
};

TEST_CASE("P69: sizes: every election quorum meets every commit quorum, if together they are more than all") {
  tally t;
  for (std::size_t n = 1; n <= 6; ++n)
    for (std::size_t q1 = 1; q1 <= n; ++q1)
      for (std::size_t q2 = 1; q2 <= n; ++q2) {
        CAPTURE(n);
        CAPTURE(q1);
        CAPTURE(q2);
        quorum_sizes const q{n, q1, q2};
        t.add(q, n);
        CHECK(q.miss(election, commit).has_value() == (q1 + q2 <= n));
      }
  CHECK(t.meet == 56 + 50); // with commit quorums, and among election quorums
  CHECK(t.miss == 2 * 91 - t.meet);
}

TEST_CASE("P69: grids: a row meets every column, rows do not meet") {
  tally t;
  for (std::size_t columns = 1; columns <= 6; ++columns)
    for (std::size_t rows = 1; rows * columns <= 6; ++rows)
      for (auto const how : {grid_election::row_and_column, grid_election::row}) {
        CAPTURE(rows);
        CAPTURE(columns);
        quorum_lines const q{rows * columns, columns, how};
        t.add(q, q.nodes);
        CHECK(!q.miss(election, commit));
        CHECK(q.miss(election, election).has_value() == (how == grid_election::row && rows > 1));
        CHECK(q.miss(commit, commit) == find_miss(q, first(q.nodes), commit, commit));
      }
  CHECK(t.miss == 8);
}

// Every choice of weights if `sorted` is false, else one of those that differ by the nodes' names only.
template <std::size_t N>
void weigh(bool sorted, tally& t) {
  quorum_weights<N> q{};
  for (std::uint32_t choice = 0; choice < 1U << (2 * N); ++choice) {
    std::uint32_t total = 0;
    bool falls = true;
    for (std::size_t i = 0; i < N; ++i) {
      q.weight[i] = (choice >> (2 * i)) & 3;
      total += q.weight[i];
      falls = falls && (i == 0 || q.weight[i] <= q.weight[i - 1]);
    }
    if (sorted && !falls) continue;
    CAPTURE(choice);
    for (q.election = 1; q.election <= total; ++q.election)
      for (q.commit = 1; q.commit <= total; ++q.commit) t.add(q, N);
  }
}
TEST_CASE("P69: weights: whatever they are, and whatever is asked for") {
  tally t;
  weigh<1>(false, t), weigh<2>(false, t), weigh<3>(false, t);
  weigh<4>(true, t), weigh<5>(true, t), weigh<6>(true, t);
  CHECK(t.meet > 1000);
  CHECK(t.miss > 1000);
}

TEST_CASE("P69: pairs: they meet where one of the two does, and sometimes where neither does") {
  tally t;
  bool neither = false;
  for (std::size_t n = 2; n <= 6; ++n)
    for (std::size_t q1 = 1; q1 <= n; ++q1)
      for (std::size_t q2 = 1; q2 <= n; ++q2)
        for (std::size_t b1 = 1; b1 <= 4; ++b1)
          for (std::size_t b2 = 1; b2 <= 4; ++b2) {
            quorum_sizes const a{n, q1, q2};
            quorum_weights<4> const b{{0, 2, 1, 1}, b1, b2};
            both<quorum_sizes, quorum_weights<4>> const pair{a, b};
            auto const all = n < 4 ? 4 : n;
            t.add(pair, all);
            bool const misses = find_miss(pair, first(all)).has_value();
            bool const a_misses = a.miss(election, commit).has_value();
            bool const b_misses = find_miss(b, first(4)).has_value();
            if (misses) CHECK((a_misses && b_misses));
            neither = neither || (!misses && a_misses && b_misses);
          }
  CHECK(neither);
  CHECK(t.miss > 0);
}

TEST_CASE("P69: the majority, under every configuration of up to six nodes; of no voters there is no quorum") {
  for (std::uint64_t voters = 0; voters < 1U << 6; ++voters)
    for (auto const one : {election, commit})
      for (auto const other : {election, commit}) {
        CHECK(!find_miss(majority{}, {nodes(voters)}, one, other));
        CHECK(!find_miss(both<majority>{}, {nodes(voters)}, one, other));
      }
}

// Any classic quorum meets any two fast ones, if it meets what two fast ones share at least. Three quarters in
// integers is not enough (Paxi), and one more is.
TEST_CASE("P69: fast quorums of five nodes take four") {
  constexpr auto shared_by = [](std::size_t fast) { return quorum_sizes{5, 3, 2 * fast - 5}; };
  CHECK(find_miss(shared_by(5 * 3 / 4), first(5)) == quorum_miss{nodes(0b00111), nodes(0b01000)});
  CHECK(!find_miss(shared_by(4), first(5)));
}

// How many election quorums miss a commit quorum, each being one in a configuration of its own.
template <class Q>
int astray(Q const& q) {
  int found = 0;
  for (std::uint64_t c = 0; c < 1U << 6; ++c)
    for (std::uint64_t d = 0; d < 1U << 6; ++d)
      for (std::uint64_t a = 0; a < 1U << 6; ++a)
        found += q.met(election, nodes(a), {nodes(c)}) && q.met(commit, nodes(~a), {nodes(d)}) ? 1 : 0;
  return found;
}
TEST_CASE("P69: the quorums of a constant system meet across configurations") {
  CHECK(astray(flexible<5, 4, 2>{}) == 0);
  CHECK(astray(weighted<weights<3, 1, 1, 0, 2>>{}) == 0);
  CHECK(astray(grid<2, 3>{}) == 0);
  CHECK(astray(both<grid<2, 2>, flexible<6, 3, 4>>{}) == 0);
  CHECK(astray(majority{}) > 0); // which is why a change of voters needs a pair
}

// The same at compile time.
static_assert(find_miss(quorum_sizes{4, 2, 2}, first(4)) == quorum_miss{nodes(0b0011), nodes(0b1100)});
static_assert(find_miss(quorum_weights<4>{{1, 1, 1, 3}, 3, 3}, first(4)) ==
              quorum_miss{nodes(0b1000), nodes(0b0111)});
static_assert(!find_miss(quorum_weights<3>{{2, 2, 2}, 3, 3}, first(3))); // whose sum is no more than all
static_assert(!find_miss(quorum_sizes{3, 2, 2}, {}));

// Each is proved where it is named, within the compilers' own limits.
static_assert(quorums_meet<flexible<5, 2, 4>> && quorums_meet<flexible<64, 1, 64>>);
static_assert(quorums_meet<weighted<weights<2, 1, 1, 1>>> && quorums_meet<weighted<weights<2, 2, 2>, 3, 3>>);
static_assert(quorums_meet<weighted<weights<3, 2, 2, 2, 1, 1, 1, 1, 1, 1>>>);
static_assert(quorums_meet<grid<3, 3, grid_election::row>> && quorums_meet<grid<8, 8>>);
static_assert(quorums_meet<both<grid<3, 3>, weighted<weights<2, 1, 1, 1, 1, 1, 1, 1, 1>>>>);

// Raft asks more.
static_assert(election_quorums_meet<flexible<5, 4, 2>> && election_quorums_meet<grid<8, 8>> &&
              election_quorums_meet<weighted<weights<3, 2, 2, 2, 1, 1, 1, 1, 1, 1>>>);

// A user's own: the plane of order two, whose seven lines of three nodes each meet, every two of them, in one.
struct fano_plane {
  static constexpr std::size_t nodes = 7;
  static constexpr bool met(quorum_phase, node_set<64> acks, configuration const& c) {
    constexpr std::uint64_t lines[] = {0b0000111, 0b0011001, 0b1100001, 0b0101010,
                                       0b1010010, 0b1001100, 0b0110100};
    for (auto const line : lines)
      if (node_set<64>{line}.without(acks & c.voters).empty()) return true;
    return false;
  }
};
static_assert(constant_quorum_system<fano_plane> && quorums_meet<fano_plane> && election_quorums_meet<fano_plane>);
static_assert(quorums_meet<both<fano_plane, flexible<5, 2, 4>>>);

// Whose ack must not decide anything: nobody's, that of who is no voter, and that of voters behind its nodes.
struct mine {
  static constexpr std::size_t nodes = 3;
};
struct counts_nobody : mine {
  static constexpr bool met(quorum_phase phase, node_set<64> acks, configuration const& c) {
    return phase == commit && acks.empty() && !c.voters.empty();
  }
};
struct counts_no_voters : mine {
  static constexpr bool met(quorum_phase phase, node_set<64> acks, configuration const&) {
    return phase == commit && (acks & node_set<64>::first(nodes)).size() > 1;
  }
};
struct counts_behind_its_nodes : mine {
  static constexpr bool met(quorum_phase phase, node_set<64> acks, configuration const& c) {
    return phase == commit && (acks & c.voters).size() > 1;
  }
};
static_assert(detail::decides_with_strangers<counts_nobody>());
static_assert(detail::decides_with_strangers<counts_no_voters>());
static_assert(detail::decides_with_strangers<counts_behind_its_nodes>());
static_assert(!detail::decides_with_strangers<fano_plane>());

// A user's own rule: a value, which becomes a constant system.
struct with_the_first {
  std::size_t nodes{};
  std::size_t more{};
  constexpr bool met(quorum_phase, node_set<64> acks, configuration const& c) const {
    auto const present = acks & c.voters & node_set<64>::first(nodes);
    return present.contains(node_index{0}) && present.size() > more;
  }
};
static_assert(quorums_meet<fixed_quorums<with_the_first{10, 1}>>);
static_assert(find_miss(with_the_first{}, first(3)) == std::nullopt);

} // namespace
} // namespace quorate
