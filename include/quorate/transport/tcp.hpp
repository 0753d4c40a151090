// Frames between the nodes of a cluster, over TCP. Each node dials every other one and sends on the connection
// that it dialled; it receives on those that the others made. What is in a frame is somebody else's business.
//
// Everything happens on one thread: the one that runs the io_context. A frame arrives once and in order, or
// not at all; frames that are sent while there is no connection, or more than a slow peer's queue holds, are
// dropped.
//
// The handshake keeps honest mistakes out (another cluster, a swapped address, a wiped disk). What a dialler says
// of itself takes effect when it has sent back a random number that it was told: its store is remembered, its
// incarnation counts, an earlier connection ends. Without a key this proves an address, not an identity: whoever
// can connect and read our answer can pass for a node. It is no protection from an enemy on the network.
#pragma once

#include "quorate/transport/tcp_inlet.hpp"
#include "quorate/transport/tcp_listener.hpp"
#include "quorate/transport/tcp_outlet.hpp"

#include <bit>
#include <concepts>
#include <random>
#include <type_traits>

namespace quorate {

// OnFrame: void(node_id from, incarnation_id of_sender, std::span<std::byte const> frame). The bytes live until it
// returns. It may return a string: if that is not empty, the frame was one that no honest peer sends. Then the
// connection is closed, and the logs of both sides have the string. OnLog: void(std::string line), called on a
// change of state, not on each retry. Either may call send(), relocate() and close(), but not destroy the
// transport. The io_context must outlive it.
template <class OnFrame, class OnLog>
class tcp_transport {
  static_assert(std::is_invocable_v<OnFrame&, node_id, incarnation_id, std::span<std::byte const>>,
                "tcp_transport's frame handler must be callable as void(node_id from, incarnation_id of_sender, "
                "std::span<std::byte const> frame)");
  static_assert(std::is_invocable_v<OnLog&, std::string>,
                "tcp_transport's log handler must be callable as void(std::string line)");

public:
  // Opens nothing yet. Throws what std::random_device throws, if the system has no random numbers.
  tcp_transport(tcp_options const& options, asio::io_context& io, OnFrame on_frame, OnLog on_log)
      : registry_{options}, io_{io}, on_frame_{std::move(on_frame)}, on_log_{std::move(on_log)},
        jitter_{static_cast<std::minstd_rand::result_type>(seed_of(options))} {
    for (auto const& [node, p] : registry_.peers()) links_.emplace(node, links{});
  }
  tcp_transport(tcp_transport const&) = delete;
  tcp_transport& operator=(tcp_transport const&) = delete;
  ~tcp_transport() { close(); }

  // Listens, and begins to dial. Once only. An error leaves nothing open: the address is in use or not ours,
  // or (as std::errc::invalid_argument) the options can't work, and the log says which and why (also: misfit()).
  [[nodiscard]] std::error_code start() {
    if (auto why = misfit(settings()); !why.empty()) {
      log(std::move(why));
      return std::make_error_code(std::errc::invalid_argument);
    }
    auto const fresh = std::make_shared<tcp::listener<tcp_transport>>(*this, io_);
    auto const ec = fresh->start(settings().peers.at(settings().self));
    if (ec) {
      fresh->close();
      return ec;
    }
    listener_ = fresh;
    for (auto& [node, p] : registry_.peers()) dial(p, std::chrono::milliseconds{0});
    return {};
  }

  // Ends every connection and stops listening; what is queued is lost. No handler of ours is called from then
  // on. For good.
  void close() {
    if (listener_) listener_->close();
    for (auto& [node, l] : links_) {
      if (l.out) l.out->close();
      if (l.in) l.in->close();
      l = {};
    }
    for (auto& g : guests_) g->close();
    for (auto& weak : leaving_)
      if (auto const f = weak.lock()) f->close();
    guests_.clear();
    leaving_.clear();
    listener_.reset();
  }

  // Queues one frame. fill(std::vector<std::byte>& buffer) appends the frame's bytes to the buffer; it must not
  // call the transport. Returns false if the frame was dropped. There are four reasons: `to` is not connected
  // (then fill is not called), the queue is full, the frame is empty, or the frame is larger than the peer takes.
  // The log tells of a frame that is too large once for each peer and size, by powers of two. Frames wait for
  // flush(), or for the event loop's next turn, and go out as one write.
  template <std::invocable<std::vector<std::byte>&> Fill>
  bool send(node_id to, Fill&& fill) {
    auto const l = links_.find(to);
    if (l == links_.end()) return false;
    auto& p = *registry_.find(to);
    auto const result = l->second.out ? l->second.out->queue(fill) : typename outlet::queueing{};
    ++(result.done ? p.counters.frames_out : p.counters.dropped);
    if (result.too_large != 0) tell_too_large(p, result.too_large);
    return result.done;
  }

  bool send(node_id to, std::span<std::byte const> frame) {
    return send(
        to, [frame](std::vector<std::byte>& buffer) { buffer.insert(buffer.end(), frame.begin(), frame.end()); });
  }

