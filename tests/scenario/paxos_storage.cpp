// Scenarios P5, P15: what lies on disks and in messages. Scenario P13 (torn tails and damage)
// storage/file_wal_torn.cpp; scenario P14 (a store of another node) storage/file_wal_refusals.cpp and, for any
// storage, multi_paxos_replica.cpp.
#include "storage/wal_model.hpp"

#include "quorate/core/ballot.hpp"
#include "quorate/message/codec.hpp"
#include "quorate/message/reflect.hpp"
#include "quorate/multi_paxos/node.hpp"
#include "quorate/paxos/message.hpp"
#include "quorate/replica/hard.hpp"
#include "quorate/storage/memory.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace quorate {
namespace {

constexpr ballot low = ballot_at(3, node_index{2}), high = ballot_at(7, node_index{1});
constexpr stamp voted{low.value}, promised{high.value};
using record = paxos::acceptor_record<std::uint64_t>;
constexpr record single{high, {low, 5}};
constexpr hard_state hard = to_hard_state(multi_paxos::promise_and_mark{promised, log_index{1}});

// A Multi-Paxos acceptor's record, which is the hard state and the stamps of its log, and single-decree Paxos' in
// an entry.
bool write(auto& s) {
  std::byte room[64]{};
  writer out{std::span{room}.subspan(payloads::prefix)};
  if (!encode(single, out)) return false;
  auto const size = static_cast<std::uint32_t>(out.written().size());
  payloads::put_length(room, size);
  auto const entry = payloads::trusted(std::span{room}.first(payloads::prefix + size), 1);
  return s.put(hard) && s.put(entry_run{log_index{1}, 1, voted, entry_kind::command}, entry);
}
void check(auto& s) {
  CHECK(s.hard() == hard);
  REQUIRE(s.log().last() == log_index{1});
  CHECK(s.log().stamp_at(log_index{1}) == voted);
  auto const bytes = s.read(log_index{1}, 1);
  REQUIRE(bytes);
  record got{};
  reader in{bytes->front()};
  REQUIRE(decode(in, got) == decode_error::none);
  CHECK(got == single);
}

TEST_CASE("P5: promised and voted come back apart, from memory") {
  memory m;
  REQUIRE(write(m));
  tickets source;
  for (int writes = 0; writes < 2; ++writes) (void)source.next();
  REQUIRE(m.sync(source.order()));
  m.crash();
  check(m);
}

TEST_CASE("P5: promised and voted come back apart, from a file, and from either copy of the promise") {
  disk d;
  {
    auto o = open_disk(d);
    REQUIRE_MESSAGE(o, o.error);
    REQUIRE(write(*o.wal));
    REQUIRE(sync(*o.wal));
  }
  for (bool const whole : {true, false}) {
    auto copy = d;
    if (!whole) copy.file("state")[20] ^= std::byte{1};
    auto again = open_disk(copy);
    REQUIRE_MESSAGE(again, again.error);
    check(*again.wal);
  }
}

template <class M>
std::vector<int> bytes_of_message(M const& m) {
  std::byte room[128]{};
  writer out{room};
  REQUIRE(encode(m, out));
  std::vector<int> all;
  for (auto const b : out.written()) all.push_back(std::to_integer<int>(b));
  return all;
}

// What is on disks and wires of older versions: to change it is to change the format's version.
TEST_CASE("P15: a ballot is eight bytes, the owner in two and the round in six, and no ballot is eight zeros") {
  auto const some = ballot_at(0x020304050607, member_id{0x1009});
  std::vector<int> const golden{0x09, 0x10, 7, 6, 5, 4, 3, 0x82}, zeros(8, 0);
  CHECK(bytes_of_message(paxos::prepare{some}) == golden);
  CHECK(bytes_of_message(paxos::prepare{}) == zeros);
  auto const of_log = bytes_of_message(multi_paxos::prepare{stamp{some.value}, log_index{}, 0});
  REQUIRE(of_log.size() >= golden.size());
  CHECK(std::equal(golden.begin(), golden.end(), of_log.begin())); // one encoding for both
  CHECK(multi_paxos::owner_of(stamp{some.value}) == member_id{0x1009});

  // A decoded "none" is the one that nothing compares below, whoever its lowest byte may name.
  for (int owner = 0; owner < 256; ++owner) {
    std::byte const raw[8]{static_cast<std::byte>(owner)};
    reader in{raw};
    paxos::prepare got{};
    REQUIRE(decode(in, got) == decode_error::none);
    CHECK(got.at.none());
    CHECK(got.at < ballot_at(1, node_index{0}));
  }
}

} // namespace
} // namespace quorate
