// The write-ahead log, in a process of its own and on the real disk, under strace: each write, sync, rename,
// removal and reservation of space fails once, with EIO and with ENOSPC, or the process is killed there. Segments
// are small, so that some are made and some are removed.
//
//   wal_injections [EVERY]            only every EVERYth place
//   wal_injections play DIRECTORY     what is spoilt: says how far its calls were acknowledged
#include "../../examples/kv/process.hpp"
#include "injections.hpp"
#include "storage/wal_directory.hpp"
#include "storage/wal_model.hpp"

#include "quorate/storage/file_wal.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>

namespace quorate::test {
namespace {

constexpr int moves = 60;
constexpr std::uint64_t seed = 6;

wal_options options(std::string const& directory) {
  auto o = disk_options(1024);
  o.directory = directory;
  return o;
}

int play(std::string const& directory) {
  auto opened = file_wal::open(options(directory));
  if (!opened) return std::fprintf(stderr, "%s\n", opened.error.c_str()), 3;
  player<file_wal> p;
  std::mt19937_64 random{seed};
  for (int k = 1; k <= moves; ++k) {
    auto const before = p.acked;
    if (!p.move(*opened.wal, random)) return std::fprintf(stderr, "%s\n", opened.wal->failure().c_str()), 3;
    if (p.acked != before) std::printf("acknowledged up to %d\n", k), std::fflush(stdout);
  }
  return 0;
}

// What is acknowledged by call number `last`, and what was on its way when the next sync was asked for.
std::pair<model, model> after(int last) {
  player<no_log> p;
  no_log none;
  std::mt19937_64 random{seed};
  for (int k = 1; k <= last; ++k) p.move(none, random);
  auto const acked = p.acked;
  auto flying = p.now;
  for (int k = last; k < moves && p.acked == acked; ++k) {
    flying = p.now;
    p.move(none, random);
  }
  return {acked, p.acked == acked ? p.now : flying};
}

int acknowledged(std::string const& log) {
  auto const at = log.rfind("acknowledged up to ");
  return at == std::string::npos ? 0 : std::atoi(log.c_str() + at + 19);
}

// What is wrong with the store now, or "".
std::string look(std::string const& directory, int last) {
  auto const [acked, flying] = after(last);
  player<file_wal> p;
  {
    auto o = file_wal::open(options(directory));
    if (!o) return "it does not open again: " + o.error;
    auto const found = contents(*o.wal);
    if (found != acked && found != flying)
      return "it holds something else than what was acknowledged up to call " + std::to_string(last);
    p.now = found;
    p.put(*o.wal, 2, 99, entry_kind::command, 20);
    if (!p.sync(*o.wal)) return "it does not go on: " + o.wal->failure();
  }
  auto o = file_wal::open(options(directory));
  return o && contents(*o.wal) == p.acked ? "" : "it goes on and forgets: " + o.error;
}

// Runs `play` behind those words; its status.
int play_under(std::vector<std::string> words, temporary_directory const& d) {
  for (auto const& w : {kv::own_path(), std::string{"play"}, d / "store"}) words.push_back(w);
  kv::process p;
  if (!p.start(words, d / "log")) return -1;
  auto const status = p.wait_for(std::chrono::seconds{30});
  return status ? *status : -1; // which is no good ending
}

int run(int every) {
  temporary_directory all;
  auto const status = play_under(strace_all(all / "trace"), all);
  auto const trace = all.read("trace");
  if (!traced(trace, all.read("log"))) return skipped;
  auto const last = acknowledged(all.read("log"));
  if (!ended_well(status) || last == 0)
    return std::printf("the script does not work: %s\n", all.read("log").c_str()), 1;
  auto const counts = calls_in(trace);
  if (counts.count("unlink") + counts.count("unlinkat") == 0 || counts.at("fallocate") < 3)
    return std::printf("the script makes and removes too few segments\n"), 1;
  return spoil_each(counts, every, [&](std::string const& call, int nth, harm const& h, bool& fired) {
    temporary_directory d;
    auto const ended = play_under(strace_one(d / "trace", call, nth, h), d);
    auto const log = d.read("log");
    auto const wrong = wrong_ending(h, ended, d.read("trace"), log, d.path(), fired);
    return wrong.empty() ? look(d / "store", acknowledged(log)) : wrong;
  });
}

} // namespace
} // namespace quorate::test

int main(int argc, char** argv) {
  if (argc == 3 && std::string_view{argv[1]} == "play") return quorate::test::play(argv[2]);
  return quorate::test::run(argc > 1 ? std::atoi(argv[1]) : 1);
}
