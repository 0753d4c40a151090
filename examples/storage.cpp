// My own storage: a log in one file (one_page.hpp); what three nodes have agreed on outlives them.
//
// A storage keeps three things: the log, the hard state (Raft's term and vote, Multi-Paxos' promised ballot), and
// who it is. policy/storage.hpp has the table of its calls. In this order it is done with little risk:
//
// 1. Keep the log's shape in a log_shape<N> (core/log_shape.hpp), as one_page does, or in a log_view of your own.
//    The shape has no bytes: it answers which entry was written at which term. Keep the bytes beside it.
// 2. put and truncate change the shape at once; the bytes may wait. sync writes all that was put before, and says
//    `succeeded` only when the device has it. Only then does the replica send a vote or an acknowledgement.
// 3. What was written since the last sync order survives a crash as a whole or not at all. one_page writes a new
//    file and renames it; a log of records needs a checksum over the whole of it, and cuts a torn end.
// 4. The constructor opens. It raises the incarnation, and makes that durable, before it returns: a replica tells
//    its lives apart by it. A store of several nodes also names its node, its cluster, and itself at random.
// 5. What fails is `false` or `nullopt`, once; failure() then says what, where, and what to do. The replica stops.
// 6. room() says how many more entries fit. A replica proposes no more; it keeps some room back for its own
//    entries (limits' `reserve`).
// 7. check_storage (conform/storage.hpp) tries these laws with power cuts, as main does below. Run it in your
//    tests with more lives and steps, and the simulator with your type (tests/sim/policies.cpp).
//
// Not to be written: a retry of a failed sync. The pages that it should have written may be gone.
#include "quorate/conform/storage.hpp"
#include "one_page.hpp"
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/timer/manual.hpp"
#include "quorate/transport/loopback.hpp"
#include <cstdio>
#include <deque>
#include <filesystem>
using namespace quorate;
using node = raft::replica<messages<int>, one_page, manual_timer>;

// Three nodes that live for a while, with their storages in `root`; the sum of what has been agreed on there.
int live(std::string const& root, int amount) {
  std::vector<node_id> const ids{node_id{1}, node_id{2}, node_id{3}};
  std::deque<one_page> disks;
  std::deque<node> nodes;
  loopback<node> net;
  for (auto id : ids) {
    auto const folder = root + "/" + std::to_string(id.value);
    std::filesystem::create_directories(folder);
    net.attach(id, nodes.emplace_back(replica_config{id, ids}, disks.emplace_back(folder),
                                      manual_timer{{10, 3, 99}, id.value}));
  }
  int sum[3]{};
  for (std::uint64_t now = 0; now < 200; ++now, net.deliver_all())
    for (std::size_t i = 0; i < 3; ++i) {
      if (now == 100) (void)nodes[i].propose(amount);
      nodes[i].turn(now, net.sender(ids[i]), [&](auto const& event) {
        if constexpr (requires { event.command; }) sum[i] += event.command;
      });
    }
  return sum[0] == sum[1] && sum[1] == sum[2] ? sum[0] : -1;
}

int main() {
  char root[] = "/tmp/quorate_storage_XXXXXX";
  if (::mkdtemp(root) == nullptr) return 1;
  bool const first = live(root, 4) == 12, then = live(root, 10) == 42; // 12 of which stood in the files
  auto const sound = check::check_storage(
      [folder = std::string{root}]() mutable { // the laws of a storage
        std::filesystem::create_directory(folder += "/x");
        return check::place_by{[folder] { return one_page{folder}; }};
      },
      {.lives = 12, .steps = 8});
  std::filesystem::remove_all(root);
  std::printf("three nodes agreed on 12, ended, and went on to 42: %s\n%s", first && then ? "yes" : "no",
              sound.text().c_str());
  return first && then && sound ? 0 : 1;
}
