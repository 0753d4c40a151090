// A trace id of your own: with a command from propose on one node to apply on each, and one on every message.
#include "quorate/message/hana.hpp"
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/replica/wire.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"
#include <cstdio>
#include <deque>
struct request {
  std::uint64_t trace;
}; // in the entry: proposed, stored and applied with the command
struct hop {
  std::uint64_t number;
}; // in the envelope: stamped at send, seen at receive
BOOST_HANA_ADAPT_STRUCT(request, trace);
BOOST_HANA_ADAPT_STRUCT(hop, number);
using namespace quorate;
using node = raft::replica<messages<std::string, request, hop>, memory, manual_timer>;
using frames = wire_of<node>; // message, envelope and payload as bytes, for any transport

struct datagram {
  node_id from{}, to{};
  std::vector<std::byte> bytes{};
};

int main() {
  std::vector<node_id> const ids{node_id{1}, node_id{2}, node_id{3}};
  std::deque<memory> disks;
  std::deque<node> nodes;
  std::deque<datagram> net;
  for (auto id : ids)
    nodes.emplace_back(replica_config{id, ids}, disks.emplace_back(), manual_timer{{10, 3, 99}, id.value});
  std::uint64_t stamped = 0, seen = 0;
  int applied[3]{};
  for (std::uint64_t now = 0; now < 200; ++now) {
    if (now == 100) (void)nodes[2].propose("forty-two", {.trace = 0xcafe}); // which need not be the leader
    for (std::size_t i = 0; i < 3; ++i) {
      auto const send = [&](node_id to, auto const& message, payloads bytes) {
        net.push_back({ids[i], to});
        return frames::append(net.back().bytes, nodes[i].member(), message, bytes, {.number = ++stamped});
      };
      nodes[i].turn(now, send, [&](auto const& event) {
        if constexpr (requires { event.extra; })
          applied[i] += event.command == "forty-two" && event.extra.trace == 0xcafe;
      });
    }
    for (; !net.empty(); net.pop_front())
      (void)frames::deliver(nodes[net.front().to.value - 1], net.front().from, net.front().bytes,
                            [&](hop const& h) { seen += h.number == seen + 1; });
  }
  bool const on_all = applied[0] == 1 && applied[1] == 1 && applied[2] == 1;
  std::printf("the trace came %s; of %d messages %d were seen\n", on_all ? "to every node" : "not everywhere",
              static_cast<int>(stamped), static_cast<int>(seen));
  return on_all && seen == stamped && seen > 0 ? 0 : 1;
}
