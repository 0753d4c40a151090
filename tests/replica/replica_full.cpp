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

} // namespace
} // namespace quorate