  // What was sent leaves now, as far as the system takes it, and not at the event loop's next turn: call it before
  // what blocks.
  void flush() {
    for (auto& [node, l] : links_)
      if (l.out) l.out->flush();
  }

  // From now on this peer is dialled there. Precondition: it is in options.peers and is not self.
  void relocate(node_id node, asio::ip::tcp::endpoint const& address) {
    QUORATE_ASSERT(links_.contains(node), "tcp: node ", node, " is no peer");
    auto& p = *registry_.find(node);
    if (std::exchange(p.address, address) == address || !listener_) return;
    auto& out = links_.at(node).out;
    if (out) p.counters.lost += out->queued_frames();
    if (out) out->close();
    dial(p, std::chrono::milliseconds{0});
  }

  // Where it listens; a default endpoint when it does not.
  asio::ip::tcp::endpoint local_endpoint() const {
    return listener_ ? listener_->local() : asio::ip::tcp::endpoint{};
  }

  // Whether what is sent to this node goes out.
  bool connected(node_id node) const {
    auto const l = links_.find(node);
    return l != links_.end() && l->second.out && l->second.out->up();
  }

  // Bytes that wait to be taken by the system for this node.
  std::size_t queued_bytes(node_id node) const {
    return connected(node) ? links_.at(node).out->queued_bytes() : 0;
  }

  // Precondition: node is in options.peers and is not self.
  tcp_peer_status status(node_id node) const {
    QUORATE_ASSERT(links_.contains(node), "tcp: node ", node, " is no peer");
    auto const& p = *registry_.find(node);
    return {node,      p.address,     connected(node),    links_.at(node).in != nullptr,
            p.store,   p.incarnation, p.protocol_version, queued_bytes(node),
            p.counters};
  }

  // Every peer in the order of the ids.
  std::vector<tcp_peer_status> peers() const {
    std::vector<tcp_peer_status> all;
    for (auto const& [node, p] : registry_.peers()) all.push_back(status(node));
    return all;
  }

  // Connections that were not let in, or ended for what they sent.
  std::uint64_t refused() const { return refused_; }

private:
  friend class tcp::outlet<tcp_transport>;
  friend class tcp::inlet<tcp_transport>;
  friend class tcp::listener<tcp_transport>;
  using outlet = tcp::outlet<tcp_transport>;
  using inlet = tcp::inlet<tcp_transport>;

  struct links {
    std::shared_ptr<outlet> out{};
    std::shared_ptr<inlet> in{};
  };

  static std::uint64_t seed_of(tcp_options const& o) {
    if (o.jitter_seed != 0) return o.jitter_seed;
    std::seed_seq mix{o.self.value, static_cast<std::uint32_t>(o.store.value),
                      static_cast<std::uint32_t>(o.incarnation.value)};
    std::uint32_t seed{};
    mix.generate(&seed, &seed + 1);
    return seed;
  }

  tcp_options const& settings() const { return registry_.options(); }
  tcp::hello hello_to(node_id node) const { return registry_.hello_to(node); }
  void log(std::string line) { on_log_(std::move(line)); }

  // Why the connection is to be closed; empty: it is not.
  std::string deliver(node_id from, incarnation_id incarnation, std::span<std::byte const> frame) {
    if constexpr (std::is_void_v<std::invoke_result_t<OnFrame&, node_id, incarnation_id, decltype(frame)>>)
      return on_frame_(from, incarnation, frame), std::string{};
    else
      return on_frame_(from, incarnation, frame);
  }

  void dial(tcp::peer& p, std::chrono::milliseconds delay) {
    if (p.address.port() == 0) return links_.at(p.node).out.reset();
    auto const fresh = std::make_shared<outlet>(*this, io_, p);
    links_.at(p.node).out = fresh;
    fresh->start(delay);
  }

  // Changes nothing: it is asked before anything is proven.
  std::string objection(tcp::hello const& h, std::optional<node_id> dialled) const {
    return registry_.objection(h, dialled);
  }

  // A number that nobody can know who does not read what we send. Throws what std::random_device throws, if the
  // system has no random numbers.
  std::uint64_t draw() { return std::uint64_t{entropy_()} << 32 | entropy_(); }

  // Both ends ask: is whoever says this, and has heard us, let in? Empty when it is; then it is remembered, and
  // what is left of its earlier incarnations is cut off.
  std::string judge(tcp::hello const& h, std::optional<node_id> dialled) {
    auto why = objection(h, dialled);
    if (!why.empty()) return why;
    auto const before = registry_.find(h.from)->incarnation;
    registry_.admit(h);
    if (before < h.incarnation && before != incarnation_id{}) supersede(h.from, h.incarnation);
    return {};
  }

  void supersede(node_id node, incarnation_id by) {
    auto& l = links_.at(node);
    if (l.in && l.in->theirs().incarnation < by) {
      l.in->close();
      l.in.reset();
    }
    if (l.out && l.out->up() && l.out->incarnation() < by) l.out->fail(tcp::loss::broken, "it has restarted");
  }

