// Who takes part: a replica that is told what can't be is stopped from the start, and says why in a sentence.
#include "cluster.hpp"

#include <string_view>

namespace quorate {
namespace {

using namespace test;

memory empty_disk(std::uint32_t self = 1) {
  return memory{
      {.identity = {.node = node_id{self}, .incarnation = incarnation_id{1}}, .entries = 128, .bytes = 1024}};
}
std::vector<node_id> ids(std::initializer_list<std::uint32_t> list) {
  std::vector<node_id> out;
  for (auto const i : list) out.push_back(node_id{i});
  return out;
}

configuration founded(std::size_t members) {
  configuration c{node_set<64>::first(members)};
  c.number = log_index{1};
  return c;
}

// What a replica with these members on this disk says; empty: it runs.
std::string complaint(memory& disk, std::uint32_t self, std::vector<node_id> const& members) {
  cluster::replica r{{node_id{self}, members}, disk, manual_timer{{10, 3, 100}, 1}};
  CHECK(r.stopped() == !r.failure().empty());
  if (!r.stopped()) return {};
  // It does nothing, and takes nothing.
  CHECK(!r.propose(1));
  CHECK(!r.read());
  auto const before = disk.log().last();
  int heard = 0;
  for (std::uint64_t now = 0; now < 50; ++now) {
    r.receive(node_id{2}, raft::request_vote{term_id{9}, log_index{9}, term_id{9}});
    auto const next = r.turn(
        now, [&](auto&&...) { ++heard; }, [&](auto const&) { ++heard; });
    CHECK(!next.pending);
    CHECK(!next.deadline);
  }
  CHECK(heard == 0);
  CHECK(disk.log().last() == before);
  CHECK(disk.hard() == hard_state{});
  CHECK(r.status().trouble == "stopped");
  return r.failure();
}
std::string complaint(std::uint32_t self, std::vector<node_id> const& members) {
  auto disk = empty_disk(self);
  return complaint(disk, self, members);
}
bool holds(std::string const& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST_CASE("an impossible list of members stops the replica with a sentence that says what was expected") {
  for (auto const& wrong : {ids({}), ids({2, 3}), ids({1, 2, 2}), ids({1, 1, 1}), ids({1, 2, 3, 4, 5, 6, 7, 8})}) {
    auto const said = complaint(1, wrong);
    CHECK(holds(said, "between 1 and 7 different members"));
    CHECK(holds(said, "this node's id, 1,"));
  }
  CHECK(complaint(1, ids({1})).empty());
  CHECK(complaint(4, ids({1, 2, 3, 4, 5, 6, 7})).empty());
}

TEST_CASE("the order in which members are named does not matter") {
  auto disk = empty_disk();
  CHECK(complaint(disk, 1, ids({3, 1, 2})).empty());
  CHECK(complaint(disk, 1, ids({1, 2, 3})).empty());
  CHECK(complaint(disk, 1, ids({2, 3, 1})).empty());
}

TEST_CASE("a log is not opened with other members than it was founded with") {
  auto disk = empty_disk();
  REQUIRE(complaint(disk, 1, ids({1, 2, 3})).empty());
  for (auto const& wrong : {ids({1}), ids({1, 2}), ids({1, 2, 4}), ids({1, 2, 3, 4})})
    CHECK(holds(complaint(disk, 1, wrong), "founded with other members"));
  CHECK(complaint(disk, 1, ids({1, 2, 3})).empty());
}

TEST_CASE("a compacted log is not opened with another number of members either") {
  auto disk = empty_disk();
  disk.start_at(log_index{10}, stamp{3}, founded(3));
  CHECK(complaint(disk, 1, ids({1, 2, 3})).empty());
  CHECK(holds(complaint(disk, 1, ids({1, 2, 3, 4, 5})), "members"));
  CHECK(holds(complaint(disk, 1, ids({1})), "members"));
}

TEST_CASE("the founding entry is the same on every node, and the first thing in its log") {
  cluster c;
  std::vector<std::vector<std::byte>> records;
  for (std::uint32_t id = 1; id <= 3; ++id) {
    auto& disk = c[id].disk;
    CHECK(disk.log().last() == log_index{1});
    CHECK(disk.log().run_at(log_index{1}, 9) == entry_run{log_index{1}, 1, stamp{}, entry_kind::configuration});
    CHECK(disk.log().config_at(log_index{1}) == founded(3));
    auto const kept = disk.read(log_index{1}, 1)->whole();
    records.emplace_back(kept.begin(), kept.end());
  }
  CHECK(records[0] == records[1]);
  CHECK(records[1] == records[2]);
}

TEST_CASE("a crash before the founding entry is durable founds the log anew") {
  cluster c;
  for (std::uint32_t id = 1; id <= 3; ++id) c.crash(id);
  for (std::uint32_t id = 1; id <= 3; ++id) CHECK(c[id].disk.log().last() == log_index{0});
  for (std::uint32_t id = 1; id <= 3; ++id) c.restart(id);
  auto const l = c.elect();
  auto const token = c.propose(l, 1);
  c.run(20);
  CHECK(c.fate_of(l, token) == fate::done);
}

TEST_CASE("a node whose founding entry could not be written is stopped with the storage's sentence") {
  struct broken {
    memory inner{empty_disk()};
    memory_log const& log() const { return inner.log(); }
    hard_state hard() const { return {}; }
    store_identity identity() const { return inner.identity(); }
    std::optional<payloads> read(log_index, std::uint32_t) { return std::nullopt; }
    bool put(entry_run const&, payloads) { return false; }
    bool put(hard_state const&) { return false; }
    bool truncate(log_index) { return false; }
    bool compact(log_index) { return false; }
    std::optional<durable> sync(sync_order) { return std::nullopt; }
    std::string failure() const { return "the disk is a tea tray"; }
  } disk;
  raft::replica<numbers, broken, manual_timer> r{{node_id{1}, ids({1})}, disk, manual_timer{{10, 3, 100}, 1}};
  CHECK(r.stopped());
  CHECK(r.failure() == "the disk is a tea tray");
}

} // namespace
} // namespace quorate
