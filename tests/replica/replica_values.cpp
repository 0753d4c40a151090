// What a message names is sent with the bytes that it names, or not at all: between a step that says `fetched` and
// the turn in which that leaves, the log may change.
#include "cluster.hpp"

namespace quorate {
namespace {

using namespace test;
using cluster = protocol_cluster<multi_paxos_protocol, memory>;

constexpr node_index B{1}, C{2};
constexpr std::uint64_t founding = 1; // the number of the configuration

struct records {
  std::vector<std::byte> bytes{};
  explicit records(std::initializer_list<std::uint64_t> commands)
      : count{static_cast<std::uint32_t>(commands.size())} {
    for (auto const c : commands) {
      auto const size = numbers::entry_size(c, {});
      auto const from = bytes.size();
      bytes.resize(from + payloads::prefix + size);
      payloads::put_length(bytes.data() + from, static_cast<std::uint32_t>(size));
      numbers::encode_entry(c, {}, bytes.data() + from + payloads::prefix);
    }
  }
  payloads view() const { return payloads::trusted(bytes, count); }
  std::uint32_t count;
};

// Node 1 has voted for three commands of node 3, has promised node 2 a ballot, and was asked for them.
struct asked {
  cluster c{};
  records ours{11, 12, 13};
  stamp const old = multi_paxos::make_ballot(1, C), now = multi_paxos::make_ballot(5, B);

  explicit asked(log_index commit = log_index{1}) {
    auto& n = *c[1];
    n.receive(node_id{3}, multi_paxos::accept{old, old, log_index{2}, commit, founding, 3, entry_kind::command},
              ours.view());
    c.turn(1);
    c.now += 150; // it hears of node 3 no more
    c.turn(1);
    n.receive(node_id{2}, multi_paxos::prepare{now, log_index{2}, founding});
    c.turn(1);
    REQUIRE(c.take_out<multi_paxos::promise>());
    n.receive(node_id{2}, multi_paxos::fetch{now, log_index{2}, 3, old, founding});
  }
};

TEST_CASE("values that were asked for are sent with the next turn") {
  asked a;
  a.c.turn(1);
  auto const told = a.c.take_out<multi_paxos::fetched>();
  REQUIRE(told);
  CHECK(told->bytes == a.ours.bytes);
}

TEST_CASE("values that were replaced since are not sent as the old ones") {
  asked a;
  auto const later = multi_paxos::make_ballot(6, C);
  records const others{21, 22, 23};
  a.c[1]->receive(node_id{3},
                  multi_paxos::accept{later, later, log_index{2}, log_index{1}, founding, 3, entry_kind::command},
                  others.view());
  a.c.turn(1);
  auto const told = a.c.take_out<multi_paxos::fetched>();
  CHECK((!told || told->bytes == a.ours.bytes));
  CHECK(!a.c[1]->stopped());
}

TEST_CASE("values that were compacted since are not read") {
  asked a{log_index{4}};
  REQUIRE(a.c[1]->applied_index() == log_index{4});
  a.c[1]->compact(log_index{4});
  REQUIRE(a.c[1].disk.log().compacted() == log_index{4});
  a.c.turn(1);
  CHECK(!a.c.take_out<multi_paxos::fetched>());
  CHECK(!a.c[1]->stopped());
}

} // namespace
} // namespace quorate
