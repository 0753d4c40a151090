// One client's connection: bytes in, requests to the queue, replies out.
#pragma once

#include "commands.hpp"
#include "info.hpp"
#include "request_queue.hpp"
#include "resp.hpp"

#include <asio/buffer.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/write.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace kv {

// `Port` is the client_port: connections live in its table, and the handlers that are under way keep them alive.
// The socket is read only while there is room for what it may bring; an idle connection holds no buffer.
template <class Port>
class connection : public std::enable_shared_from_this<connection<Port>> {
public:
  using socket = asio::ip::tcp::socket;
  using clock = request_queue::clock;

  connection(Port& port, std::uint32_t id, socket s)
      : port_{port}, id_{id}, socket_{std::move(s)}, parser_{port.limit()}, queue_{port.limit()} {
    session_.id = id;
    session_.limit = &port.limit();
  }

  std::uint32_t id() const { return id_; }
  request_queue& queue() { return queue_; }
  bool busy() const { return !queue_.empty() || lingering_; }
  // Already on the port's list of those to flush.
  bool dirty = false;

  void start() { await(); }

  // Reads no more; closes when everything has been answered.
  void finish() {
    ending_ = true;
    port_.touch(*this);
  }

  void close() {
    if (closed_) return;
    closed_ = true;
    asio::error_code ignored;
    socket_.close(ignored);
    port_.forget(id_);
  }

  // Sends what may be sent, submits what may be submitted, reads if there is room again. Once a round of the
  // loop, however many outcomes came in it.
  void flush() {
    if (closed_) return;
    queue_.drain(port_.store(), out_, max_unsent);
    port_.submit(*this);
    if (!sending_ && !out_.empty()) send();
    if (stalled_ && !full()) take({});
    if (ending_ && queue_.empty() && out_.empty() && !sending_) return linger();
    await();
  }

  // From time to time while busy().
  void tick(clock::time_point now) {
    if (lingering_ && now >= linger_until_) return close();
    if (queue_.empty()) return;
    queue_.expire(now);
    queue_.retry_held();
    port_.touch(*this);
  }

private:
  static constexpr std::size_t max_unsent = std::size_t{1} << 20;
  static constexpr std::size_t max_idle = std::size_t{64} << 10; // what a buffer may keep when it is empty

  auto self() { return this->shared_from_this(); }
  bool full() const {
    return queue_.size() >= port_.limit().max_outstanding ||
           queue_.bytes() + out_.size() + sent_.size() >= port_.limit().max_buffered;
  }

  void await() {
    if (waiting_ || closed_ || (!lingering_ && (ending_ || full()))) return;
    waiting_ = true;
    socket_.async_wait(socket::wait_read, [me = self()](asio::error_code error) {
      me->waiting_ = false;
      if (error)
        me->close();
      else
        me->receive();
    });
  }

  void receive() {
    if (closed_) return;
    asio::error_code error;
    auto const room = asio::buffer(port_.scratch());
    auto const n = socket_.read_some(room, error);
    if (error == asio::error::would_block || error == asio::error::try_again) return await();
    if (lingering_) return error ? close() : await();
    if (error == asio::error::eof) return finish();
    if (error) return close();
    if (!ending_) take({static_cast<char const*>(room.data()), n});
    await();
  }

  // Goes through the requests in what was kept and what has come now, as far as there is room.
  void take(std::string_view fresh) {
    if (!kept_.empty()) kept_.append(fresh);
    auto rest = kept_.empty() ? fresh : std::string_view{kept_};
    auto const now = clock::now();
    while (!ending_ && !full()) {
      auto const result = parser_.parse(rest);
      if (result == parsing::incomplete) break;
      if (result == parsing::failed) {
        answer([&](resp_writer& out) { out.error(parser_.error()); });
        ending_ = true;
        break;
      }
      if (!parser_.args().empty()) carry_out(parser_.args(), now);
      rest.remove_prefix(parser_.consumed());
    }
    stalled_ = !ending_ && full() && !rest.empty();
    keep(rest);
    port_.touch(*this);
  }

  // `rest` is the end of kept_ or, if that is empty, of what has just come.
  void keep(std::string_view rest) {
    if (ending_) rest = {};
    if (kept_.empty())
      kept_.assign(rest);
    else
      kept_.erase(0, kept_.size() - rest.size());
    if (kept_.empty() && kept_.capacity() > max_idle) std::string{}.swap(kept_);
  }

  template <class Write>
  void answer(Write&& write) {
    std::string reply;
    resp_writer out{reply};
    write(out);
    queue_.push_reply(std::move(reply));
  }

  void carry_out(arguments args, clock::time_point now) {
    port_.count_command();
    auto const* const c = find_command(args[0]);
    if (c == nullptr) return answer([&](resp_writer& out) { out.error(unknown_command(args)); });
    if (!c->takes(args.size()))
      return answer([&](resp_writer& out) { out.error(wrong_number_of_arguments(c->name)); });
    if (c->kind == command_kind::local) {
      answer([&](resp_writer& out) { c->local(session_, args, out); });
      if (session_.quitting) ending_ = true;
      return;
    }
    if (c->kind == command_kind::info) {
      auto const section = small_letters(args.size() > 1 ? args[1] : std::string_view{});
      return answer([&](resp_writer& out) { out.bulk(info_text(port_.report(), section)); });
    }
    std::string operation;
    encoding e{port_.limit(), operation};
    if (c->encode(args, e) && operation.size() > port_.limit().max_operation())
      e.fail("ERR the request is too large: send fewer keys at a time");
    if (!e.error.empty()) return answer([&](resp_writer& out) { out.error(e.error); });
    auto const kind = c->kind == command_kind::write ? request_queue::kind::write : request_queue::kind::read;
    queue_.push(kind, std::move(operation), now);
  }

  void send() {
    sending_ = true;
    sent_.swap(out_);
    asio::async_write(socket_, asio::buffer(sent_), [me = self()](asio::error_code error, std::size_t) {
      me->sending_ = false;
      me->sent_.clear();
      if (me->sent_.capacity() > max_idle) std::string{}.swap(me->sent_);
      if (error)
        me->close();
      else
        me->flush();
    });
  }

  // A socket that is closed over unread bytes is reset, and the client may lose our last words. So we say
  // that we have finished and throw away what still comes, for a moment.
  void linger() {
    if (lingering_) return await();
    lingering_ = true;
    linger_until_ = clock::now() + std::chrono::milliseconds{500};
    asio::error_code ignored;
    socket_.shutdown(socket::shutdown_send, ignored);
    port_.touch(*this);
    await();
  }

  Port& port_;
  std::uint32_t id_;
  socket socket_;
  request_parser parser_;
  request_queue queue_;
  session session_;
  std::string kept_; // read but not yet understood
  std::string out_;  // to be sent next
  std::string sent_; // being sent
  bool waiting_ = false;
  bool sending_ = false;
  bool stalled_ = false; // requests in kept_ wait for room
  bool ending_ = false;
  bool lingering_ = false;
  bool closed_ = false;
  clock::time_point linger_until_{};
};

} // namespace kv
