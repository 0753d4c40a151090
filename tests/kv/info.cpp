// What INFO says of the protocol and of where it stands.
#include "kv/backend.hpp"
#include "kv/info_text.hpp"

#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"
#include "quorate/transport/loopback.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <deque>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace kv {
namespace {

// As much of a client port as a backend needs that nobody asks anything.
struct silent_port {
  limits const& limit() const { return limit_; }
  void complete(std::uint64_t, std::string_view) {}
  void readable(std::uint64_t) {}
  void refused(std::uint64_t, std::string_view) {}
  void unknown(std::uint64_t, std::string_view) {}
  limits limit_{};
};

// INFO of a sole node, with the id 9, before it has led and once it does.
template <template <class, class, class, class...> class Protocol>
struct sole_node {
  using replica = Protocol<messages, quorate::memory, quorate::manual_timer>;
  quorate::memory disk{{.identity = {.node = quorate::node_id{9}, .incarnation = quorate::incarnation_id{1}}}};
  replica node{{quorate::node_id{9}, {quorate::node_id{9}}}, disk, quorate::manual_timer{{10, 3, 60}, 1}};
  machine store{};
  backend_of<replica, silent_port> backend{node, store};

  std::string info() const { return info_text(backend.report(), std::array{std::string_view{"consensus"}}); }
  std::string info_of_leader() {
    for (std::uint64_t now = 0; now < 60; ++now)
      node.turn(
          now, [](auto&&...) {}, quorate::hosted{store, backend});
    return info();
  }
};
bool has(std::string const& text, std::string const& line) {
  return text.find("\r\n" + line + "\r\n") != text.npos;
}

TEST_CASE("Raft has a term, and no ballot") {
  sole_node<quorate::raft::replica> n;
  auto const text = n.info_of_leader();
  CHECK(has(text, "protocol:raft"));
  CHECK(has(text, "role:leader"));
  CHECK(has(text, "term:1"));
  CHECK(text.find("ballot") == text.npos);
}

TEST_CASE("Multi-Paxos has a ballot, with its round and its owner's id, and the same as one number") {
  sole_node<quorate::multi_paxos::replica> n;
  CHECK(has(n.info(), "ballot:round=0,owner=0"));
  auto const text = n.info_of_leader();
  CHECK(has(text, "protocol:multi-paxos"));
  CHECK(has(text, "role:leader"));
  CHECK(has(text, "ballot:round=1,owner=9"));
  CHECK(has(text, "term:9223372036854841345"));
}

std::string text_of(info const& i, std::initializer_list<std::string_view> sections) {
  std::vector<std::string_view> const names{sections};
  return info_text(i, names);
}
// The titles of the sections that were told.
std::string titles(std::string const& text) {
  std::string all;
  for (auto at = text.find("# "); at != text.npos; at = text.find("# ", at + 1))
    all += text.substr(at + 2, text.find('\r', at) - at - 2) + " ";
  return all;
}

TEST_CASE("any sections may be asked for, in any case and order; one that there is not is empty") {
  std::string const all = "Server Clients Memory Persistence Stats Replication CPU Consensus Cluster Keyspace ";
  for (auto const* const name : {"all", "everything", "default", "ALL"}) CHECK(titles(text_of({}, {name})) == all);
  CHECK(titles(text_of({}, {})) == all);
  CHECK(titles(text_of({}, {"clients", "SERVER"})) == "Server Clients ");
  CHECK(titles(text_of({}, {"nothing", "cpu"})) == "CPU ");
  CHECK(titles(text_of({}, {"cpu", "cpu"})) == "CPU ");
  CHECK(text_of({}, {"nothing"}).empty());
  for (auto const& s : info_detail::sections) CHECK(titles(text_of({}, {s.title})) == std::string{s.title} + " ");
}

info told_by(std::string const& role) {
  info i;
  i.role = role;
  i.id = 2;
  i.leader = role == "leader" ? 2 : 1;
  i.last_index = 100;
  i.commit_index = 99;
  i.applied_index = 98;
  i.peers = {{.id = 1, .host = "10.0.0.1", .port = 7101, .connected = true, .hearing = true, .queued_bytes = 5},
             {.id = 3, .host = "::1", .port = 7103}};
  return i;
}

TEST_CASE("a follower tells of its peers what it knows, and nothing of their logs") {
  auto const i = told_by("follower");
  auto const consensus = text_of(i, {"consensus"});
  CHECK(has(consensus, "peer1:address=10.0.0.1:7101,connected=1,hearing=1,queued_bytes=5"));
  CHECK(has(consensus, "peer3:address=[::1]:7103,connected=0,hearing=0,queued_bytes=0"));
  auto const replication = text_of(i, {"replication"});
  for (auto const* const line : {"role:slave", "master_host:10.0.0.1", "master_port:7101", "master_link_status:up",
                                 "slave_read_only:0", "slave_repl_offset:98", "master_repl_offset:99"})
    CHECK(has(replication, line));
}

TEST_CASE("a node that knows no leader says so, and who does not hear it says that") {
  auto i = told_by("candidate");
  i.peers[0].hearing = false;
  CHECK(has(text_of(i, {"replication"}), "master_link_status:down"));
  CHECK(has(text_of(i, {"replication"}), "master_host:10.0.0.1"));
  i.leader = 0;
  for (auto const* const line : {"role:slave", "master_host:", "master_port:0", "master_link_status:down"})
    CHECK(has(text_of(i, {"replication"}), line));
}

TEST_CASE("a leader tells how far each peer is, and those that it reaches as slaves") {
  auto i = told_by("leader");
  i.peers[0].match = 90, i.peers[0].next = 95, i.peers[0].state = "replicate";
  i.peers[1].match = 7, i.peers[1].next = 8, i.peers[1].state = "probe";
  CHECK(has(text_of(i, {"consensus"}),
            "peer1:address=10.0.0.1:7101,connected=1,hearing=1,queued_bytes=5,match=90,next=95,state=replicate"));
  auto const text = text_of(i, {"replication"});
  CHECK(has(text, "role:master"));
  CHECK(has(text, "connected_slaves:1"));
  CHECK(has(text, "slave0:ip=10.0.0.1,port=7101,state=online,offset=90"));
  CHECK(text.find("slave1:") == text.npos);
  CHECK(has(text, "master_repl_offset:100"));
}

// Three nodes that have a leader: its report has every peer's match and next, the others' have none.
template <class Replica>
void views_of_three() {
  using namespace quorate;
  std::vector<node_id> const ids{node_id{1}, node_id{2}, node_id{3}};
  std::deque<memory> disks;
  std::deque<Replica> nodes;
  std::deque<backend_of<Replica, silent_port>> backends;
  std::deque<machine> stores;
  loopback<Replica> net;
  for (auto const id : ids) {
    auto& disk = disks.emplace_back(memory_options{.identity = {.node = id, .incarnation = incarnation_id{1}}});
    auto& node = nodes.emplace_back(replica_config{id, ids}, disk, manual_timer{{10, 3, 60}, id.value});
    net.attach(id, node);
    backends.emplace_back(node, stores.emplace_back());
  }
  std::size_t leaders = 0;
  std::string operation;
  quorate::service::op_writer{operation, quorate::service::op_code::del, 0};
  for (std::uint64_t now = 0; now < 200; ++now, net.deliver_all())
    for (std::size_t i = 0; i < 3; ++i) {
      if (now == 100) (void)nodes[i].propose(operation);
      nodes[i].turn(now, net.sender(ids[i]), hosted{stores[i], backends[i]});
    }
  for (auto const& b : backends) {
    auto const i = b.report();
    leaders += i.leads() ? 1 : 0;
    REQUIRE(i.peers.size() == 2);
    CHECK(i.run_id.size() == 40);
    CHECK(i.cluster_id.size() == 40);
    for (auto const& p : i.peers) {
      CHECK(p.match.has_value() == i.leads());
      CHECK(p.next.has_value() == i.leads());
      CHECK(p.state == (i.leads() ? "replicate" : ""));
      if (!i.leads()) continue;
      // A Multi-Paxos leader does not count who acknowledges what the others have chosen already.
      CHECK((i.protocol == "raft" ? *p.match == i.last_index : *p.match <= i.last_index));
      CHECK(*p.next == i.last_index + 1);
    }
  }
  CHECK(leaders == 1);
}
TEST_CASE("a leader reports how far its peers are, and a follower nothing of that") {
  views_of_three<quorate::raft::replica<messages, quorate::memory, quorate::manual_timer>>();
  views_of_three<quorate::multi_paxos::replica<messages, quorate::memory, quorate::manual_timer>>();
}

TEST_CASE("INFO has what clients look for, and numbers that can be") {
  info i;
  i.run_id = "r";
  i.port = 6401;
  i.uptime_seconds = 200000;
  i.max_clients = 10;
  i.keys = 3;
  i.client_memory = {
      .half_requests = 1, .pipelines = 2, .unread_answers = 3, .connections = 4, .limit = 50, .highest = 40};
  i.client_slice_max_cpu_usec = 77;
  auto const text = "\r\n" + text_of(i, {});
  for (auto const* const line :
       {"redis_version:7.0.0", "quorate_version:" QUORATE_VERSION_STRING, "redis_mode:standalone", "tcp_port:6401",
        "run_id:r", "uptime_in_days:2", "maxclients:10", "loading:0", "cluster_enabled:0", "client_memory:10",
        "client_memory_half_requests:1", "client_memory_pipelines:2", "client_memory_unread_answers:3",
        "client_memory_connections:4", "client_memory_limit:50", "client_memory_highest:40",
        "client_slice_max_cpu_usec:77", "db0:keys=3,expires=0,avg_ttl=0"}) {
    CAPTURE(line);
    CHECK(has(text, line));
  }
  for (auto const* const name : {"\nos:Linux ", "\narch_bits:", "\nprocess_id:", "\nused_memory:",
                                 "\nused_memory_peak_human:", "\nused_cpu_user:"})
    CHECK(text.find(name) != text.npos);
  auto const used = usage_of_process();
  CHECK(used.resident > 100'000);
  CHECK(used.most_resident >= used.resident / 2);
  CHECK(used.user_usec + used.system_usec > 0);
  i.keys = 0;
  CHECK(text_of(i, {"keyspace"}) == "# Keyspace\r\n");
}

TEST_CASE("numbers are shortened as Redis does, and divided without floating point") {
  using namespace info_detail;
  CHECK(human(0) == "0B");
  CHECK(human(1023) == "1023B");
  CHECK(human(1024) == "1.00K");
  CHECK(human(1536 * 1024) == "1.50M");
  CHECK(ratio(1, 3, 2) == "0.33");
  CHECK(ratio(5, 0, 2) == "0.00");
  CHECK(ratio(12'000'034, 1'000'000, 6) == "12.000034");
}

} // namespace
} // namespace kv
