// Three nodes of kv under strace, and writes one after another. What need not wait for a disk leaves before the
// disk is waited for: the leader's append leaves before the leader's sync begins. A follower's acknowledgement
// leaves as soon as the follower's sync has ended, before the follower rests again. And while a sync takes a
// second, heartbeats leave.
//
//   kv_order PROGRAM PROTOCOL
#include "../../examples/kv/cluster.hpp"
#include "injections.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace std::chrono_literals;

constexpr int writes = 40;
constexpr int enough = 36; // a busy machine puts two writes into one turn, or fills a socket
std::string value(int i) { return "needle" + std::to_string(1000 + i); }

// A call of a thread, as strace tells it with -ttt -T: when it began, what it was, how long it took.
struct call {
  double begun = 0, ended = 0;
  std::string text{};
  bool is(std::string_view name) const { return text.starts_with(name) && text[name.size()] == '('; }
  bool sends() const { return is("sendto") || is("sendmsg"); }
  // For as long as it takes, and not only what is there at once.
  bool rests() const {
    return (is("epoll_wait") || is("epoll_pwait")) && text.find(", 0) = ") == std::string::npos &&
           text.find(", 0, NULL") == std::string::npos;
  }
};
using calls = std::vector<call>;

// The thread that serves, and the one that waits for syncs.
struct process {
  calls serves{}, syncs{};
};

calls read_trace(std::string const& path) {
  calls all;
  std::istringstream in{quorate::test::content(path)};
  for (std::string line; std::getline(in, line);) {
    auto const space = line.find(' '), took = line.rfind('<');
    if (space == std::string::npos) continue;
    call c{std::strtod(line.c_str(), nullptr), 0, line.substr(space + 1)};
    c.ended = c.begun + (took == std::string::npos ? 0 : std::strtod(line.c_str() + took + 1, nullptr));
    all.push_back(std::move(c));
  }
  return all;
}

// strace writes a file for each thread; a thread's number is what the call that made it returned.
std::vector<process> traces_in(std::string const& directory) {
  std::map<std::string, calls> threads;
  for (auto const& e : std::filesystem::directory_iterator{directory})
    threads[e.path().extension().string().substr(1)] = read_trace(e.path());
  std::vector<process> all;
  for (auto const& [number, made] : threads) {
    process p{made, {}};
    for (auto const& c : made)
      if (c.is("clone") || c.is("clone3")) {
        auto const result = c.text.rfind("= ");
        auto const child = threads.find(std::to_string(std::strtol(c.text.c_str() + result + 2, nullptr, 10)));
        if (child != threads.end()) p.syncs = child->second;
      }
    if (!p.syncs.empty()) all.push_back(std::move(p));
  }
  return all;
}

auto find(calls const& trace, double from, auto&& such) {
  return std::find_if(trace.begin(), trace.end(), [&](call const& c) { return c.begun >= from && such(c); });
}

struct order {
  int appends_first = 0; // writes whose append left before the leader's sync
  int prompt = 0;        // acknowledgements that left before a follower rested
  int synced = 0;        // syncs of a follower that such a write needed
};

void count(process const& p, order& seen) {
  for (int i = 0; i < writes; ++i) {
    auto const has = [needle = value(i)](call const& c) { return c.text.find(needle) != std::string::npos; };
    auto const sent = find(p.serves, 0, [&](auto const& c) { return c.sends() && has(c); });
    auto const written = find(p.serves, 0, [&](auto const& c) { return c.is("pwrite64") && has(c); });
    if (written == p.serves.end()) continue;
    if (sent != p.serves.end()) {
      seen.appends_first += sent->begun < written->begun ? 1 : 0;
      continue;
    }
    auto const synced = find(p.syncs, written->ended, [](auto const& c) { return c.is("fdatasync"); });
    if (synced == p.syncs.end()) continue;
    // It wakes the thread that serves, if that rests.
    auto const next = std::next(synced);
    auto const woken = next != p.syncs.end() && next->is("write") ? next->ended : synced->ended;
    auto const left = find(p.serves, synced->ended, [](auto const& c) { return c.sends(); });
    if (left == p.serves.end()) continue;
    ++seen.synced;
    auto const rested = find(p.serves, woken, [](auto const& c) { return c.rests(); });
    seen.prompt += rested == p.serves.end() || left->begun < rested->begun ? 1 : 0;
  }
}

