// Replicas in one process: what one sends waits in a queue until it is delivered, first in first out.
#pragma once

#include "quorate/core/node_set.hpp"
#include "quorate/core/payloads.hpp"
#include "quorate/message/set.hpp"
#include "quorate/replica/byte_buffer.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

namespace quorate {

// `Replica`s attached to it are told apart by their node ids. Once warm, neither sending nor delivering allocates.
template <class Replica>
class loopback {
public:
  loopback() = default;
  loopback(loopback const&) = delete;
  loopback& operator=(loopback const&) = delete;

  // The replica must outlive its last delivery. Attaching another under the same id replaces it (a restart).
  void attach(node_id id, Replica& r) {
    for (auto& e : ends_)
      if (e.id == id) return void(e.replica = &r);
    ends_.push_back({id, &r});
  }

  // What a turn of node `self` sends with. It says with flush() that what it has sent must leave now.
  struct sending {
    loopback& net;
    node_id self;
    template <class M>
    void operator()(node_id to, M const& m, payloads bytes) const {
      if (net.sends_ != self) net.leave_unflushed(self); // turns come one after another
      ++net.waits_for_flush_;
      net.send(self, to, m, bytes);
    }
    void flush() const {
      if (net.sends_ == self) net.waits_for_flush_ = 0;
    }
  };
  sending sender(node_id self) { return {*this, self}; }
  template <class M>
  void send(node_id self, node_id to, M const& m, payloads bytes) {
    static_assert(std::is_trivially_copyable_v<M>, "quorate: messages are plain values");
    if (end_ == queue_.end()) make_room();
    auto& p = *end_++;
    p.from = self;
    p.to = to;
    ::new (static_cast<void*>(p.message)) M{m};
    p.hand_over = hand_over<M>;
    p.count = bytes.count();
    p.size = bytes.whole().size();
    if (p.size > 0 && payloads_.make_room(p.size)) payloads::copy(payloads_.add(p.size), bytes.whole());
  }

  // How many messages were delivered that their sender had not flushed. A transport that gathers what it is sent
  // would have held them back, while a sync blocks. From a turn of a replica there are none.
  std::size_t unflushed() const { return unflushed_; }
  std::size_t waiting() const { return static_cast<std::size_t>(end_ - queue_.begin()); }
  void lose_all() {
    end_ = queue_.begin();
    payloads_.clear();
  }

  // Hands over everything that waits now, oldest first, and says to whom, by place in the configuration. What that
  // makes a receiver send leaves with its next turn.
  node_set<64> deliver_all() {
    node_set<64> touched{};
    leave_unflushed(sends_);
    auto const* at = payloads_.view().data();
    for (auto p = queue_.begin(); p != end_; at += p->size, ++p)
      for (auto const& e : ends_)
        if (e.id == p->to) {
          p->hand_over(*p, at, *e.replica);
          touched.insert(e.replica->core().self());
          break;
        }
    lose_all();
    return touched;
  }

private:
  template <class... Ms>
  static constexpr std::size_t largest(message_set<Ms...>) {
    std::size_t most = 0;
    return ((most = most < sizeof(Ms) ? sizeof(Ms) : most), ...);
  }
  static constexpr std::size_t largest_message = largest(typename Replica::wire{});

  struct packet {
    node_id from{};
    node_id to{};
    void (*hand_over)(packet const&, std::byte const*, Replica&) = nullptr; // knows the type of the message
    alignas(std::uint64_t) std::byte message[largest_message]{};
    std::uint32_t count = 0;
    std::size_t size = 0; // of its payload
  };
  struct end {
    node_id id{};
    Replica* replica{};
  };
  void leave_unflushed(node_id next) {
    unflushed_ += std::exchange(waits_for_flush_, 0U);
    sends_ = next;
  }
  template <class M>
  static void hand_over(packet const& p, std::byte const* bytes, Replica& to) {
    to.receive(p.from, *std::launder(reinterpret_cast<M const*>(p.message)),
               payloads::trusted({bytes, p.size}, p.count));
  }
  [[gnu::cold]] void make_room() {
    auto const used = static_cast<std::ptrdiff_t>(queue_.size());
    queue_.resize(queue_.size() + 16);
    end_ = queue_.begin() + used;
  }

  std::vector<end> ends_{};
  std::vector<packet> queue_{}; // those before end_ wait; the others are room
  typename std::vector<packet>::iterator end_{queue_.begin()};
  node_id sends_{};                 // who has sent last,
  std::size_t waits_for_flush_ = 0; // and how many messages since its last flush
  std::size_t unflushed_ = 0;
  byte_buffer payloads_{}; // of those that wait, one behind the other
};

} // namespace quorate
