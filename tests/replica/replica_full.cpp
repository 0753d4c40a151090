// A storage that can take no more (storages in files have no such limit).
#include "cluster.hpp"

#include <cstdint>
#include <vector>

namespace quorate {
namespace {

using namespace test;

TEST_CASE_TEMPLATE("a full leader refuses the forward with its reason, and says what is wrong", Protocol,
                   raft_protocol, multi_paxos_protocol) {
  protocol_cluster<Protocol, memory> c{3, {.entries = 80, .bytes = 4096}}; // 64 are kept for no-ops
  auto const l = c.elect();
  auto const f = c.other_than(l);
  std::vector<std::uint64_t> tokens;
  for (std::uint64_t i = 0; i < 20; ++i) {
    tokens.push_back(c.propose(f, 100 + i));
    c.run(5);
  }
  CHECK(c.fate_of(f, tokens.front()) == fate::done);
  CHECK(c.fate_of(f, tokens.back()) == fate::refused);
  CHECK(c.reason_of(f, tokens.back()) == refusal::no_room);
  CHECK(c[l]->status().last < log_index{80});
  CHECK(c[l]->status().trouble == "the log is full: compact() it, or give it more room");
  CHECK(c[f]->status().trouble == "the leader's log is full"); // as it was told last
  c[l]->compact(c[l]->applied_index());                        // and works again when there is room
  c[f]->compact(c[f]->applied_index());
  c[c.other_than(l, f)]->compact(c[f]->applied_index());
  auto const next = c.propose(f, 200);
  c.run(20);
  CHECK(c.fate_of(f, next) == fate::done);
  CHECK(c[l]->status().trouble.empty());
  CHECK(c[f]->status().trouble.empty());
  c.book.check();
}

// It is sent what it lacks again with the next heartbeat; an answer would only bring it at once, for ever.
TEST_CASE("a full Raft follower acknowledges what it took, and says nothing of what it could not") {
  using replica = raft::replica<messages<std::uint64_t>, memory, manual_timer>;
  memory disk{{.entries = 80, .bytes = 4096}};
  replica r{{node_id{1}, {node_id{1}, node_id{2}, node_id{3}}}, disk, manual_timer{{100, 30, 400}, 1}};
  std::vector<std::byte> bytes;
  for (int i = 0; i < 64; ++i) {
    bytes.resize(bytes.size() + payloads::prefix + 8);
    payloads::put_length(bytes.data() + bytes.size() - payloads::prefix - 8, 8);
  }
  std::vector<log_index> said;
  std::uint64_t now = 0;
  auto const hear = [&](std::uint64_t prev) {
    auto const stood = prev == 1 ? term_id{} : term_id{1};
    r.receive(node_id{2},
              raft::append_entries{term_id{1}, log_index{prev}, stood, term_id{1}, {}, 64, entry_kind::command},
              payloads::trusted(bytes, 64));
    r.turn(
        ++now,
        [&](node_id, auto const& m, payloads) {
          if constexpr (requires { m.match_index; }) said.push_back(m.match_index);
        },
        [](auto const&) {});
  };
  hear(1), hear(65);
  REQUIRE(disk.log().room() == 0);
  CHECK(said == std::vector{log_index{65}, log_index{80}});
  hear(80), hear(80);
  CHECK(said.size() == 2);
  CHECK(disk.log().last() == log_index{80});
}

// No replica fetches one yet. The keyword must not keep it from all else.
TEST_CASE("a replica that is offered a snapshot follows its leader, and goes on") {
  using replica = raft::replica<messages<std::uint64_t>, memory, manual_timer, raft::snapshots<on>>;
  memory disk{};
  replica r{{node_id{1}, {node_id{1}, node_id{2}, node_id{3}}}, disk, manual_timer{{100, 30, 400}, 1}};
  r.receive(node_id{2}, raft::offer_snapshot{term_id{1}, log_index{9}, term_id{1}});
  r.turn(
      1, [](node_id, auto const&, payloads) {}, [](auto const&) {});
  CHECK(!r.stopped());
  CHECK(r.status().leader == node_id{2});
  CHECK(disk.log().last() == log_index{1});
}

} // namespace
} // namespace quorate