// How many messages left at least while one of the process's syncs took a second; -1: none did.
int least_sent_during_a_slow_sync(process const& p) {
  int least = -1;
  for (auto const& s : p.syncs)
    if (s.is("fdatasync") && s.ended - s.begun > 0.9) {
      auto const sent = static_cast<int>(std::count_if(p.serves.begin(), p.serves.end(), [&](auto const& c) {
        return c.sends() && c.begun > s.begun && c.begun < s.ended;
      }));
      least = least < 0 ? sent : std::min(least, sent);
    }
  return least;
}

enum class outcome { good, wrong, skipped };

// Runs a cluster, with `more` for strace, through so many writes. What its processes called, in `traces`.
outcome traced_run(std::vector<std::string> const& command, std::vector<std::string> const& more, int count,
                   std::vector<process>& traces) {
  quorate::test::folder const here{"order"};
  std::vector<std::string> strace{
      "strace", "-D",
      "-ff",    "-qq",
      "-ttt",   "-T",
      "-s",     "4096",
      "-o",     here.path() + "/trace",
      "-e",     "trace=?sendto,?sendmsg,?pwrite64,?fdatasync,?write,?epoll_wait,?epoll_pwait,?clone,?clone3"};
  strace.insert(strace.end(), more.begin(), more.end());
  kv::cluster c{command[0], {"--protocol", command[1]}, strace};
  c.start_all();
  auto const leader = c.leader(30s);
  std::string first;
  for (auto const& e : std::filesystem::directory_iterator{here.path()})
    if (first.empty()) first = quorate::test::content(e.path());
  if (!quorate::test::traced(first, quorate::test::content(c.log(0)))) return outcome::skipped;
  if (!leader) return std::puts("WRONG: no leader"), c.show_logs(), outcome::wrong;
  kv::client client{20s};
  bool taken = client.connect(c.port(*leader));
  for (int i = 0; i < count && taken; ++i) {
    auto const r = client.call({"SET", "key", value(i)});
    taken = r && !r->is_error();
  }
  if (!c.stop_all(20s) || !taken)
    return std::puts("WRONG: a node ends badly, or refuses"), c.show_logs(), outcome::wrong;
  traces = traces_in(here.path());
  return outcome::good;
}

int run(std::vector<std::string> const& command) {
  std::vector<process> traces;
  if (auto const o = traced_run(command, {}, writes, traces); o != outcome::good)
    return o == outcome::skipped ? quorate::test::skipped : 1;
  order seen;
  for (auto const& p : traces) count(p, seen);
  std::printf("%d of %d appends left before the leader's sync\n", seen.appends_first, writes);
  std::printf("%d of %d acknowledgements left right after the follower's sync\n", seen.prompt, seen.synced);
  bool good = seen.appends_first >= enough && seen.synced >= enough && 10 * seen.prompt >= 9 * seen.synced;
  if (!good) std::puts("WRONG: expected nine of ten or more of both");

  // The sixth sync beside the turns of each node takes a second, and every tenth behind it.
  if (traced_run(command, {"-e", "inject=fdatasync:delay_enter=1000000:when=6+10"}, 12, traces) != outcome::good)
    return 1;
  int most = -1;
  for (auto const& p : traces) {
    auto const sent = least_sent_during_a_slow_sync(p);
    if (sent >= 0) std::printf("%d messages or more left during a sync of a second\n", sent);
    most = std::max(most, sent);
  }
  // A heartbeat to each of two peers, ten times a second; half of them on a busy machine. Of followers, the
  // answers.
  if (most < 10) good = false, std::puts("WRONG: expected the leader's heartbeats, 10 or more");
  std::puts(good ? "ok" : "WRONG");
  return good ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 3) return std::fprintf(stderr, "usage: kv_order PROGRAM PROTOCOL\n"), 2;
  try {
    return run({argv[1], argv[2]});
  } catch (std::exception const& e) {
    std::printf("WRONG: %s\n", e.what());
    return 1;
  }
}
