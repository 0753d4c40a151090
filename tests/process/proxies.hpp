// A proxy for each directed link between nodes that speak TCP (quorate/transport/tcp.hpp). Node `from` looks for
// node `to` at the proxy's port. The proxy hands on whole frames only. So a link can lose frames, which TCP never
// does by itself, and can be cut one way.
#pragma once

#include "../support/dice.hpp"

#include "quorate/transport/tcp_socket.hpp"

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/write.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <future>
#include <memory>
#include <span>
#include <thread>
#include <utility>
#include <vector>

namespace quorate::test {

// What a link does with what it is given.
enum class passage : std::uint8_t {
  pass,  // hands it on
  lose,  // hands on the handshake, and frames but for those that the dice take
  drop,  // reads it and throws it away, the handshake of a new connection too
  hold,  // does not read it: all that was sent meanwhile arrives when the link passes again
  close, // has no connections; who makes one finds it closed at once. A connection is both ways, so both are cut
};
struct link_state {
  passage how = passage::pass;
  std::uint64_t lost_percent = 0; // of frames; of `lose` only
};

// Cuts the bytes of one way into pieces: a piece is a record of the handshake, or a frame with its length.
class frame_cutter {
public:
  // `dialled`: these are the bytes of who made the connection, which become frames after its confirm.
  explicit frame_cutter(bool dialled) : dialled_{dialled} {}

  struct piece {
    std::span<std::byte const> bytes;
    bool is_frame;
  };
  // Calls f(piece) for each that is whole.
  template <class F>
  void feed(std::span<std::byte const> more, F&& f) {
    bytes_.insert(bytes_.end(), more.begin(), more.end());
    std::size_t done = 0;
    for (;;) {
      auto const rest = std::span<std::byte const>{bytes_}.subspan(done);
      bool const frame = in_frames_;
      auto const size = size_of_next(rest);
      if (size == 0 || rest.size() < size) break;
      f(piece{rest.first(size), frame});
      done += size;
    }
    bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(done));
  }

private:
  // 0: not known yet. What is no record of ours goes on as it is.
  std::size_t size_of_next(std::span<std::byte const> rest) {
    if (in_frames_)
      return rest.size() < tcp::frame_head_bytes ? 0 : tcp::frame_head_bytes + tcp::get<std::uint32_t>(rest);
    if (rest.size() < tcp::record_head_bytes) return 0;
    auto const head = tcp::parse_head(rest);
    if (!head) return rest.size();
    auto const size = tcp::record_head_bytes + head->body_bytes;
    in_frames_ = dialled_ && head->kind == tcp::record_kind::confirm && rest.size() >= size;
    return size;
  }

  bool dialled_;
  bool in_frames_ = false;
  std::vector<std::byte> bytes_{};
};

// One way between two nodes. Only the proxies' thread touches it.
struct directed_link {
  link_state state{};
  dice chance{0};
  std::uint64_t hit = 0; // pieces that were lost, times that a connection was held or closed

  bool takes(bool is_frame) {
    bool const lost =
        state.how == passage::drop || (state.how == passage::lose && is_frame && chance(100) < state.lost_percent);
    hit += lost ? 1 : 0;
    return !lost;
  }
};

// One connection through a proxy, with two ways: frames go `there`, and only the handshake comes `back`.
class proxied : public std::enable_shared_from_this<proxied> {
public:
  proxied(tcp::socket&& dialler, directed_link& there, directed_link& back)
      : near_{std::move(dialler)}, far_{near_.get_executor()}, there_{near_, far_, there, frame_cutter{true}},
        back_{far_, near_, back, frame_cutter{false}} {}

  void start(tcp::endpoint const& node) {
    far_.async_connect(node, [self = shared_from_this()](std::error_code ec) {
      if (ec) return self->close();
      for (auto* const s : {&self->near_, &self->far_}) tcp::tune(*s, std::chrono::milliseconds{0});
      self->read(self->there_);
      self->read(self->back_);
    });
  }
  void close() {
    std::error_code ignored;
    near_.close(ignored);
    far_.close(ignored);
  }
  bool is_open() const { return near_.is_open(); }
  // The state of a link has changed.
  void notice() {
    for (auto* const w : {&there_, &back_}) {
      if (w->link.state.how == passage::close && is_open()) ++w->link.hit, close();
      if (w->held && w->link.state.how != passage::hold) w->held = false, hand_on(*w);
    }
  }

private:
  struct way {
    tcp::socket& from;
    tcp::socket& to;
    directed_link& link;
    frame_cutter cutter;
    std::array<std::byte, 65536> in{};
    std::size_t size = 0; // of what is in it
    std::vector<std::byte> out{};
    bool held = false;
  };

