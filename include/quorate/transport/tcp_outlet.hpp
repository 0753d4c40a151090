// The connection that we dial, and the frames that go out on it. One outlet is one attempt: it waits out its
// back-off, dials, shakes hands, sends until something goes wrong, tells its owner and is done.
#pragma once

#include "quorate/transport/tcp_registry.hpp"
#include "quorate/transport/tcp_socket.hpp"

#include <asio/io_context.hpp>
#include <asio/post.hpp>

namespace quorate::tcp {

// Owner (the transport) offers: settings(), hello_to(node), judge(hello, dialled), outlet_up(outlet&),
// outlet_down(outlet&, loss, why), hang_up(socket&&, reason). An outlet that is closed never calls it again,
// and its handlers keep only the outlet alive.
template <class Owner>
class outlet : public std::enable_shared_from_this<outlet<Owner>> {
public:
  using clock = std::chrono::steady_clock;

  outlet(Owner& owner, asio::io_context& io, peer& to)
      : owner_{&owner}, peer_{&to}, socket_{io}, timer_{io}, address_{to.address} {}

  void start(std::chrono::milliseconds delay) {
    waiting_ = true;
    timer_.expires_after(delay);
    timer_.async_wait([self = this->shared_from_this()](std::error_code) {
      if (self->owner_) self->dial();
    });
  }

  // There is reason to think that dialling would succeed now: the rest of the back-off is not waited for.
  void hurry() {
    if (waiting_) timer_.cancel();
  }

  void close() {
    std::error_code ignored;
    owner_ = nullptr;
    up_ = false;
    timer_.cancel();
    socket_.close(ignored);
  }

  bool up() const { return up_; }
  peer& to() const { return *peer_; }
  endpoint const& address() const { return address_; }
  incarnation_id incarnation() const { return theirs_.incarnation; } // once up
  std::uint32_t takes() const { return theirs_.max_frame_bytes; }    // once up
  clock::time_point since() const { return since_; }                 // once up
  std::size_t queued_bytes() const { return filling_.size() + (writing_.size() - written_); }
  std::uint64_t queued_frames() const { return filling_frames_ + writing_frames_; }

  struct queueing {
    bool done = false;
    std::size_t too_large = 0; // the frame's bytes, if they are more than the peer takes
  };
  // Appends one frame: fill(std::vector<std::byte>&) appends its bytes to what it is given. Nothing is queued
  // when the link is down, the queue is full, or the frame is empty or larger than the peer takes.
  template <class Fill>
  queueing queue(Fill&& fill) {
    auto const limit = up_ ? owner_->settings().max_queued_bytes : 0;
    if (queued_bytes() >= limit) return {};
    unfinished frame{filling_, filling_.size()};
    filling_.resize(frame.start + frame_head_bytes);
    fill(filling_);
    std::size_t const size = filling_.size() - frame.start - frame_head_bytes;
    if (size > theirs_.max_frame_bytes) return {false, size};
    if (size == 0 || queued_bytes() > limit) return {};
    for (std::size_t i = 0; i < frame_head_bytes; ++i)
      filling_[frame.start + i] = static_cast<std::byte>(size >> (8 * i));
    frame.start = filling_.size();
    ++filling_frames_;
    schedule();
    return {true};
  }

  // What is queued goes to the system now, as far as it takes it.
  void flush() {
    if (up_) swap_and_write();
  }

  void fail(loss kind, std::string const& why) {
    if (!owner_) return;
    auto* const owner = owner_;
    auto const self = this->shared_from_this(); // the owner lets go of us in outlet_down
    close();
    owner->outlet_down(*this, kind, why);
  }

private:
  // Takes back what was appended, unless `start` has been moved on; also when the user's encoder throws.
  struct unfinished {
    std::vector<std::byte>& buffer;
    std::size_t start;
    ~unfinished() { buffer.resize(start); }
  };

  void dial() {
    waiting_ = false;
    timer_.expires_after(owner_->settings().handshake_timeout);
    timer_.async_wait([self = this->shared_from_this()](std::error_code ec) {
      if (!ec && !self->up_) self->fail(loss::unreachable, "the handshake took too long");
    });
    socket_.async_connect(address_, [self = this->shared_from_this()](std::error_code ec) {
      if (!self->owner_) return;
      if (ec) return self->fail(loss::unreachable, ec.message());
      self->greet();
    });
  }

