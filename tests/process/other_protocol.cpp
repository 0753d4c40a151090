// Two nodes of Raft and one of Multi-Paxos that were told to be one cluster: the handshake keeps them apart, both
// logs say why, and the two go on. Then each protocol is given a data directory of the other, and refuses it.
//
//   other_protocol PROGRAM
#include "../../examples/kv/cluster.hpp"

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;

int wrong = 0;
void expect(bool good, std::string const& what) {
  std::printf("%s: %s\n", good ? "ok" : "WRONG", what.c_str());
  if (!good) ++wrong;
}

std::vector<std::string> const raft{"--protocol", "raft", "--request-timeout", "500"};
std::vector<std::string> const multi_paxos{"--protocol", "multi-paxos", "--request-timeout", "500"};

std::string content(std::string const& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}
bool says(kv::cluster const& c, std::size_t node, std::string const& text) {
  for (int i = 0; i < 1000; ++i, std::this_thread::sleep_for(10ms))
    if (content(c.log(node)).find(text) != std::string::npos) return true;
  return false;
}
std::map<std::string, std::string> everything_in(std::string const& directory) {
  std::map<std::string, std::string> all;
  for (auto const& e : std::filesystem::recursive_directory_iterator{directory})
    all[e.path()] = e.is_regular_file() ? content(e.path()) : "";
  return all;
}
bool known(kv::cluster const& c, std::size_t node, std::string const& line, std::string const& value) {
  kv::client client{1s};
  return client.connect(c.port(node)) && kv::ask_info(client, line) == value;
}
bool answers(kv::cluster const& c, std::size_t node, std::initializer_list<std::string_view> command,
             std::string const& with) {
  kv::client client{5s};
  auto const r = client.connect(c.port(node)) ? client.call(command) : std::nullopt;
  return r && (r->is_error() ? r->is_error(with) : r->text == with);
}

void handshake(kv::cluster& c) {
  for (std::size_t i = 0; i < 2; ++i) c.start(i, raft);
  c.start(2, multi_paxos);
  auto const leader = c.leader(20s);
  expect(leader && *leader < 2, "two nodes of one protocol elect a leader among them");
  std::string const to_raft =
      "protocol mismatch: node 3 has 'multi-paxos, snapshots', node 1 has 'raft, snapshots'";
  std::string const to_paxos =
      "protocol mismatch: node 1 has 'raft, snapshots', node 3 has 'multi-paxos, snapshots'";
  expect(says(c, 0, "we refuse it: " + to_raft),
         "a node of Raft refuses one of Multi-Paxos that dials it, and says why");
  expect(says(c, 2, "it refuses us: " + to_raft), "the refused node hears it");
  expect(says(c, 2, "we refuse it: " + to_paxos), "a node of Multi-Paxos refuses one of Raft likewise");
  expect(says(c, 0, "it refuses us: " + to_paxos), "and that one hears it");
  expect(answers(c, 0, {"SET", "a", "1"}, "OK") && answers(c, 1, {"GET", "a"}, "1"), "the two go on");
  expect(answers(c, 2, {"SET", "b", "1"}, "CLUSTERDOWN"), "the third has no leader");
  expect(known(c, 0, "protocol", "raft") && known(c, 2, "protocol", "multi-paxos"), "INFO says which is which");
}

void directory(kv::cluster& c, std::size_t node, std::vector<std::string> const& other,
               std::string const& complaint) {
  auto const before = everything_in(c.data(node));
  c.start(node, other);
  auto const status = c.node(node).wait_for(10s);
  expect(status && !kv::ended_well(status), "kv serve ends with an error on a directory of the other protocol");
  expect(says(c, node, complaint), "and says: " + complaint);
  expect(everything_in(c.data(node)) == before, "nothing in the directory has changed");
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: other_protocol PROGRAM\n", stderr);
    return 2;
  }
  try {
    kv::cluster cluster{argv[1]};
    handshake(cluster);
    expect(cluster.stop_all(10s), "all stop cleanly");
    directory(cluster, 0, multi_paxos, "belongs to protocol raft 2 and not to protocol multi-paxos 2");
    directory(cluster, 2, raft, "belongs to protocol multi-paxos 2 and not to protocol raft 2");
    for (std::size_t i = 0; i < 2; ++i) cluster.start(i, raft);
    expect(cluster.leader(20s).has_value() && answers(cluster, 0, {"GET", "a"}, "1"),
           "its own protocol finds all there");
    expect(cluster.stop_all(10s), "all stop cleanly");
    if (wrong != 0) cluster.show_logs();
  } catch (std::exception const& e) {
    std::fprintf(stderr, "other_protocol: %s\n", e.what());
    return 1;
  }
  return wrong == 0 ? 0 : 1;
}
