// Log lines: what stands in them, and that no reader of them can hold or end the node.
#include "kv/log.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <regex>
#include <string>
#include <utility>

namespace kv {
namespace {

// Two ends: what the log writes to, and what a reader would have. As main() does, it ignores SIGPIPE.
struct ends {
  int read_end = -1;
  int write_end = -1;
  std::string seen{};

  explicit ends(bool socket) {
    std::signal(SIGPIPE, SIG_IGN);
    int both[2] = {-1, -1};
    REQUIRE((socket ? ::socketpair(AF_UNIX, SOCK_STREAM, 0, both) : ::pipe(both)) == 0);
    read_end = both[0], write_end = both[1];
  }
  ~ends() {
    close_reader();
    ::close(write_end);
    std::signal(SIGPIPE, SIG_DFL);
  }
  void close_reader() {
    if (read_end >= 0) ::close(std::exchange(read_end, -1));
  }
  // What is there now, added to `seen`.
  void read() {
    char piece[65536];
    ::fcntl(read_end, F_SETFL, O_NONBLOCK);
    for (ssize_t n; (n = ::read(read_end, piece, sizeof piece)) > 0;)
      seen.append(piece, static_cast<std::size_t>(n));
  }
  std::size_t lines_with(std::string const& text) const {
    std::size_t n = 0;
    for (auto at = seen.find(text); at != seen.npos; at = seen.find(text, at + 1)) ++n;
    return n;
  }
};

TEST_CASE("a line has the time in UTC, who, how bad, and the text") {
  using namespace std::chrono;
  sys_days const day = 2026y / November / 28;
  CHECK(time_text(day + 16h + 41min + 14s + 123ms) == "2026-11-28T16:41:14.123Z");
  CHECK(time_text(day + 7ms) == "2026-11-28T00:00:00.007Z");
  ends e{false};
  event_log log{"kv 1", e.write_end};
  log(level::info, "node 2 leads term 3");
  log(level::warning, "no leader is known");
  log(level::error, "stopped");
  e.read();
  CAPTURE(e.seen);
  std::regex const three{
      "(2\\d\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d\\d\\dZ) kv 1 info: node 2 leads term 3\n"
      "2\\S*Z kv 1 warning: no leader is known\n2\\S*Z kv 1 error: stopped\n"};
  CHECK(std::regex_match(e.seen, three));
}

TEST_CASE("what others sent neither ends a line nor steers a terminal, and is cut where it is very long") {
  CHECK(printable(std::string{"a\0\n\x1b[2J\x9b \\~\x7f", 12}) == "a\\x00\\x0a\\x1b[2J\\x9b \\~\\x7f");
  ends e{false};
  event_log log{"kv 1", e.write_end};
  log(level::info, "sent \"\r\n2026-11-28T16:41:14.123Z kv 1 error: a lie\"");
  log(level::info, std::string(1 << 20, 'x'));
  log(level::info, "next");
  e.read();
  CHECK(e.lines_with("\n") == 3);
  CHECK(e.lines_with("xxx...\n") == 1);
  CHECK(e.seen.size() < 3 * PIPE_BUF);
}

// Of a log that nobody reads: more is said than anything between takes, and the call returns each time.
void nobody_reads(bool socket) {
  ends e{socket};
  event_log log{"kv 1", e.write_end};
  int const flags = ::fcntl(e.write_end, F_GETFL);
  constexpr std::size_t said = 20000;
  for (std::size_t i = 0; i < said; ++i) log(level::info, "line " + std::to_string(i) + std::string(100, '.'));
  auto const lost = log.lost();
  CHECK(lost > 0);
  CHECK(lost < said);
  e.read();
  log(level::info, "read again");
  e.read();
  CHECK(log.lost() == 0);
  CHECK(e.lines_with("info: line ") == said - lost);
  CHECK(e.lines_with("kv 1 warning: " + std::to_string(lost) + " log lines were lost: nobody read them\n") == 1);
  CHECK(e.seen.ends_with(" kv 1 info: read again\n"));
  CHECK(::fcntl(e.write_end, F_GETFL) == flags); // the descriptor is not ours alone
}
TEST_CASE("a pipe that nobody reads costs lines, which are counted, and no time") { nobody_reads(false); }
TEST_CASE("and so does a socket, as a service manager has it") { nobody_reads(true); }

TEST_CASE("a reader that has gone costs lines and not the node") {
  for (bool const socket : {false, true}) {
    ends e{socket};
    event_log log{"kv 1", e.write_end};
    log(level::info, "read");
    e.close_reader();
    for (int i = 0; i < 10; ++i) log(level::info, "not read");
    CHECK(log.lost() == 10);
  }
}

TEST_CASE("a named pipe gets a new reader, who is told what was lost and why") {
  char folder[] = "/tmp/quorate-log-XXXXXX";
  REQUIRE(::mkdtemp(folder) != nullptr);
  auto const path = std::string{folder} + "/pipe";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  ends e{false};
  e.close_reader();
  e.read_end = ::open(path.c_str(), O_RDONLY | O_NONBLOCK);
  int const named = ::open(path.c_str(), O_WRONLY);
  REQUIRE(named >= 0);
  event_log log{"kv 1", named};
  e.close_reader();
  log(level::info, "to nobody");
  log(level::info, "to nobody");
  e.read_end = ::open(path.c_str(), O_RDONLY | O_NONBLOCK);
  log(level::info, "to somebody");
  e.read();
  CHECK(e.lines_with("warning: 2 log lines were lost: their reader had gone\n") == 1);
  CHECK(e.lines_with("info: to somebody\n") == 1);
  ::close(named);
  ::unlink(path.c_str());
  ::rmdir(folder);
}

TEST_CASE("a log that can't be written at all is no error") {
  event_log log{"kv 1", -1};
  log(level::info, "to nowhere");
  CHECK(log.lost() == 1);
  int const full = ::open("/dev/full", O_WRONLY);
  event_log to_full{"kv 1", full};
  to_full(level::info, "to a full disk");
  CHECK(to_full.lost() == 1);
  ::close(full);
}

} // namespace
} // namespace kv
