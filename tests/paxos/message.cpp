// Paxos' messages and records on the wire: whole, in frames, with any value that the codec takes.
#include "quorate/paxos/message.hpp"

#include "quorate/message/frame.hpp"
#include "quorate/message/reflect.hpp"
#include "quorate/paxos/node.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace quorate::test {
namespace {

using namespace paxos;

template <class Value, class M>
bool goes_through(M const& m) {
  using set = typename full_node<Value>::messages;
  std::byte room[128]{};
  writer out{room};
  bool same = false;
  if (!encode_message(set{}, m, out)) return false;
  auto const fault = decode_message<set>(out.written(), [&](auto const& got) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(got)>, M>) same = got == m;
  });
  return same && fault == decode_error::none;
}

template <class Value>
void all_go_through(Value const& v) {
  auto const a = ballot_at(3, node_index{2}), b = ballot_at(ballot::last_round, node_index{63});
  CHECK(goes_through<Value>(prepare{b}));
  CHECK(goes_through<Value>(promise<Value>{b, {a, v}}));
  CHECK(goes_through<Value>(promise<Value>{b, {}}));
  CHECK(goes_through<Value>(accept<Value>{a, v}));
  CHECK(goes_through<Value>(accepted<Value>{a, v}));
  CHECK(goes_through<Value>(refused{a, b}));
  CHECK(goes_through<Value>(inquiry{}));
  CHECK(goes_through<Value>(chosen<Value>{a, v}));
}

TEST_CASE("every message comes out of its frame as it went in: numbers and fixed bytes") {
  all_go_through<std::uint64_t>(7);
  all_go_through<std::array<std::uint8_t, 4>>({1, 2, 3, 4});
}

TEST_CASE("P5: a record whose promise is not its vote's ballot keeps both") {
  acceptor_record<std::uint64_t> const r{ballot_at(7, node_index{1}), {ballot_at(3, node_index{2}), 5}};
  std::byte room[64]{};
  writer out{room};
  REQUIRE(encode(r, out));
  acceptor_record<std::uint64_t> got{};
  reader in{out.written()};
  REQUIRE(decode(in, got) == decode_error::none);
  CHECK(got == r);
  CHECK(got.promised != got.voted.at);
}

TEST_CASE("P15: no ballot is written in one way, and that is zero") {
  std::byte room[8]{};
  writer out{room};
  REQUIRE(encode(prepare{}, out));
  for (auto const byte : out.written()) CHECK(byte == std::byte{});
  auto const nobodys = [](ballot b) { return b.none() && b.owner() == no_member; };
  for (std::uint64_t owner = 0; owner < 256; ++owner) // what else might be meant for one is nobody's ballot
    CHECK(nobodys(ballot{owner}));
  for (std::uint64_t owner = 0; owner < 0x10000; ++owner)
    if (!nobodys(ballot{ballot::names_member | owner})) FAIL("round 0 of member ", owner, " is a ballot");
}

} // namespace
} // namespace quorate::test
