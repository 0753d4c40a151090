// The port where we are reached.
#pragma once

#include "quorate/transport/tcp_socket.hpp"

#include <asio/io_context.hpp>

namespace quorate::tcp {

// Owner (the transport) offers: accepted(socket&&), log(std::string). A listener that is closed never calls
// it again.
template <class Owner>
class listener : public std::enable_shared_from_this<listener<Owner>> {
public:
  listener(Owner& owner, asio::io_context& io) : owner_{&owner}, acceptor_{io}, timer_{io} {}

  std::error_code start(endpoint const& at) {
    std::error_code ec;
    acceptor_.open(at.protocol(), ec);
    if (ec) return ec;
    close_on_exec(acceptor_.native_handle());
    acceptor_.set_option(asio::socket_base::reuse_address{true}, ec);
    if (!ec) acceptor_.bind(at, ec);
    if (!ec) acceptor_.listen(asio::socket_base::max_listen_connections, ec);
    if (!ec) accept();
    return ec;
  }

  void close() {
    std::error_code ignored;
    owner_ = nullptr;
    timer_.cancel();
    acceptor_.close(ignored);
  }

  // Where it listens; a default endpoint when it does not.
  endpoint local() const {
    std::error_code ec;
    auto const at = acceptor_.local_endpoint(ec);
    return ec ? endpoint{} : at;
  }

private:
  void accept() {
    acceptor_.async_accept([self = this->shared_from_this()](std::error_code ec, socket s) {
      if (!self->owner_) return;
      if (ec) return self->pause(ec);
      self->stuck_ = false;
      self->owner_->accepted(std::move(s));
      if (self->owner_) self->accept();
    });
  }

  // Out of file descriptors, most likely: asking again at once would only burn time.
  void pause(std::error_code why) {
    if (!std::exchange(stuck_, true)) owner_->log("cannot accept connections: " + why.message());
    if (!owner_) return; // a log handler has closed us
    timer_.expires_after(std::chrono::milliseconds{100});
    timer_.async_wait([self = this->shared_from_this()](std::error_code) {
      if (self->owner_) self->accept();
    });
  }

  Owner* owner_; // nullptr: closed
  asio::ip::tcp::acceptor acceptor_;
  asio::steady_timer timer_;
  bool stuck_ = false;
};

} // namespace quorate::tcp
