// A small RESP client for the demo and the tests: one connection to a port of this machine, blocking, with a
// time-out on everything.
#pragma once

#include "resp_reply.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace kv {

class client {
public:
  using milliseconds = std::chrono::milliseconds;

  client() = default;
  explicit client(milliseconds patience) : patience_{patience} {}
  client(client&& other) noexcept { *this = std::move(other); }
  client& operator=(client&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(out_, other.out_);
    std::swap(in_, other.in_);
    std::swap(patience_, other.patience_);
    return *this;
  }
  ~client() { close(); }

  bool connected() const { return fd_ >= 0; }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
    out_.clear();
    in_.clear();
  }

  // False: nobody listens there, or not in time.
  bool connect(std::uint16_t port) {
    close();
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd_ < 0) return false;
    int const on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    auto const done = ::connect(fd_, reinterpret_cast<sockaddr const*>(&at), sizeof at) == 0 ||
                      (errno == EINPROGRESS && wait(POLLOUT, now() + patience_) && error() == 0);
    if (!done || talks_to_itself()) close();
    return connected();
  }

  // Puts a request behind those that the next flush() sends.
  void put(std::initializer_list<std::string_view> words) { write_request(out_, words); }

  // Sends what was put. False: the connection is gone, and is closed; part may have been sent.
  bool flush() {
    auto const until = now() + patience_;
    std::string_view rest = out_;
    while (!rest.empty() && connected()) {
      auto const n = ::send(fd_, rest.data(), rest.size(), MSG_NOSIGNAL);
      if (n >= 0)
        rest.remove_prefix(static_cast<std::size_t>(n));
      else if (!again() || !wait(POLLOUT, until))
        close();
    }
    out_.clear();
    return connected();
  }

  // The next reply; nothing if it does not come in time or the connection is gone, which is closed in either
  // case: whatever was sent and not answered may or may not have happened.
  std::optional<reply> read() {
    auto const until = now() + patience_;
    while (connected()) {
      reply r;
      std::size_t used = 0;
      auto const state = parse_reply(in_, r, used);
      if (state == reply_state::complete) {
        in_.erase(0, used);
        return r;
      }
      if (state == reply_state::malformed || !receive(until)) close();
    }
    return std::nullopt;
  }

  std::optional<reply> call(std::initializer_list<std::string_view> words) {
    put(words);
    if (!flush()) return std::nullopt;
    return read();
  }

private:
  using clock = std::chrono::steady_clock;
  static clock::time_point now() { return clock::now(); }
  static bool again() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

  bool receive(clock::time_point until) {
    for (;;) {
      char piece[65536];
      auto const n = ::recv(fd_, piece, sizeof piece, 0);
      if (n > 0) return in_.append(piece, static_cast<std::size_t>(n)), true;
      if (n == 0 || !again() || !wait(POLLIN, until)) return false;
    }
  }

  bool wait(short what, clock::time_point until) {
    for (;;) {
      auto const left = std::chrono::duration_cast<milliseconds>(until - now()).count();
      if (left < 0) return false;
      pollfd p{fd_, what, 0};
      auto const n = ::poll(&p, 1, static_cast<int>(left) + 1);
      if (n > 0) return true;
      if (n < 0 && errno != EINTR) return false;
    }
  }

  int error() const {
    int e = 0;
    socklen_t size = sizeof e;
    ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &e, &size);
    return e;
  }

  // A connection to a free port of one's own machine may be given that very port to come from, and so meet itself.
  bool talks_to_itself() const {
    sockaddr_in here{};
    sockaddr_in there{};
    socklen_t size = sizeof here;
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&here), &size);
    size = sizeof there;
    ::getpeername(fd_, reinterpret_cast<sockaddr*>(&there), &size);
    return here.sin_port == there.sin_port;
  }

  int fd_ = -1;
  std::string out_;
  std::string in_;
  milliseconds patience_{5000};
};

} // namespace kv