  void greet() {
    std::error_code ec;
    // TCP lets a socket connect to itself, when nobody listens on a port that the system may hand out. It
    // would keep the port from the one who should listen there.
    if (socket_.local_endpoint(ec) == socket_.remote_endpoint(ec)) {
      socket_.set_option(asio::socket_base::linger{true, 0}, ec);
      return fail(loss::unreachable, "nobody listens there");
    }
    tune(socket_, owner_->settings().stall_timeout);
    put_hello(writing_, owner_->hello_to(peer_->node));
    asio::async_write(socket_, asio::buffer(writing_),
                      [self = this->shared_from_this()](std::error_code e, std::size_t) {
                        if (e) return self->fail(loss::unreachable, e.message());
                        self->writing_.clear();
                      });
    read();
  }

  // Also when up a read is waiting: the other side says why it hangs up, or just does.
  void read() {
    async_read_record(socket_, buffer_, [self = this->shared_from_this()](record const& r) {
      if (!self->owner_) return;
      if (!r.why.empty()) return self->fail(self->up_ ? loss::broken : loss::unreachable, r.why);
      if (r.head.kind == record_kind::refusal)
        return self->fail(loss::refused, "it refuses us: " + printable(r.body));
      if (self->up_) return self->fail(loss::broken, "it does not keep to the protocol: expected nothing more");
      if (r.head.kind != record_kind::hello)
        return self->fail(loss::unreachable, out_of_turn(record_kind::hello, r.head.kind));
      if (!self->writing_.empty())
        return self->fail(loss::unreachable, "it does not keep to the protocol: it answers what it has not heard");
      self->judge(r);
    });
  }

  void judge(record const& r) {
    if (r.head.version != format_version) return refuse(version_mismatch(r.head.version));
    auto const h = parse_hello(r.body);
    if (!h) return refuse(malformed_hello(r.body));
    if (auto const why = owner_->judge(*h, peer_->node); !why.empty()) return refuse(why);
    if (!owner_) return; // a log handler has closed us
    theirs_ = *h;
    up_ = true;
    since_ = clock::now();
    timer_.cancel();
    put_confirm(filling_, h->nonce);
    schedule();
    read();
    owner_->outlet_up(*this);
  }

  void refuse(std::string const& why) {
    owner_->hang_up(std::move(socket_), why);
    fail(loss::refused, "we refuse it: " + why);
  }

  // The write comes after the handlers that are ready now, so that all they send goes out at once.
  void schedule() {
    if (scheduled_ || !writing_.empty()) return;
    scheduled_ = true;
    asio::post(socket_.get_executor(), [self = this->shared_from_this()] {
      self->scheduled_ = false;
      if (self->owner_) self->swap_and_write();
    });
  }

  void swap_and_write() {
    if (filling_.empty() || !writing_.empty()) return;
    std::swap(filling_, writing_);
    writing_frames_ = std::exchange(filling_frames_, 0);
    write();
  }

  void write() {
    auto const rest = asio::buffer(writing_) + written_;
    socket_.async_write_some(rest, [self = this->shared_from_this()](std::error_code ec, std::size_t n) {
      if (!self->owner_) return;
      if (ec) return self->fail(loss::broken, ec.message());
      self->on_written(n);
    });
  }

  void on_written(std::size_t n) {
    peer_->counters.bytes_out += n;
    written_ += n;
    if (written_ < writing_.size()) return write();
    writing_.clear();
    if (writing_.capacity() > keep_bytes) writing_.shrink_to_fit();
    written_ = 0;
    writing_frames_ = 0;
    swap_and_write();
  }

  // A buffer that a slow hour has made larger than this is given back.
  static constexpr std::size_t keep_bytes = 1u << 20;

  Owner* owner_; // nullptr: closed
  peer* peer_;   // the owner's; not touched once closed
  socket socket_;
  asio::steady_timer timer_;
  endpoint address_;
  hello theirs_{};
  clock::time_point since_{};
  bool waiting_ = false;
  bool up_ = false;
  bool scheduled_ = false;
  record_buffer buffer_{};
  std::vector<std::byte> filling_; // frames queued while the other one is being written
  std::vector<std::byte> writing_;
  std::size_t written_ = 0;
  std::uint64_t filling_frames_ = 0;
  std::uint64_t writing_frames_ = 0;
};

} // namespace quorate::tcp
