// What both ends of a connection need of a socket: its options, reading one record, and hanging up with a reason.
#pragma once

#include "quorate/transport/tcp_hello.hpp"

#include <asio/buffer.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/read.hpp>
#include <asio/steady_timer.hpp>
#include <asio/write.hpp>

#include <chrono>
#include <memory>
#include <utility>

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace quorate::tcp {

using socket = asio::ip::tcp::socket;
using endpoint = asio::ip::tcp::endpoint;

inline std::string name_of(endpoint const& e) {
  auto const host = e.address().to_string();
  return (e.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(e.port());
}

// Without this a child that the program starts would keep the port and the connections.
inline void close_on_exec(int fd) { ::fcntl(fd, F_SETFD, FD_CLOEXEC); }

// None of these is needed to be right, so a kernel that has not got one of them is no reason to stop.
inline void tune(socket& s, std::chrono::milliseconds stall) {
  std::error_code ignored;
  s.set_option(asio::ip::tcp::no_delay{true}, ignored);
  s.set_option(asio::socket_base::keep_alive{true}, ignored);
  close_on_exec(s.native_handle());
#ifdef TCP_USER_TIMEOUT
  auto const ms = static_cast<unsigned>(stall.count());
  ::setsockopt(s.native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof ms);
#else
  static_cast<void>(stall);
#endif
}

struct record_buffer {
  std::array<std::byte, record_head_bytes> head{};
  std::array<std::byte, max_record_body_bytes> body{};
};

// What a read of a record came to: `why` is empty and the rest holds, or it says what went wrong.
struct record {
  std::string why{};
  bool alien = false; // the bytes were not a record at all
  record_head head{};
  std::span<std::byte const> body{};
};

// Reads one record and calls handler(record). The buffer and the socket must live until then.
template <class Handler>
void async_read_record(socket& s, record_buffer& into, Handler handler) {
  asio::async_read(s, asio::buffer(into.head), [&s, &into, handler](std::error_code ec, std::size_t) mutable {
    if (ec) return handler(record{ec.message(), false, {}, {}});
    auto const head = parse_head(into.head);
    if (!head) return handler(record{"what it sent is not a handshake of ours", true, {}, {}});
    asio::async_read(s, asio::buffer(into.body.data(), head->body_bytes),
                     [&into, head = *head, handler](std::error_code e, std::size_t n) mutable {
                       if (e) return handler(record{e.message(), false, {}, {}});
                       handler(record{{}, false, head, std::span<std::byte const>{into.body.data(), n}});
                     });
  });
}

// A connection that has only its refusal left to say. It is said, our side is closed, and then what still
// comes is read and thrown away until the other side closes or the time is up: a socket closed with unread
// bytes in it would be reset, and the reset could overtake the reason.
class farewell : public std::enable_shared_from_this<farewell> {
public:
  farewell(socket&& s, std::string_view reason) : socket_{std::move(s)}, timer_{socket_.get_executor()} {
    put_refusal(last_words_, reason);
  }

  void start(std::chrono::milliseconds limit) {
    timer_.expires_after(limit);
    timer_.async_wait([self = shared_from_this()](std::error_code ec) {
      if (!ec) self->close();
    });
    asio::async_write(socket_, asio::buffer(last_words_),
                      [self = shared_from_this()](std::error_code ec, std::size_t) {
                        if (ec) return self->close();
                        std::error_code ignored;
                        self->socket_.shutdown(socket::shutdown_send, ignored);
                        self->discard();
                      });
  }

  void close() {
    std::error_code ignored;
    timer_.cancel();
    socket_.close(ignored);
  }

private:
  void discard() {
    socket_.async_read_some(asio::buffer(bin_), [self = shared_from_this()](std::error_code ec, std::size_t) {
      if (ec) return self->close();
      self->discard();
    });
  }

  socket socket_;
  asio::steady_timer timer_;
  std::vector<std::byte> last_words_;
  std::array<std::byte, 4096> bin_{};
};

} // namespace quorate::tcp