  void read(way& w) {
    w.from.async_read_some(asio::buffer(w.in), [self = shared_from_this(), &w](std::error_code ec, std::size_t n) {
      if (ec) return self->close();
      w.size = n;
      w.held = w.link.state.how == passage::hold;
      w.link.hit += w.held ? 1 : 0;
      if (!w.held) self->hand_on(w);
    });
  }
  void hand_on(way& w) {
    w.out.clear();
    w.cutter.feed({w.in.data(), w.size}, [&](frame_cutter::piece const& p) {
      if (w.link.takes(p.is_frame)) w.out.insert(w.out.end(), p.bytes.begin(), p.bytes.end());
    });
    asio::async_write(w.to, asio::buffer(w.out), [self = shared_from_this(), &w](std::error_code ec, std::size_t) {
      if (ec) return self->close();
      self->read(w);
    });
  }

  tcp::socket near_, far_; // of who dialled, of the node that was dialled
  way there_, back_;
};

// The links of a whole cluster, on a thread of their own. Nodes are counted from 0.
class proxies {
public:
  // `nodes`: the ports at which they listen for each other. Throws asio::system_error if there are no ports.
  proxies(std::vector<std::uint16_t> const& nodes, dice chance) : count_{nodes.size()}, links_(count_ * count_) {
    for (auto& l : links_) l.chance = dice{chance(~std::uint64_t{0})};
    for (std::size_t from = 0; from < count_; ++from)
      for (std::size_t to = 0; to < count_; ++to) {
        auto& door = doors_.emplace_back();
        if (from == to) continue;
        auto const here = asio::ip::address_v4::loopback();
        door =
            std::make_unique<entrance>(entrance{{io_, tcp::endpoint{here, 0}}, from, to, {here, nodes[to]}, {}});
        tcp::close_on_exec(door->acceptor.native_handle());
        accept(*door);
      }
    thread_ = std::thread{[this] { io_.run(); }};
  }
  proxies(proxies const&) = delete;
  proxies& operator=(proxies const&) = delete;
  ~proxies() {
    io_.stop();
    thread_.join();
  }

  // Where `from` finds `to`, another node.
  std::uint16_t port(std::size_t from, std::size_t to) const {
    return doors_[from * count_ + to]->acceptor.local_endpoint().port();
  }

  // Is so when it returns.
  void set(std::size_t from, std::size_t to, link_state s) {
    with([&] { link(from, to).state = s, notice(); });
  }
  void set_all(link_state s) {
    with([&] {
      for (auto& l : links_) l.state = s;
      notice();
    });
  }
  // How often any link has lost, held or closed something.
  std::uint64_t hits() {
    std::uint64_t all = 0;
    with([&] {
      for (auto const& l : links_) all += l.hit;
    });
    return all;
  }

private:
  struct entrance {
    asio::ip::tcp::acceptor acceptor;
    std::size_t from, to;
    tcp::endpoint node;
    std::vector<std::weak_ptr<proxied>> open;
  };

  template <class F>
  void with(F&& f) {
    std::promise<void> done;
    asio::post(io_, [&] { f(), done.set_value(); });
    done.get_future().wait();
  }
  directed_link& link(std::size_t from, std::size_t to) { return links_[from * count_ + to]; }
  void notice() {
    for (auto const& door : doors_)
      for (auto const& weak : door ? door->open : std::vector<std::weak_ptr<proxied>>{})
        if (auto const p = weak.lock()) p->notice();
  }
  void accept(entrance& door) {
    door.acceptor.async_accept([this, &door](std::error_code ec, tcp::socket s) {
      if (!ec) {
        tcp::close_on_exec(s.native_handle());
        auto const p = std::make_shared<proxied>(std::move(s), link(door.from, door.to), link(door.to, door.from));
        std::erase_if(door.open, [](auto const& weak) { return weak.expired(); });
        door.open.push_back(p);
        p->start(door.node);
        p->notice();
      }
      accept(door);
    });
  }

  std::size_t count_;
  std::vector<directed_link> links_; // by from, then by to
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  std::vector<std::unique_ptr<entrance>> doors_; // likewise; nullptr: from a node to itself
  std::thread thread_;
};

} // namespace quorate::test
