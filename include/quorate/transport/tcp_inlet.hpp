// A connection that somebody made to us, and the frames that come in on it.
#pragma once

#include "quorate/transport/tcp_registry.hpp"
#include "quorate/transport/tcp_socket.hpp"

#include <algorithm>
#include <cstring>

namespace quorate::tcp {

// What the hello says takes effect when the confirm has come, with the number that was sent to where the hello
// came from. Before that the owner is asked and not changed.
//
// Owner (the transport) offers: settings(), hello_to(node), draw() (a random number), objection(hello, nullopt),
// judge(hello, nullopt), inlet_up(inlet&) (its peer), inlet_down(inlet&, loss, why),
// deliver(node, incarnation, frame) (why the connection is to be closed, or nothing), hang_up(socket&&, reason).
// An inlet that is closed never calls it again, and its handlers keep only the inlet alive.
template <class Owner>
class inlet : public std::enable_shared_from_this<inlet<Owner>> {
public:
  inlet(Owner& owner, socket&& s) : owner_{&owner}, socket_{std::move(s)}, timer_{socket_.get_executor()} {
    std::error_code ignored;
    remote_ = socket_.remote_endpoint(ignored);
  }

  void start() {
    tune(socket_, owner_->settings().stall_timeout);
    timer_.expires_after(owner_->settings().handshake_timeout);
    timer_.async_wait([self = this->shared_from_this()](std::error_code ec) {
      if (!ec && !self->peer_) self->fail(loss::unreachable, "the handshake took too long");
    });
    read_record();
  }

  void close() {
    std::error_code ignored;
    owner_ = nullptr;
    timer_.cancel();
    socket_.close(ignored);
  }

  hello const& theirs() const { return theirs_; } // from: node 0 before its hello came
  endpoint const& remote() const { return remote_; }
  bool greeted() const { return greeted_; }
  bool up() const { return peer_ != nullptr; }

private:
  void read_record() {
    async_read_record(socket_, record_, [self = this->shared_from_this()](record const& r) {
      if (!self->owner_) return;
      if (!r.why.empty()) return self->fail(loss::unreachable, r.why);
      if (r.head.kind == record_kind::refusal)
        return self->fail(loss::refused, "it refuses us: " + printable(r.body));
      auto const expected = self->greeted_ ? record_kind::confirm : record_kind::hello;
      if (r.head.kind != expected) return self->fail(loss::unreachable, out_of_turn(expected, r.head.kind));
      if (r.head.version != format_version) return self->refuse(version_mismatch(r.head.version));
      if (self->greeted_) return self->open(r);
      self->answer(r);
    });
  }

  void answer(record const& r) {
    auto const h = parse_hello(r.body);
    if (!h) return refuse(malformed_hello(r.body));
    theirs_ = *h;
    if (auto const why = owner_->objection(*h, std::nullopt); !why.empty()) return refuse(why);
    greeted_ = true;
    auto ours = owner_->hello_to(h->from);
    ours.nonce = nonce_ = owner_->draw();
    put_hello(reply_, ours);
    asio::async_write(socket_, asio::buffer(reply_),
                      [self = this->shared_from_this()](std::error_code ec, std::size_t) {
                        if (!self->owner_) return;
                        if (ec) return self->fail(self->up() ? loss::broken : loss::unreachable, ec.message());
                        self->read_record();
                      });
  }

  void open(record const& r) {
    if (parse_confirm(r.body) != nonce_)
      return refuse("its confirm does not have the number of our hello: expected the number that was sent to it, "
                    "but got another; dial again");
    // Asked again: others may have come since the hello.
    if (auto const why = owner_->judge(theirs_, std::nullopt); !why.empty()) return refuse(why);
    if (!owner_) return; // a log handler has closed us
    peer_ = &owner_->inlet_up(*this);
    timer_.cancel();
    bytes_.resize(usual_bytes);
    read();
  }

  void read() {
    auto const room = asio::buffer(bytes_.data() + end_, bytes_.size() - end_);
    socket_.async_read_some(room, [self = this->shared_from_this()](std::error_code ec, std::size_t n) {
      if (!self->owner_) return;
      if (ec) return self->fail(self->up() ? loss::broken : loss::unreachable, ec.message());
      self->end_ += n;
      self->peer_->counters.bytes_in += n;
      if (!self->deliver_all()) return;
      self->make_room();
      self->read();
    });
  }

  std::span<std::byte const> unread() const { return {bytes_.data() + begin_, end_ - begin_}; }

  // False: this connection has ended, by what it sent or by what a handler did.
  bool deliver_all() {
    while (end_ - begin_ >= frame_head_bytes) {
      auto const size = get<std::uint32_t>(unread());
      if (size == 0 || size > owner_->settings().max_frame_bytes) {
        refuse("expected a frame of 1 to " + std::to_string(owner_->settings().max_frame_bytes) +
               " bytes, but got one of " + std::to_string(size) + "; run the same build on both nodes");
        return false;
      }
      if (end_ - begin_ - frame_head_bytes < size) break;
      auto const frame = unread().subspan(frame_head_bytes, size);
      begin_ += frame_head_bytes + size;
      ++peer_->counters.frames_in;
      auto const why = owner_->deliver(peer_->node, theirs_.incarnation, frame);
      if (!owner_) return false;
      if (!why.empty()) return refuse(why), false;
    }
    return true;
  }

  // The buffer grows with what has come and never with what was announced.
  void make_room() {
    std::size_t const left = end_ - begin_;
    if (left == 0 && bytes_.size() > keep_bytes) {
      bytes_ = std::vector<std::byte>(usual_bytes);
      begin_ = end_ = 0;
    }
    if (begin_ > 0 && (left == 0 || end_ == bytes_.size())) {
      std::memmove(bytes_.data(), bytes_.data() + begin_, left);
      begin_ = 0;
      end_ = left;
    }
    if (end_ < bytes_.size()) return;
    std::size_t const whole = frame_head_bytes + get<std::uint32_t>(unread());
    bytes_.resize((std::min)(whole, 2 * bytes_.size()));
  }

  void refuse(std::string const& why) {
    owner_->hang_up(std::move(socket_), why);
    fail(loss::refused, "we refuse it: " + why);
  }

  void fail(loss kind, std::string const& why) {
    if (!owner_) return;
    auto* const owner = owner_;
    auto const self = this->shared_from_this(); // the owner lets go of us in inlet_down
    close();
    owner->inlet_down(*this, kind, why);
  }

  static constexpr std::size_t usual_bytes = 64u << 10;
  static constexpr std::size_t keep_bytes = 1u << 20;

  Owner* owner_;         // nullptr: closed
  peer* peer_ = nullptr; // the owner's; set when frames may come
  socket socket_;
  asio::steady_timer timer_;
  endpoint remote_;
  hello theirs_{};
  std::uint64_t nonce_ = 0; // what the confirm must hold
  bool greeted_ = false;
  record_buffer record_{};
  std::vector<std::byte> reply_;
  std::vector<std::byte> bytes_; // [begin_, end_) has come and was not yet delivered
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

} // namespace quorate::tcp
