// Three nodes of kv, one of which is down for so long that only a snapshot helps it: five times, each time another
// one. It comes back with all that was written, counts as before, and no node's disk grows beyond its bound.
//
//   kv_forgets PROGRAM PROTOCOL
#include "../../examples/kv/cluster.hpp"

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <map>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;
using clock_type = std::chrono::steady_clock;

constexpr int rounds = 5;
constexpr std::size_t keys = 12;    // of a MiB each: the state
constexpr std::size_t writes = 220; // a round: more than the log keeps
// Of a data directory; some 1,100 MiB are written. The log grows while a snapshot is saved or sent, by as much as
// comes meanwhile: on slow and shared disks that is some hundred MiB.
constexpr std::uintmax_t bound = 550U << 20;

std::string key(std::size_t i) { return "key:" + std::to_string(i); }
std::string value(std::uint64_t n) {
  auto text = std::to_string(n) + ":";
  return text += std::string((std::size_t{1} << 20) - 100 - text.size(), static_cast<char>('a' + n % 26));
}

std::uintmax_t size_of(std::string const& folder) {
  std::uintmax_t all = 0;
  std::error_code gone; // files come and go
  for (std::filesystem::recursive_directory_iterator i{folder, gone}, end; i != end; i.increment(gone)) {
    auto const size = i->is_regular_file(gone) ? i->file_size(gone) : 0;
    all += gone ? 0 : size;
  }
  return all;
}

class trial {
public:
  trial(std::string program, std::string protocol)
      : cluster_{std::move(program), {"--protocol", std::move(protocol)}} {}

  int run() {
    cluster_.start_all();
    if (!cluster_.leader(20s)) return fail("no leader within 20 seconds of the start"), wrong_;
    for (int round = 0; round < rounds && wrong_ == 0; ++round)
      without(static_cast<std::size_t>(round % 3), round);
    for (std::size_t n = 0; n < 3; ++n) // who is not there yet is ended by SIGTERM, and not at its own word
      for (int i = 0; i < 400 && told(n, "applied_index", "consensus") == 0; ++i)
        std::this_thread::sleep_for(50ms);
    if (!cluster_.stop_all(20s)) fail("a node did not stop cleanly");
    if (wrong_ > 0) cluster_.show_logs();
    return wrong_;
  }

private:
  void without(std::size_t away, int round) {
    auto const other = (away + 1) % 3;
    cluster_.kill(away);
    write(other, writes);
    std::this_thread::sleep_for(3s); // what was sent in the round before keeps its log so long, and a save ends
    for (auto const n : {other, 3 - away - other})
      if (auto const size = size_of(cluster_.data(n)); size > bound)
        fail("a data directory has " + std::to_string(size >> 20) + " MiB");
    cluster_.start(away);
    auto const until = clock_type::now() + 60s;
    while (told(away, "applied_index", "consensus") < told(other, "commit_index", "consensus") &&
           clock_type::now() < until)
      std::this_thread::sleep_for(50ms);
    auto const fetched = told(away, "snapshots_fetched", "persistence");
    if (fetched == 0) fail("node " + std::to_string(away + 1) + " was not brought by a snapshot");
    // Now it is needed.
    cluster_.kill(other);
    write(away, 3);
    check(away);
    cluster_.start(other);
    std::uintmax_t most = 0;
    for (std::size_t n = 0; n < 3; ++n) most = std::max(most, size_of(cluster_.data(n)));
    highest_ = std::max(highest_, most);
    std::printf("round %d: node %zu was brought by %llu snapshot; the largest data directory so far: %llu MiB\n",
                round + 1, away + 1, static_cast<unsigned long long>(fetched),
                static_cast<unsigned long long>(highest_ >> 20));
    std::fflush(stdout);
  }

  void write(std::size_t node, std::size_t count) {
    kv::client c{10s};
    for (auto const until = clock_type::now() + 120s; count > 0;) {
      if (clock_type::now() > until) return fail("no progress: a write takes minutes");
      if (!c.connected() && !c.connect(cluster_.port(node))) {
        std::this_thread::sleep_for(20ms);
        continue;
      }
      auto const k = key(next_ % keys);
      auto const r = c.call({"SET", k, value(next_)});
      if (r && r->is_error("CLUSTERDOWN")) continue;
      if (!r || r->is_error()) { // it may have happened: once more, which is the same
        std::this_thread::sleep_for(20ms);
        continue;
      }
      written_[k] = next_++, --count;
      if (count % 16 == 0)
        for (std::size_t n = 0; n < 3; ++n) highest_ = std::max(highest_, size_of(cluster_.data(n)));
    }
  }
  void check(std::size_t node) {
    kv::client c{20s};
    if (!c.connect(cluster_.port(node))) return fail("node " + std::to_string(node + 1) + " does not answer");
    for (auto const& [k, n] : written_) {
      auto const r = c.call({"GET", k});
      if (!r || r->text != value(n)) fail(k + " is wrong at node " + std::to_string(node + 1));
    }
  }
  std::uint64_t told(std::size_t node, char const* name, char const* section) {
    kv::client c{2s};
    return c.connect(cluster_.port(node)) ? kv::as_number(kv::ask_info(c, name, section)) : 0;
  }
  void fail(std::string const& what) {
    ++wrong_;
    std::printf("WRONG: %s\n", what.c_str());
  }

  kv::cluster cluster_;
  std::map<std::string, std::uint64_t> written_{};
  std::uint64_t next_ = 0;
  std::uintmax_t highest_ = 0;
  int wrong_ = 0;
};

} // namespace

int main(int argc, char** argv) {
  if (argc != 3) return std::fputs("usage: kv_forgets PROGRAM PROTOCOL\n", stderr), 2;
  try {
    return trial{argv[1], argv[2]}.run() == 0 ? 0 : 1;
  } catch (std::exception const& e) { return std::fprintf(stderr, "kv_forgets: %s\n", e.what()), 1; }
}
