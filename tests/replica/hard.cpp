// A core's hard state as storages keep it, and that of the earlier formats.
#include "quorate/multi_paxos/hard.hpp"
#include "quorate/raft/hard.hpp"
#include "quorate/replica/hard.hpp"

#include <doctest/doctest.h>

#include <optional>

namespace quorate::test {
namespace {

using multi_paxos::promise_and_mark;
using raft::term_and_vote;

constexpr term_and_vote vote{term_id{0x0102030405060708}, member_id{0x0a0b}};
constexpr promise_and_mark mark{stamp{9}, log_index{10}};
constexpr earlier_hard_state earlier{stamp{5}, node_index{2}, log_index{4}};

static_assert(from_hard_state<term_and_vote>(to_hard_state(vote)) == vote);
static_assert(from_hard_state<promise_and_mark>(to_hard_state(mark)) == mark);

TEST_CASE("the bytes are little-endian, in the order of the fields, and zero behind them") {
  auto const h = to_hard_state(vote);
  CHECK(h.kind == 'R');
  CHECK(h.size == 10);
  for (std::size_t i = 0; i < 8; ++i) CHECK(h.bytes[i] == static_cast<std::byte>(8 - i));
  CHECK(h.bytes[8] == std::byte{0x0b});
  CHECK(h.bytes[9] == std::byte{0x0a});
  for (std::size_t i = 10; i < h.bytes.size(); ++i) CHECK(h.bytes[i] == std::byte{});
}

TEST_CASE("a store in which nothing was written gives a new node") {
  CHECK(from_hard_state<term_and_vote>({}) == std::optional{term_and_vote{}});
  CHECK(from_hard_state<promise_and_mark>({}) == std::optional{promise_and_mark{}});
}

TEST_CASE("what another protocol wrote is refused, and so is what is cut") {
  CHECK(!from_hard_state<term_and_vote>(to_hard_state(mark)));
  CHECK(!from_hard_state<promise_and_mark>(to_hard_state(vote)));
  auto h = to_hard_state(vote);
  --h.size;
  CHECK(!from_hard_state<term_and_vote>(h));
}

TEST_CASE(
    "what the earlier formats kept is read by either protocol: the vote for a place is one for its founder") {
  auto const h = to_hard_state(earlier);
  CHECK(h.size == 17);
  CHECK(from_hard_state<term_and_vote>(h) == std::optional{term_and_vote{term_id{5}, member_id{3}}});
  CHECK(from_hard_state<promise_and_mark>(h) == std::optional{promise_and_mark{stamp{5}, log_index{4}}});
  auto const nobody = to_hard_state(earlier_hard_state{stamp{5}, no_node, {}});
  CHECK(from_hard_state<term_and_vote>(nobody) == std::optional{term_and_vote{term_id{5}, no_member}});
}

} // namespace
} // namespace quorate::test
