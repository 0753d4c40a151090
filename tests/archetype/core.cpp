// A Raft core works with the least log view, effect sink and quorum system.
#include "least_log.hpp"
#include "least_policies.hpp"
#include "least_sink.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <deque>
#include <type_traits>
#include <variant>

namespace quorate::test {
namespace {

using core = raft::node<quorum<least_quorum<>>>;

struct member {
  least_host host;
  core node{};

  member(std::uint8_t n, std::deque<least_packet>& net) : host{.self = peer{node_index{n}}, .net = net} {
    host.entries.push_back({stamp{}, entry_kind::configuration, {node_set<64>::first(3)}, {}});
    node = core{host.self, host.hard, least_log<>{host.entries}};
    step(start{});
  }
  template <class Event>
  void step(Event const& e) {
    least_log<> const log{host.entries};
    least_sink<> out{host};
    node.step(e, log, out);
  }
};

struct members_of_three {
  std::deque<least_packet> net{};
  member nodes[3]{{0, net}, {1, net}, {2, net}};

  void settle() {
    for (auto& m : nodes) m.step(flush{});
    for (int i = 0; i < 1000 && !net.empty(); ++i) {
      auto const p = net.front();
      net.pop_front();
      auto& to = nodes[p.to.place.value];
      std::visit([&](auto const& m) { to.step(from<std::remove_cvref_t<decltype(m)>>{p.from, m}); }, p.what);
      to.step(flush{});
    }
  }
};

TEST_CASE("three cores with the least log, sink and quorum elect a leader, commit a command and read") {
  members_of_three c;
  auto& a = c.nodes[0];
  a.step(raft::timer::election);
  c.settle();
  REQUIRE(a.node.leads());
  a.step(propose{1});
  a.step(read{1});
  c.settle();
  for (auto const& m : c.nodes) {
    CHECK(m.host.committed == log_index{3}); // configuration, no-op, command
    CHECK(m.host.entries.size() == 3);
    CHECK(m.host.entries[2].kind == entry_kind::command);
    CHECK(m.host.hard == raft::term_and_vote{term_id{1}, member_id{1}});
  }
  CHECK(a.host.readable == 1);
}

TEST_CASE("and another leader truncates through the least sink what the first one could not commit") {
  members_of_three c;
  auto& a = c.nodes[0];
  auto& b = c.nodes[1];
  a.step(raft::timer::election);
  c.settle();
  a.step(propose{2});
  c.net.clear(); // nobody hears of it
  for (auto& m : c.nodes) m.step(raft::timer::contact);
  a.step(raft::timer::quorum_check), a.step(raft::timer::quorum_check); // the second has heard of nobody
  b.step(raft::timer::election);
  c.settle();
  REQUIRE(b.node.leads());
  for (int i = 0; i < 4; ++i) b.step(raft::timer::heartbeat), c.settle();
  for (auto const& m : c.nodes) {
    CHECK(m.host.committed == log_index{3}); // configuration, two no-ops
    CHECK(m.host.entries.size() == 3);
    CHECK(m.host.entries.back().written_at == stamp{2});
  }
}

} // namespace
} // namespace quorate::test
