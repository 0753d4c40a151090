// A replica works with the least of every policy, and with the least to send with and to apply to.
#include "least_core.hpp"
#include "least_log.hpp"
#include "least_policies.hpp"

#include "quorate/raft.hpp"
#include "quorate/replica/wire.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

namespace quorate::test {
namespace {

using messages = least_messages<>;
using replica = raft::replica<messages, least_storage<>, least_timer<>, quorum<least_quorum<>>>;
using wire = wire_of<replica>;

struct frame {
  node_id from{};
  node_id to{};
  std::vector<std::byte> bytes{};
};
using network = std::deque<frame>;

// Called and nothing else.
class sender {
public:
  sender(network& net, node_id self) : net_{net}, self_{self} {}
  sender(sender const&) = delete;
  sender& operator=(sender const&) = delete;
  template <class M>
  void operator()(node_id to, M const& m, payloads bytes) {
    frame f{self_, to, {}};
    member_id const by{static_cast<std::uint16_t>(self_.value)}; // a founder, and the ids are 1, 2, 3
    if (wire::append(f.bytes, by, m, bytes)) net_.push_back(f);
  }

private:
  network& net_;
  node_id self_;
};
class machine {
public:
  machine() = default;
  machine(machine const&) = delete;
  machine& operator=(machine const&) = delete;
  void operator()(applied<messages> const& a) { sum += a.command.amount; }
  void operator()(proposal_outcome const& o) { proposals += o.what == fate::done ? o.count : 100; }
  void operator()(read_outcome const& o) { reads += o.what == fate::done ? o.count : 100; }
  std::uint64_t sum = 0;
  std::uint32_t proposals = 0;
  std::uint32_t reads = 0;
};

struct host {
  node_id id;
  least_storage<> disk;
  replica node;
  sender send;
  machine state{};
  host(std::uint32_t n, network& net)
      : id{n}, disk{{cluster_id{1}, id, store_id{n}, incarnation_id{1}}},
        node{{id, {node_id{1}, node_id{2}, node_id{3}}}, disk, least_timer<>{5 * n}}, send{net, id} {}
};

TEST_CASE("three replicas with the least of every policy commit, forward and read") {
  network net;
  std::unique_ptr<host> hosts[3];
  for (std::uint32_t i = 0; i < 3; ++i) hosts[i] = std::make_unique<host>(i + 1, net);
  for (std::uint64_t tick = 1; tick < 100; ++tick) {
    for (; !net.empty(); net.pop_front()) {
      auto const& f = net.front();
      CHECK(wire::deliver(hosts[f.to.value - 1]->node, f.from, f.bytes) == decode_error::none);
    }
    for (auto& h : hosts) {
      if (tick == 50) CHECK(h->node.propose(least_command{h->id.value}));
      if (tick == 70) CHECK(h->node.read());
      auto const next = h->node.turn(moment::of(tick), h->send, h->state);
      CHECK(next.deadline);
      if (tick == 80) h->node.compact(h->node.applied_index());
    }
  }
  int leaders = 0;
  for (auto& h : hosts) {
    CHECK(!h->node.stopped());
    CHECK(h->state.sum == 1 + 2 + 3);
    CHECK(h->state.proposals == 1);
    CHECK(h->state.reads == 1);
    leaders += h->node.core().leads() ? 1 : 0;
  }
  CHECK(leaders == 1);
}

TEST_CASE("a replica with the least core commits, applies and reads") {
  using alone = quorate::replica<least_core<>, messages, least_storage<>, least_timer<>>;
  least_storage<> disk{{cluster_id{1}, node_id{1}, store_id{1}, incarnation_id{1}}};
  alone node{{node_id{1}, {node_id{1}}}, disk, least_timer<>{5}};
  machine state;
  auto const send = [](node_id, auto const&, payloads) {};
  CHECK(node.propose(least_command{7}));
  CHECK(node.read());
  for (std::uint64_t tick = 1; tick < 4; ++tick) node.turn(moment::of(tick), send, state);
  CHECK(node.status().leads);
  CHECK(node.status().commit == log_index{2}); // behind the configuration
  CHECK(state.sum == 7);
  CHECK(state.proposals == 1);
  CHECK(state.reads == 1);
}

TEST_CASE("a stopped replica takes its reason from a text that is no more than a string_view") {
  network net;
  host h{1, net};
  CHECK(h.node.failure().empty());
  h.node.stop();
  CHECK(h.node.failure() == "nothing failed");
}

} // namespace
} // namespace quorate::test
