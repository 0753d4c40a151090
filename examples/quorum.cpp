// Quorums of your own: of six nodes in three sites, two whole sites elect; a node in each of two sites commits.
#include "quorate/conform/quorum.hpp"
#include "quorate/message/messages.hpp"
#include "quorate/multi_paxos.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"
#include "quorate/transport/loopback.hpp"
#include <cstdio>
#include <deque>
using namespace quorate;

struct three_sites { // nodes 0 and 1, 2 and 3, 4 and 5
  static constexpr std::size_t nodes = 6;
  static constexpr bool met(quorum_phase phase, node_set<64> acks, configuration const& c) {
    int sites = 0;
    for (auto const site : {0b000011U, 0b001100U, 0b110000U}) {
      auto const there = (acks & c.voters).bits & site;
      sites += phase == quorum_phase::election ? there == site : there != 0;
    }
    return sites >= 2;
  }
};
static_assert(quorums_meet<three_sites>); // proved over all sets; two quorums that miss each other would be named

using node = multi_paxos::replica<messages<int>, memory, manual_timer, quorum<three_sites>>;

int main() {
  std::vector<node_id> const ids{node_id{1}, node_id{2}, node_id{3}, node_id{4}, node_id{5}, node_id{6}};
  std::deque<memory> disks;
  std::deque<node> nodes;
  loopback<node> net;
  for (auto id : ids)
    net.attach(id, nodes.emplace_back(replica_config{id, ids}, disks.emplace_back(),
                                      manual_timer{{10, 3, 99}, id.value}));
  int sum[6]{};
  std::uint64_t now = 0;
  auto const live = [&](std::vector<std::size_t> const& up) { // a while in which the other nodes stand still
    for (auto const end = now + 60; now < end; ++now, net.deliver_all())
      for (auto i : up)
        nodes[i].turn(now, net.sender(ids[i]), [&](auto const& event) {
          if constexpr (requires { event.command; }) sum[i] += event.command;
        });
  };
  live({0, 1, 2, 3}); // a site is lost, ...
  std::size_t const leader = nodes[0].core().leader().value, elsewhere = leader < 2 ? 2 : 0;
  (void)nodes[leader].propose(42);
  live({leader, elsewhere}); // ... then half of each other one: two nodes of six go on ...
  (void)nodes[leader].propose(17);
  live({leader, leader ^ 1}); // ... which two of one site must not
  std::printf("with one node in each of two sites: %d; with one site: %d\n", sum[elsewhere], sum[leader] - 42);
  bool const lawful{check::check_quorum<three_sites>()}; // which asks of what is not constexpr, too
  return lawful && sum[leader] == 42 && sum[elsewhere] == 42 && sum[leader ^ 1] == 42 ? 0 : 1;
}
