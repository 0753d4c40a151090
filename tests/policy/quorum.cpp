// The majority against a twin that can only count on its fingers: every configuration and every set of acks among
// up to six nodes, those of strangers included.
#include "quorate/policy/quorum.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>

namespace quorate {
namespace {

constexpr quorum_phase phases[] = {quorum_phase::election, quorum_phase::commit};
constexpr std::uint64_t sets = 1U << 6;

constexpr configuration voters(std::uint64_t bits) { return {{bits}}; }
constexpr node_set<64> nodes(std::uint64_t bits) { return {bits}; }

// Are there more for it than not?
bool twin(std::uint64_t acks, std::uint64_t config) {
  int for_it = 0, all = 0;
  for (unsigned n = 0; n < 64; ++n) {
    bool const votes = ((config >> n) & 1U) != 0;
    all += votes ? 1 : 0;
    for_it += votes && ((acks >> n) & 1U) != 0 ? 1 : 0;
  }
  return 2 * for_it > all;
}

TEST_CASE("a majority is more than half of the voters: all sets of up to six nodes") {
  for (std::uint64_t config = 0; config < sets; ++config)
    for (std::uint64_t acks = 0; acks < sets; ++acks)
      for (auto const phase : phases) {
        CAPTURE(config);
        CAPTURE(acks);
        CHECK(majority{}.met(phase, nodes(acks), voters(config)) == twin(acks, config));
      }
}

TEST_CASE("wherever the nodes stand among the 64, and however many strangers are for it") {
  constexpr auto strangers = ~(std::uint64_t{0x3f} << 58);
  for (std::uint64_t config = 0; config < sets; ++config)
    for (std::uint64_t acks = 0; acks < sets; ++acks) {
      auto const high = voters(config << 58);
      bool const expected = twin(acks, config);
      CHECK(majority{}.met(quorum_phase::commit, nodes(acks << 58), high) == expected);
      CHECK(majority{}.met(quorum_phase::commit, nodes(acks << 58 | strangers), high) == expected);
    }
}

TEST_CASE("of n voters it takes n/2+1, for every n up to 64; of no voters there is no quorum") {
  for (std::size_t n = 0; n <= 64; ++n) {
    CAPTURE(n);
    configuration const config{node_set<64>::first(n)};
    CHECK(!majority::met(quorum_phase::election, {}, config));
    CHECK(!majority::met(quorum_phase::election, node_set<64>::first(n / 2), config));
    if (n > 0) CHECK(majority::met(quorum_phase::election, node_set<64>::first(n / 2 + 1), config));
  }
  CHECK(!majority::met(quorum_phase::commit, node_set<64>::first(64), {}));
}

// What the policy asks of every quorum system, tried on ours for all sets of up to six nodes.
TEST_CASE("a superset of a quorum is one, the empty set never, and an election quorum meets every commit quorum") {
  majority const q;
  for (std::uint64_t config = 0; config < sets; ++config) {
    CHECK(!q.met(quorum_phase::election, {}, voters(config)));
    CHECK(!q.met(quorum_phase::commit, {}, voters(config)));
    for (std::uint64_t a = 0; a < sets; ++a) {
      if (!q.met(quorum_phase::election, nodes(a), voters(config))) continue;
      for (std::uint64_t b = 0; b < sets; ++b) {
        CHECK(q.met(quorum_phase::election, nodes(a | b), voters(config)));
        if (q.met(quorum_phase::commit, nodes(b), voters(config))) CHECK((a & b & config) != 0);
      }
    }
  }
}

static_assert(majority::met(quorum_phase::commit, node_set<64>::first(2), {node_set<64>::first(3)}));
static_assert(!majority::met(quorum_phase::commit, node_set<64>::first(2), {node_set<64>::first(4)}));

} // namespace
} // namespace quorate
