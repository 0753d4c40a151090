// Replicas in one process: what is sent waits until it is delivered, and who forgot to flush it is counted.
#include "quorate/transport/loopback.hpp"

#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace quorate {
namespace {

using node = raft::replica<messages<int>, memory, manual_timer>;

struct three {
  three() {
    for (std::uint32_t id = 1; id <= 3; ++id) {
      nodes.push_back(std::make_unique<node>(replica_config{node_id{id}, {node_id{1}, node_id{2}, node_id{3}}},
                                             disks[id - 1], manual_timer{{100, 10, 1000}, id}));
      net.attach(node_id{id}, *nodes.back());
    }
  }
  node& of(std::uint32_t id) { return *nodes[id - 1]; }

  memory disks[3];
  std::vector<std::unique_ptr<node>> nodes{};
  loopback<node> net{};
};

TEST_CASE("what is sent is delivered to whom it was sent, in order, and only once") {
  three w;
  auto const send = w.net.sender(node_id{1});
  for (std::uint64_t term = 1; term <= 40; ++term) // more than it had room for at first
    send(node_id{2}, raft::request_vote{stamp{term}, log_index{1}, stamp{}}, {});
  CHECK(w.net.waiting() == 40);
  CHECK(w.net.deliver_all() == node_set<64>::of(node_index{1}));
  CHECK(w.of(2).core().era() == stamp{40});
  CHECK(w.of(3).core().era() == stamp{0});
  CHECK(w.net.waiting() == 0);
  CHECK(w.net.deliver_all() == node_set<64>{});
}

TEST_CASE("what is lost is not delivered, and who is not attached gets nothing") {
  three w;
  auto const send = w.net.sender(node_id{1});
  send(node_id{2}, raft::request_vote{stamp{1}, log_index{1}, stamp{}}, {});
  w.net.lose_all();
  CHECK(w.net.deliver_all() == node_set<64>{});
  send(node_id{9}, raft::request_vote{stamp{1}, log_index{1}, stamp{}}, {});
  CHECK(w.net.deliver_all() == node_set<64>{});
  CHECK(w.of(2).core().era() == stamp{0});
}

TEST_CASE("messages that are delivered and were not flushed are counted; a turn leaves none") {
  three w;
  auto const send = w.net.sender(node_id{1});
  for (int i = 0; i < 3; ++i) send(node_id{2}, raft::heartbeat{stamp{1}, log_index{}, 0}, {});
  send.flush();
  (void)w.net.deliver_all();
  CHECK(w.net.unflushed() == 0);
  send(node_id{2}, raft::heartbeat{stamp{1}, log_index{}, 0}, {});
  send.flush();
  for (int i = 0; i < 2; ++i) send(node_id{2}, raft::heartbeat{stamp{1}, log_index{}, 0}, {});
  (void)w.net.deliver_all();
  CHECK(w.net.unflushed() == 2);
  for (std::uint64_t now = 0; now < 2000; ++now) {
    for (std::uint32_t id = 1; id <= 3; ++id) w.of(id).turn(now, w.net.sender(node_id{id}), [](auto const&) {});
    (void)w.net.deliver_all();
  }
  CHECK((w.of(1).core().leads() || w.of(2).core().leads() || w.of(3).core().leads()));
  CHECK(w.net.unflushed() == 2);
}

} // namespace
} // namespace quorate
