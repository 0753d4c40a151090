// Three nodes of kv under strace, and writes one after another. What need not wait for a disk leaves before the
// disk is waited for: the leader's append leaves before the leader's sync begins. A follower's acknowledgement
// leaves as soon as the follower's sync has ended, before the follower looks at its sockets again.
//
//   kv_order PROGRAM PROTOCOL
#include "../../examples/kv/cluster.hpp"
#include "injections.hpp"

#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace std::chrono_literals;
using lines = std::vector<std::string>;

constexpr int writes = 40;
constexpr int enough = 36; // a busy machine puts two writes into one turn, or fills a socket
std::string value(int i) { return "needle" + std::to_string(1000 + i); }

bool is(std::string const& line, std::string_view call) {
  return line.starts_with(call) && line[call.size()] == '(';
}
bool sends(std::string const& line) { return is(line, "sendto") || is(line, "sendmsg"); }
bool waits(std::string const& line) { return is(line, "epoll_wait") || is(line, "epoll_pwait"); }

// What a node called, in order: a file for each process.
std::vector<lines> traces_in(std::string const& directory) {
  std::vector<lines> all;
  for (auto const& e : std::filesystem::directory_iterator{directory}) {
    std::istringstream in{quorate::test::content(e.path())};
    auto& one = all.emplace_back();
    for (std::string line; std::getline(in, line);) one.push_back(line);
  }
  return all;
}

std::size_t find(lines const& trace, std::size_t from, auto&& such) {
  while (from < trace.size() && !such(trace[from])) ++from;
  return from;
}

struct order {
  int appends_first = 0; // writes whose append left before the leader's sync
  int prompt = 0;        // acknowledgements that left before a follower waited for anything else
  int synced = 0;        // syncs of a follower that such a write needed
};

void count(lines const& trace, order& seen) {
  for (int i = 0; i < writes; ++i) {
    auto const has = [needle = value(i)](std::string const& line) {
      return line.find(needle) != std::string::npos;
    };
    auto const sent = find(trace, 0, [&](auto const& line) { return sends(line) && has(line); });
    auto const written = find(trace, 0, [&](auto const& line) { return is(line, "pwrite64") && has(line); });
    if (written == trace.size()) continue;
    if (sent != trace.size()) {
      seen.appends_first += sent < written ? 1 : 0;
      continue;
    }
    auto const synced = find(trace, written, [](auto const& line) { return is(line, "fdatasync"); });
    auto const next = find(trace, synced, [](auto const& line) { return sends(line) || waits(line); });
    if (next == trace.size()) continue;
    ++seen.synced;
    seen.prompt += sends(trace[next]) ? 1 : 0;
  }
}

int run(std::string const& program, std::string const& protocol) {
  quorate::test::folder const here{"order"};
  std::vector<std::string> const strace{
      "strace", "-D",
      "-ff",    "-qq",
      "-s",     "4096",
      "-o",     here.path() + "/trace",
      "-e",     "trace=?sendto,?sendmsg,?pwrite64,?fdatasync,?epoll_wait,?epoll_pwait"};
  kv::cluster c{program, {"--protocol", protocol}, strace};
  c.start_all();
  auto const leader = c.leader(20s);
  auto const first = traces_in(here.path());
  if (!quorate::test::traced(first.empty() || first[0].empty() ? "" : first[0][0],
                             quorate::test::content(c.log(0))))
    return quorate::test::skipped;
  if (!leader) return std::puts("WRONG: no leader"), c.show_logs(), 1;
  kv::client client{10s};
  bool taken = client.connect(c.port(*leader));
  for (int i = 0; i < writes && taken; ++i) {
    auto const r = client.call({"SET", "key", value(i)});
    taken = r && !r->is_error();
  }
  if (!c.stop_all(10s) || !taken) return std::puts("WRONG: a node ends badly, or refuses"), c.show_logs(), 1;
  order seen;
  for (auto const& trace : traces_in(here.path())) count(trace, seen);
  std::printf("%d of %d appends left before the leader's sync\n", seen.appends_first, writes);
  std::printf("%d of %d acknowledgements left right after the follower's sync\n", seen.prompt, seen.synced);
  bool const good = seen.appends_first >= enough && seen.synced >= enough && 10 * seen.prompt >= 9 * seen.synced;
  std::puts(good ? "ok" : "WRONG: expected nine of ten or more of both");
  return good ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 3) return std::fprintf(stderr, "usage: kv_order PROGRAM PROTOCOL\n"), 2;
  try {
    return run(argv[1], argv[2]);
  } catch (std::exception const& e) {
    std::printf("WRONG: %s\n", e.what());
    return 1;
  }
}
