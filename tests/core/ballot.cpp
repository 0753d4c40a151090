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
constexpr member_id owners[] = {member_id{1}, member_id{2}, member_id{255}, member_id{256}, member_id{65535}};

TEST_CASE("P16: the order is that of (round, owner), and no two owners have an equal ballot") {
  for (auto const r : rounds)
    for (auto const o : owners)
      for (auto const s : rounds)
        for (auto const p : owners)
          CHECK((ballot_at(r, o) <=> ballot_at(s, p)) == (std::pair{r, o.value} <=> std::pair{s, p.value}));
}

TEST_CASE("a ballot gives its round and owner back, and is above none") {
  CHECK(ballot{}.none());
  CHECK(ballot{}.owner() == no_member);
  CHECK(ballot{ballot::names_member | 3}.none()); // of no round, and so nobody's
  CHECK(ballot{ballot::names_member | 3}.owner() == no_member);
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

constexpr node_index A{0}, B{1}, last{63};

// As versions 1 and 2 of the formats had them: 56 bits of the round, 8 of the owner's place.
constexpr ballot earlier(std::uint64_t round, node_index owner) { return ballot{round << 8 | owner.value}; }

TEST_CASE("a ballot of an earlier version gives its round and its founder, and is below those of this one") {
  CHECK(earlier(0, node_index{3}).none());
  CHECK(earlier(0, node_index{3}).owner() == no_member);
  for (std::uint64_t const r : {1U, 2U, 255U, 65535U, 65536U, 4000000000U})
    for (auto const place : {A, B, last}) {
      auto const b = earlier(r, place);
      CHECK(b.round_number() == r);
      CHECK(b.owner() == founder_at(place));
      CHECK(!b.none());
      CHECK(b < ballot_at(1, member_id{1}));
      CHECK(ballot_after(b.round_number(), member_id{1}).value() > b);
    }
}

TEST_CASE("a founder's ballot is named by its place or by its number") {
  CHECK(ballot_at(3, node_index{2}) == ballot_at(3, member_id{3}));
  CHECK(ballot_after(3, node_index{2}) == ballot_after(3, member_id{3}));
}

} // namespace
} // namespace quorate
