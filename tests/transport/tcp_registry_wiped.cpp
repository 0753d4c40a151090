// Scenario P12: a node that comes back with an empty disk has forgotten its votes; those that knew its
// store let it in no more, and so it abstains.
#include "quorate/transport/tcp_registry.hpp"
#include "replica/cluster.hpp"

#include <array>
#include <cstdint>

namespace quorate::test {
namespace {

// A cluster whose links stand as long as both ends let each other in.
struct acquainted : protocol_cluster<multi_paxos_protocol, memory> {
  std::array<std::optional<tcp::registry>, 3> doors{};

  acquainted() {
    for (std::uint32_t id = 1; id <= 3; ++id) open(id);
    for (auto const a : members()) // a transport dials everybody when it starts
      for (auto const b : members())
        if (a < b) REQUIRE(linked(a, b));
  }
  // The node's process begins, and knows nobody's store.
  void open(std::uint32_t id) {
    tcp_options o{};
    auto const who = (*this)[id].disk.identity();
    o.cluster = who.cluster, o.self = who.node, o.store = who.store, o.incarnation = who.incarnation;
    for (auto const other : members()) o.peers[other] = {};
    doors[id - 1].emplace(o);
  }
  tcp::registry& door(std::uint32_t id) { return *doors[id - 1]; }
  bool linked(node_id a, node_id b) {
    auto& at_a = door(a.value);
    auto& at_b = door(b.value);
    auto const from_a = at_a.hello_to(b), from_b = at_b.hello_to(a);
    if (!at_a.objection(from_b, {}).empty() || !at_b.objection(from_a, {}).empty()) return false;
    at_a.admit(from_b), at_b.admit(from_a);
    return true;
  }
  auto among(std::uint32_t without) {
    return [this, without](packet const& p) {
      return p.from.value != without && p.to.value != without && linked(p.from, p.to);
    };
  }
  void wipe(std::uint32_t id) {
    crash(id);
    auto who = (*this)[id].disk.identity();
    who.store = store_id{who.store.value + 1000}, who.incarnation = incarnation_id{1};
    (*this)[id].disk = memory{{.identity = who, .entries = 1024, .bytes = 4096}};
    restart(id);
    open(id);
  }
};

// `a` and `c` choose a command; then c's disk is wiped, and only b and c are left, who both know nothing of it.
TEST_CASE("P12: a node whose disk was wiped takes no part any more: what it had voted for can't be voted down") {
  acquainted c;
  auto const nobody = std::uint32_t{0};
  for (int i = 0; i < 2000 && c.leader() == 0; ++i) c.run(1, c.among(nobody));
  auto const a = c.leader();
  REQUIRE(a != 0);
  c.run(50, c.among(nobody));
  auto const wiped = c.other_than(a), b = c.other_than(a, wiped);
  auto const token = c.propose(a, 1);
  c.run(20, c.among(b));
  REQUIRE(c.fate_of(a, token) == fate::done);

  c.wipe(wiped);
  (void)c.propose(b, 2);
  (void)c.propose(wiped, 3);
  c.run(2000, c.among(a));
  CHECK(!c[b]->core().leads());
  CHECK(!c[wiped]->core().leads());
  CHECK(c[b].applied.empty());
  CHECK(c[wiped].applied.empty());

  auto const again = c.propose(b, 4);
  c.run(500, c.among(nobody)); // the two that remember are enough
  CHECK(c.fate_of(b, again) == fate::done);
  CHECK(c[b].applied.front().second == 1);
  CHECK(c[wiped].applied.empty());
  c.book.check();
}

} // namespace
} // namespace quorate::test
