// What the surroundings of a node may do to it, and what must not end it but by a sentence: the reader of its
// log goes or reads nothing, a file reaches the limit on its size, the standard descriptors are closed, and
// files of its data directory are lost or damaged while it is down.
//
//   kv_surroundings PROGRAM PROTOCOL
#include "../../examples/kv/cluster.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>
#include <thread>

namespace {

using namespace std::chrono_literals;

int wrong = 0;
void expect(bool good, std::string const& what) {
  std::printf("%s: %s\n", good ? "ok" : "WRONG", what.c_str());
  std::fflush(stdout);
  if (!good) ++wrong;
}

std::string text_of(std::string const& file) {
  std::ifstream in{file};
  return {std::istreambuf_iterator<char>{in}, {}};
}

bool answers_ok(kv::cluster const& c, std::size_t node, std::string const& key) {
  kv::client client{10s};
  auto const r = client.connect(c.port(node)) ? client.call({"SET", key, "1"}) : std::nullopt;
  return r && r->is_ok();
}

// A cluster whose nodes write their logs to pipes. The ends to read from are ours.
struct piped_cluster {
  kv::cluster nodes;
  std::array<int, kv::cluster::size> readers{};

  piped_cluster(std::string const& program, std::string const& protocol)
      : nodes{program, {"--protocol", protocol}} {
    for (std::size_t i = 0; i < readers.size(); ++i) {
      (void)::mkfifo(nodes.log(i).c_str(), 0600);
      readers[i] = ::open(nodes.log(i).c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    }
    nodes.start_all();
  }
  ~piped_cluster() { close_readers(); }
  void close_readers() {
    for (auto& fd : readers)
      if (fd >= 0) ::close(fd), fd = -1;
  }
  std::string read(std::size_t i) const {
    std::string all;
    char piece[4096];
    for (ssize_t n; (n = ::read(readers[i], piece, sizeof piece)) > 0;)
      all.append(piece, static_cast<std::size_t>(n));
    return all;
  }
  // No pipe takes a byte more.
  void fill() const {
    for (std::size_t i = 0; i < readers.size(); ++i) {
      int const fd = ::open(nodes.log(i).c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
      std::string const piece(4096, '\n');
      while (::write(fd, piece.data(), piece.size()) > 0) {}
      ::close(fd);
    }
  }
  // The leader dies, which the others log; they must elect another and serve.
  void lose_the_leader(std::string const& when) {
    auto const first = nodes.leader(20s);
    expect(first.has_value(), "a node leads before " + when);
    if (!first) return;
    nodes.kill(*first);
    auto const second = nodes.leader(20s);
    expect(second && *second != *first, "another one leads after " + when);
    for (std::size_t i = 0; i < kv::cluster::size; ++i)
      if (nodes.node(i).running()) expect(answers_ok(nodes, i, "a"), "node " + std::to_string(i + 1) + " serves");
  }
};

void readers_gone(std::string const& program, std::string const& protocol) {
  piped_cluster c{program, protocol};
  expect(c.nodes.leader(20s).has_value(), "nodes with logs in pipes elect a leader");
  expect(c.read(0).find("Z kv 1 info: node 1, incarnation 1: clients at ") != std::string::npos,
         "and the lines have time, node and level");
  c.close_readers();
  c.lose_the_leader("the readers of the logs have gone");
}

void readers_stuck(std::string const& program, std::string const& protocol) {
  piped_cluster c{program, protocol};
  expect(c.nodes.leader(20s).has_value(), "nodes with logs in pipes elect a leader");
  c.fill();
  c.lose_the_leader("nobody reads the logs any more");
  for (std::size_t i = 0; i < kv::cluster::size; ++i) (void)c.read(i);
  for (std::size_t i = 0; i < kv::cluster::size; ++i) c.nodes.node(i).signal(SIGTERM);
  bool told = true;
  for (std::size_t i = 0; i < kv::cluster::size; ++i) {
    if (!c.nodes.node(i).running()) continue;
    expect(kv::ended_well(c.nodes.node(i).wait_for(10s)), "node " + std::to_string(i + 1) + " stops cleanly");
    auto const end = c.read(i);
    told = told && end.find(" lost: nobody read them\n") != end.npos && end.ends_with(" info: stopped\n");
  }
  expect(told, "once they are read again the logs tell how many lines were lost");
}

void file_size(std::string const& program, std::string const& protocol) {
  kv::cluster c{program, {"--protocol", protocol}};
  rlimit old{};
  ::getrlimit(RLIMIT_FSIZE, &old);
  rlimit low = old;
  low.rlim_cur = 1 << 20;
  ::setrlimit(RLIMIT_FSIZE, &low);
  c.start(0);
  ::setrlimit(RLIMIT_FSIZE, &old);
  c.start(1), c.start(2);
  expect(c.leader(20s).has_value(), "three nodes elect a leader, one of which may write small files only");
  kv::client client{10s};
  std::string const value(100000, 'v');
  int ok = 0;
  for (int i = 0; i < 20; ++i) {
    if (!client.connected() && !client.connect(c.port(1))) continue;
    auto const r = client.call({"SET", "k" + std::to_string(i), value});
    ok += r && r->is_ok();
  }
  expect(ok >= 10, "writes are acknowledged by another node all the while");
  auto const status = c.node(0).wait_for(20s);
  expect(status && WIFEXITED(*status) && WEXITSTATUS(*status) == 1,
         "the file reaches its limit, and the node ends with status 1, and by no signal");
  auto const log = text_of(c.log(0));
  expect(
      log.find("File too large. Raise the limit on the size of a file (ulimit -f), then start the node again.") !=
          log.npos,
      "its last sentence is of that limit");
  expect(c.leader(20s).has_value() && answers_ok(c, 1, "a"), "the others go on");
  if (wrong > 0) c.show_logs();
}

// A node by itself, started by a shell that closes its standard descriptors.
void closed_descriptors(std::string const& program, std::string const& protocol) {
  auto folder = (std::filesystem::temp_directory_path() / "quorate-kv-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) return expect(false, "a directory can be made");
  kv::reserved_ports ports{2};
  kv::process node;
  auto const at = [&](std::size_t i) { return "127.0.0.1:" + std::to_string(ports[i]); };
  node.start({"sh", "-c", "exec \"$0\" \"$@\" <&- >&- 2>&-", program, "serve", "--id", "1", "--cluster",
              "1=" + at(0), "--listen", at(1), "--data", folder + "/data", "--protocol", protocol,
              "--die-with-parent", std::to_string(::getpid())},
             folder + "/log");
  kv::client client{10s};
  bool served = false;
  for (int i = 0; i < 1000 && !served; ++i, std::this_thread::sleep_for(10ms)) {
    auto const r = client.connect(ports[1]) ? client.call({"SET", "a", "1"}) : std::nullopt;
    served = r && r->is_ok();
  }
  expect(served, "a node whose standard descriptors are closed serves");
  bool apart = true;
  for (auto const* const fd : {"0", "1", "2"}) {
    std::error_code error;
    auto const what = std::filesystem::read_symlink("/proc/" + std::to_string(node.pid()) + "/fd/" + fd, error);
    apart = apart && what == "/dev/null";
  }
  expect(apart, "and no other file of the node has their numbers");
  node.signal(SIGTERM);
  expect(kv::ended_well(node.wait_for(10s)), "it stops cleanly");
  std::filesystem::remove_all(folder);
}

// A node whose data directory has lost something must end with status 1 and that sentence, each time it is
// started.
void lost_files(std::string const& program, std::string const& protocol) {
  kv::cluster c{program, {"--protocol", protocol}};
  c.start_all();
  expect(c.leader(20s).has_value(), "three nodes elect a leader");
  auto const peers = c.data(0) + "/peers", log = c.data(0) + "/log";
  for (int i = 0; i < 1000 && !std::filesystem::exists(peers); ++i) std::this_thread::sleep_for(10ms);
  c.node(0).signal(SIGTERM);
  expect(kv::ended_well(c.node(0).wait_for(10s)), "one of them is stopped");
  auto const was = text_of(peers);
  auto const refuses = [&](std::string const& what, std::string const& sentence) {
    for (int times = 0; times < 2; ++times) {
      auto const before = text_of(c.log(0)).size();
      c.start(0);
      auto const status = c.node(0).wait_for(20s);
      auto const said = text_of(c.log(0)).substr(before);
      expect(status && WIFEXITED(*status) && WEXITSTATUS(*status) == 1 && said.find(sentence) != said.npos,
             what + ": it does not start, and says so");
    }
  };
  std::ofstream{peers} << "";
  refuses("an empty file of peers", "the file " + peers + " is damaged in line 1: ");
  std::ofstream{peers} << was.substr(0, was.size() - 1);
  refuses("a torn line of it", "the file " + peers + " is damaged in line ");
  std::ofstream{peers} << was;
  std::filesystem::rename(log, log + ".away");
  refuses("the log is gone", "the directory " + log + " has no store, and one is expected, because " + peers);
  std::filesystem::remove_all(log);
  std::filesystem::rename(log + ".away", log);
  c.start(0);
  bool served = false;
  for (int i = 0; i < 100 && !served; ++i, std::this_thread::sleep_for(50ms)) served = answers_ok(c, 0, "a");
  expect(served, "with all of it back, it serves");
  if (wrong > 0) c.show_logs();
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: kv_surroundings PROGRAM PROTOCOL\n", stderr);
    return 2;
  }
  try {
    readers_gone(argv[1], argv[2]);
    readers_stuck(argv[1], argv[2]);
    file_size(argv[1], argv[2]);
    closed_descriptors(argv[1], argv[2]);
    lost_files(argv[1], argv[2]);
  } catch (std::exception const& e) {
    std::fprintf(stderr, "kv_surroundings: %s\n", e.what());
    return 1;
  }
  return wrong == 0 ? 0 : 1;
}
