// A node's log: a line an event, with time and level. Its reader may be slow, stuck or gone; the node goes on.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <climits>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

namespace kv {

enum class level { info, warning, error };
inline constexpr char const* name_of(level l) {
  return l == level::info ? "info" : l == level::warning ? "warning" : "error";
}

// "2026-11-28T16:41:14.123Z", in UTC.
inline std::string time_text(std::chrono::system_clock::time_point t) {
  namespace chrono = std::chrono;
  auto const day = chrono::floor<chrono::days>(t);
  chrono::year_month_day const date{day};
  chrono::hh_mm_ss const time{chrono::floor<chrono::milliseconds>(t - day)};
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count()));
  return text;
}

// What others sent must neither end a line nor steer a terminal: all but printable ASCII becomes \xNN.
inline std::string printable(std::string_view text) {
  constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (auto const c : text) {
    auto const byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f)
      out.push_back(c);
    else
      out.append("\\x").append(1, digits[byte >> 4]).append(1, digits[byte & 15]);
  }
  return out;
}

// Writes lines, and never waits for a reader: what a pipe, a socket or a terminal does not take at once is lost
// and counted, and the count is told before the next line that is taken. Precondition: SIGPIPE and SIGXFSZ are
// ignored.
class event_log {
public:
  // `who` stands in each line. `fd` stays the caller's, in the mode that it has: others may write to it, too.
  explicit event_log(std::string who, int fd = STDERR_FILENO) : who_{std::move(who)}, fd_{fd} {
    struct stat s {};
    if (::fstat(fd, &s) != 0) return;
    regular_ = S_ISREG(s.st_mode);
    socket_ = S_ISSOCK(s.st_mode);
    // The same pipe or terminal once more, in a mode of our own. Where that is not allowed poll() must do.
    if (S_ISFIFO(s.st_mode) || S_ISCHR(s.st_mode))
      own_ = ::open(("/proc/self/fd/" + std::to_string(fd)).c_str(),
                    O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  }
  event_log(event_log const&) = delete;
  event_log& operator=(event_log const&) = delete;
  ~event_log() {
    if (own_ >= 0) ::close(own_);
  }

  void operator()(level l, std::string_view text) {
    if (!finish_line()) return void(++lost_);
    auto const now = time_text(std::chrono::system_clock::now());
    if (lost_ > 0) {
      auto const lines = std::to_string(lost_) + (lost_ == 1 ? " log line was" : " log lines were");
      if (!begin_line(line(now, level::warning, lines + " lost: " + why_))) return void(++lost_);
      lost_ = 0;
      if (!rest_.empty()) return void(++lost_);
    }
    if (!begin_line(line(now, l, printable(text)))) ++lost_;
  }
  // Since the last time that their number was told.
  std::uint64_t lost() const { return lost_; }

private:
  // A pipe takes a line of this size as a whole or not at all.
  static constexpr std::size_t longest = PIPE_BUF;

  std::string line(std::string const& now, level l, std::string_view text) const {
    auto out = now + " " + who_ + " " + name_of(l) + ": ";
    if (out.size() + text.size() + 1 > longest)
      out.append(text.substr(0, longest - out.size() - 4)).append("...");
    else
      out.append(text);
    return out += '\n';
  }

  // False: nothing of it was taken. What remains of a line that was begun is kept for the next time.
  bool begin_line(std::string text) {
    auto const taken = write(text);
    if (taken == 0) return false;
    rest_ = text.substr(taken);
    return true;
  }
  bool finish_line() {
    if (!rest_.empty()) rest_.erase(0, write(rest_));
    return rest_.empty();
  }

  // How many bytes were taken; if none, why_ says why.
  std::size_t write(std::string_view bytes) {
    auto const n = socket_               ? ::send(fd_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL)
                   : own_ >= 0           ? ::write(own_, bytes.data(), bytes.size())
                   : regular_ || ready() ? ::write(fd_, bytes.data(), bytes.size())
                                         : (errno = EAGAIN, ssize_t{-1});
    if (n > 0) return static_cast<std::size_t>(n);
    why_ = n == 0 || errno == EAGAIN ? "nobody read them" : errno == EPIPE ? "their reader had gone" : "";
    if (why_.empty()) why_ = std::string{"they could not be written: "} + std::strerror(errno);
    return 0;
  }
  bool ready() const {
    pollfd p{fd_, POLLOUT, 0};
    return ::poll(&p, 1, 0) == 1;
  }

  std::string who_;
  int fd_;
  int own_ = -1;
  bool regular_ = false;
  bool socket_ = false;
  std::string rest_;
  std::string why_;
  std::uint64_t lost_ = 0;
};

} // namespace kv
