// Ballots are ordered by round, then by owner, and end rather than wrap.
#include "quorate/core/ballot.hpp"

#include <doctest/doctest.h>

#include <compare>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace quorate {
namespace {

static_assert(is_strong_id<ballot> && sizeof(ballot) == 8 && std::is_trivially_copyable_v<ballot>);
static_assert(!std::is_convertible_v<std::uint64_t, ballot> && !std::is_convertible_v<stamp, ballot>);

constexpr std::uint64_t rounds[] = {1, 2, 255, 256, 257, ballot::last_round - 1, ballot::last_round};
constexpr node_index owners[] = {node_index{0}, node_index{1}, node_index{62}, node_index{63}};

TEST_CASE("P16: the order is that of (round, owner), and no two owners have an equal ballot") {
  for (auto const r : rounds)
    for (auto const o : owners)
      for (auto const s : rounds)
        for (auto const p : owners)
          CHECK((ballot_at(r, o) <=> ballot_at(s, p)) == (std::pair{r, o.value} <=> std::pair{s, p.value}));
}

TEST_CASE("a ballot gives its round and owner back, and is above none") {
  CHECK(ballot{}.none());
  CHECK(ballot{}.owner() == no_node);
  for (auto const r : rounds)
    for (auto const o : owners) {
      auto const b = ballot_at(r, o);
      CHECK(b.round_number() == r);
      CHECK(b.owner() == o);
      CHECK(!b.none());
      CHECK(b > ballot{});
      CHECK(ballot{b.value} == b);
    }
}

TEST_CASE("P30: the next ballot is of the next round, until there is none: an error, and no wrap") {
  for (auto const o : owners) {
    CHECK(ballot_after(0, o) == ballot_at(1, o));
    for (auto const r : rounds)
      if (r < ballot::last_round) CHECK(ballot_after(r, o) == ballot_at(r + 1, o));
    CHECK(!ballot_after(ballot::last_round, o));
    CHECK(!ballot_after(~std::uint64_t{0}, o));
  }
}

} // namespace
} // namespace quorate
