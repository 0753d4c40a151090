// Each property of ballots and votes: votes in which it holds, and votes in which it does not.
#include "quorate/truth/ballots.hpp"

#include "truth/view.hpp"

#include <doctest/doctest.h>

#include <array>

namespace quorate::test {
namespace {

struct same {
  constexpr bool operator()(int a, int b) const { return a == b; }
};
template <class Memory>
using ballots = truth::ballot_ledger<majority, int, 3, same, Memory>;
using vote = paxos::vote<int>;
using few = std::array<vote, 1>;
constexpr std::array<vote, 0> none{};
constexpr ballot first = ballot_at(1, A), second = ballot_at(2, B), third = ballot_at(3, C);

template <class Ledger, class Votes>
std::string votes(Ledger& all, node_index n, ballot promised, vote const& v, Votes const& replaced) {
  return told([&](auto& tell) { return all.votes_agree(n, promised, v, replaced, tell); });
}

TEST_CASE_TEMPLATE("one value a ballot, and above one that was chosen no other", Memory, truth::bounded_memory,
                   truth::growing_memory) {
  ballots<Memory> all{};
  CHECK(votes(all, A, first, {first, 7}, none) == "nothing");
  CHECK(!all.any_chosen());
  CHECK(votes(all, B, first, {first, 8}, none) ==
        "one value a ballot: node B has another value at ballot 1.A than was there before");

  all = {};
  CHECK(votes(all, A, first, {first, 7}, none) == "nothing");
  CHECK(votes(all, B, first, {first, 7}, none) == "nothing");
  CHECK(all.is_chosen(first, 7));
  CHECK(all.is_chosen(7));
  CHECK(!all.is_chosen(second, 7));
  CHECK(votes(all, C, second, {second, 7}, none) == "nothing");
  CHECK(votes(all, C, third, {third, 9}, none) ==
        "only what was chosen is accepted at higher ballots: a value was chosen at ballot 1.A, and another is "
        "accepted at ballot 3.C");
}

TEST_CASE("what is chosen later at a lower ballot is found out as well") {
  ballots<truth::growing_memory> all{};
  CHECK(votes(all, C, third, {third, 9}, none) == "nothing");
  CHECK(votes(all, A, first, {first, 7}, none) == "nothing");
  CHECK(votes(all, B, first, {first, 7}, none) ==
        "only what was chosen is accepted at higher ballots: a value was chosen at ballot 1.A, and another is "
        "accepted at ballot 3.C");
  CHECK(told([](auto& tell) { return truth::one_value_is_chosen(first, second, tell); }) ==
        "two values are chosen: one at ballot 1.A, and another at ballot 2.B");
}

TEST_CASE("a vote that was replaced unseen counts, and a ballot that no quorum can vote at any more is lost") {
  ballots<truth::bounded_memory> all{};
  CHECK(votes(all, A, second, {second, 7}, few{vote{first, 7}}) == "nothing");
  CHECK(votes(all, B, second, {}, none) == "nothing");
  CHECK(votes(all, C, second, {}, none) == "nothing");
  CHECK(all.known()[0].is == truth::fate_of_ballot::lost); // of three, two have promised more
  CHECK(all.known()[1].is == truth::fate_of_ballot::open);
  CHECK(votes(all, B, second, {second, 7}, none) == "nothing");
  CHECK(all.is_chosen(second, 7));
}

TEST_CASE("a bounded list of ballots says when it is too short") {
  ballots<truth::bounded_memory> all{};
  std::string last = "nothing";
  for (std::uint64_t round = 1; round <= all.most + 1; ++round) {
    CHECK(last == "nothing");
    last = votes(all, A, ballot_at(round, A), {ballot_at(round, A), 7}, none);
  }
  CHECK(last == "(the bounds need a longer list of ballots): ");
}

} // namespace
} // namespace quorate::test
