#include "quorate/message/hana.hpp"
#include "quorate/message/messages.hpp"
#include "quorate/multi_paxos.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"
#include "quorate/transport/loopback.hpp"
#include <deque>
struct add { // what you replicate: any struct
  int amount;
};
BOOST_HANA_ADAPT_STRUCT(add, amount);
using namespace quorate;
using node = multi_paxos::replica<messages<add>, memory, manual_timer>; // your messages, storage and timer
int main() {
  std::vector<node_id> const ids{node_id{1}, node_id{2}, node_id{3}};
  std::deque<memory> disks;
  std::deque<node> nodes;
  loopback<node> net;
  int sum[3]{};
  for (auto id : ids)
    net.attach(id, nodes.emplace_back(replica_config{id, ids}, disks.emplace_back(),
                                      manual_timer{{10, 3, 99}, id.value}));
  for (std::uint64_t now = 0; now < 200; ++now, net.deliver_all())
    for (std::size_t i = 0; i < 3; ++i) { // any node takes proposals ...
      if (now == 100) (void)nodes[i].propose({.amount = 14});
      nodes[i].turn(now, net.sender(ids[i]), [&](auto const& event) { // ... and all apply them, in one order
        if constexpr (requires { event.command; }) sum[i] += event.command.amount;
      });
    }
  return sum[0] == 42 && sum[1] == 42 && sum[2] == 42 ? 0 : 1;
}