  void outlet_up(outlet& o) {
    auto& p = o.to();
    ++p.counters.connects;
    p.trouble.clear();
    log("connected to " + tcp::name_of(p.node) + " at " + tcp::name_of(o.address()) + ", store " +
        tcp::name_of(*p.store) + ", incarnation " + std::to_string(o.incarnation().value));
    if (std::exchange(p.takes, o.takes()) == o.takes()) return;
    p.told_sizes = 0;
    if (auto const ours = settings().max_frame_bytes; p.takes < ours)
      log(tcp::name_of(p.node) + " takes frames of at most " + std::to_string(p.takes) +
          " bytes, and this node of " + std::to_string(ours) +
          ": what is between these will not reach it; give all nodes the same max_frame_bytes");
  }

  void tell_too_large(tcp::peer& p, std::size_t size) {
    auto const bit = std::uint64_t{1} << (std::bit_width(size) % 64);
    if ((std::exchange(p.told_sizes, p.told_sizes | bit) & bit) != 0) return;
    log("a frame of " + std::to_string(size) + " bytes for " + tcp::name_of(p.node) +
        " was not sent: it takes at most " + std::to_string(p.takes) +
        "; start the nodes with a larger tcp_options::max_frame_bytes");
  }

  void outlet_down(outlet& o, tcp::loss kind, std::string const& why) {
    auto& p = o.to();
    p.counters.lost += o.queued_frames();
    // A link that breaks as soon as it is up does not start the back-off anew.
    bool const lasted = kind != tcp::loss::unreachable && o.since() != typename outlet::clock::time_point{} &&
                        outlet::clock::now() - o.since() >= settings().backoff_max;
    if (lasted) p.backoff = settings().backoff_min;
    dial(p, jittered(p));
    auto const at = tcp::name_of(p.node) + " at " + tcp::name_of(o.address());
    auto const now = kind == tcp::loss::refused ? why : std::string{"not connected"};
    if (kind == tcp::loss::refused) ++refused_;
    if (std::exchange(p.trouble, now) == now) return;
    if (kind == tcp::loss::refused) return log(at + ": " + why);
    log((kind == tcp::loss::broken ? "lost " : "cannot reach ") + at + ": " + why);
  }

  std::chrono::milliseconds jittered(tcp::peer& p) {
    auto const half = p.backoff / 2;
    std::uniform_int_distribution<std::chrono::milliseconds::rep> part{0, half.count()};
    auto const delay = p.backoff - std::chrono::milliseconds{part(jitter_)};
    p.backoff = (std::min)(2 * p.backoff, settings().backoff_max);
    return delay;
  }

  void accepted(tcp::socket&& s) {
    if (guests_.size() >= settings().max_guests) {
      guests_.front()->close();
      guests_.erase(guests_.begin());
    }
    guests_.push_back(std::make_shared<inlet>(*this, std::move(s)));
    guests_.back()->start();
  }

  // The handshake is done, and judge() has let it in.
  tcp::peer& inlet_up(inlet& i) {
    auto& p = *registry_.find(i.theirs().from);
    auto& l = links_.at(p.node);
    if (l.in) l.in->close(); // whoever dials again has given the earlier connection up
    l.in = i.shared_from_this();
    std::erase(guests_, l.in);
    p.turned_away.clear();
    if (l.out) l.out->hurry(); // it can reach us, so the time is good to reach it
    return p;
  }

  void inlet_down(inlet& i, tcp::loss kind, std::string const& why) {
    auto const self = i.shared_from_this();
    std::erase(guests_, self);
    auto* const p = registry_.find(i.theirs().from);
    if (p && links_.at(p->node).in == self) links_.at(p->node).in.reset();
    if (kind == tcp::loss::broken) return; // the one who dialled says so
    ++refused_;
    auto const host = i.remote().address().to_string();
    if (!p && registry_.is_news(host, why)) return log("a connection from " + host + ": " + why);
    if (p && std::exchange(p->turned_away, why) != why)
      log("a connection from " + tcp::name_of(p->node) + " at " + host + ": " + why);
  }

  void hang_up(tcp::socket&& s, std::string_view reason) {
    std::erase_if(leaving_, [](auto const& weak) { return weak.expired(); });
    if (leaving_.size() >= settings().max_guests) return;
    auto const f = std::make_shared<tcp::farewell>(std::move(s), reason);
    leaving_.push_back(f);
    f->start(settings().handshake_timeout);
  }

  tcp::registry registry_;
  asio::io_context& io_;
  OnFrame on_frame_;
  OnLog on_log_;
  std::minstd_rand jitter_;
  std::random_device entropy_;
  std::map<node_id, links> links_;
  std::vector<std::shared_ptr<inlet>> guests_; // their handshake is not done
  std::vector<std::weak_ptr<tcp::farewell>> leaving_;
  std::shared_ptr<tcp::listener<tcp_transport>> listener_; // nullptr: not started, or closed
  std::uint64_t refused_ = 0;
};

} // namespace quorate
