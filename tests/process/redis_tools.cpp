// redis-cli, redis-benchmark and redis-py against real nodes: what is set at one is read at another, and neither
// the leader
// nor a follower gives the benchmark an error.
//
//   redis_tools PROGRAM PROTOCOL [PYTHON SCRIPT]    the script is redis_py.py
#include "../../examples/kv/cluster.hpp"
#include "../support/shell.hpp"

#include <chrono>
#include <cstdio>
#include <initializer_list>
#include <string>
#include <string_view>

namespace {

using namespace std::chrono_literals;

using quorate::test::shell;

int wrong = 0;

void expect(std::string const& command, std::string const& wanted) {
  auto const r = shell(command);
  bool const good = r.status == 0 && r.text == wanted + "\n";
  std::printf("%s: %s\n", good ? "ok" : "WRONG", command.c_str());
  if (good) return;
  ++wrong;
  std::printf("  expected \"%s\", but got \"%s\"\n", wanted.c_str(), r.text.c_str());
}

void benchmark(std::uint16_t port, char const* whom) {
  auto const r =
      shell("redis-benchmark -p " + std::to_string(port) + " -t ping,set,get,incr,mset -n 100000 -c 50 -P 16 -q");
  std::size_t done = 0;
  std::string const mark = "requests per second";
  for (auto at = r.text.find(mark); at != std::string::npos; at = r.text.find(mark, at + 1)) ++done;
  bool const good = r.status == 0 && done == 6 && r.text.find("rror") == std::string::npos &&
                    r.text.find("WARN") == std::string::npos;
  std::printf("%s: redis-benchmark against %s\n", good ? "ok" : "WRONG", whom);
  if (good) return;
  ++wrong;
  std::printf("%s\n", r.text.c_str());
}

void redis_py(std::string const& python, std::string const& script, kv::cluster const& c,
              std::initializer_list<std::size_t> nodes) {
  auto command = python + " -B " + script;
  for (auto const n : nodes) command += " " + std::to_string(c.port(n));
  auto const r = shell(command);
  std::printf("%s: redis-py\n%s\n", r.status == 0 ? "ok" : "WRONG", r.text.c_str());
  wrong += r.status == 0 ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 3 && argc != 5) {
    std::fputs("usage: redis_tools PROGRAM PROTOCOL [PYTHON SCRIPT]\n", stderr);
    return 2;
  }
  try {
    kv::cluster cluster{argv[1], {"--protocol", argv[2]}};
    cluster.start_all();
    auto const leader = cluster.leader(20s);
    if (!leader) {
      std::puts("WRONG: no leader within 20 seconds");
      return 1;
    }
    auto const follower = (*leader + 1) % kv::cluster::size;
    auto const cli = [&](std::size_t node) { return "redis-cli -p " + std::to_string(cluster.port(node)) + " "; };
    expect(cli(*leader) + "set a 1", "OK");
    expect(cli(follower) + "get a", "1");
    expect(cli(follower) + "incr a", "2");
    expect(cli(*leader) + "get a", "2");
    expect(cli(follower) + "cas a 2 3", "1");
    expect(cli(*leader) + "cas a 2 4", "0");
    if (std::string_view{argv[2]} == "multi-paxos")
      expect(cli(follower) + "info consensus | tr -d '\\r' | grep -x 'ballot:round=[1-9][0-9]*,owner=" +
                 std::to_string(*leader + 1) + "' | wc -l",
             "1");
    if (argc == 5) redis_py(argv[3], argv[4], cluster, {*leader, follower});
    benchmark(cluster.port(*leader), "the leader");
    benchmark(cluster.port(follower), "a follower");
    if (!cluster.stop_all(10s)) {
      std::puts("WRONG: a node did not stop cleanly");
      ++wrong;
    }
  } catch (std::exception const& e) {
    std::fprintf(stderr, "redis_tools: %s\n", e.what());
    return 1;
  }
  return wrong == 0 ? 0 : 1;
}
