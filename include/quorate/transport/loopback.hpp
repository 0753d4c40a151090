// Replicas in one process: what one sends waits in a queue until it is delivered, first in first out.
#pragma once

#include "quorate/core/node_set.hpp"
#include "quorate/core/payloads.hpp"
#include "quorate/replica/byte_buffer.hpp"
#include "quorate/replica/hands.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

namespace quorate {

// `Replica`s attached to it are told apart by their node ids. Once warm, neither sending nor delivering allocates.
template <class Replica>
class loopback {
public:
  using message = typename hands<typename Replica::core_type, typename Replica::storage_type>::message;

  // The replica must outlive its last delivery. Attaching another under the same id replaces it (a restart).
  void attach(node_id id, Replica& r) {
    for (auto& e : ends_)
      if (e.id == id) return void(e.replica = &r);
    ends_.push_back({id, &r});
  }

  // What a turn of node `self` sends with.
  auto sender(node_id self) {
    return [this, self](node_id to, auto const& m, payloads bytes) { this->send(self, to, m, bytes); };
  }
  template <class M>
  void send(node_id self, node_id to, M const& m, payloads bytes) {
    if (used_ == queue_.size()) queue_.emplace_back();
    auto& p = queue_[used_++];
    p.from = self;
    p.to = to;
    p.what.template emplace<M>(m);
    p.count = bytes.count();
    (void)p.bytes.assign(bytes.whole());
  }

  std::size_t waiting() const { return used_; }
  void lose_all() { used_ = 0; }

  // Hands over everything that waits now, oldest first, and says to whom, by place in the configuration. What that
  // makes a receiver send leaves with its next turn.
  node_set<64> deliver_all() {
    node_set<64> touched{};
    for (std::size_t i = 0; i < used_; ++i) {
      auto const& p = queue_[i];
      for (auto& e : ends_)
        if (e.id == p.to) {
          auto const bytes = payloads::trusted(p.bytes.view(), p.count);
          std::visit([&](auto const& m) { e.replica->receive(p.from, m, bytes); }, p.what);
          touched.insert(e.replica->core().self());
          break;
        }
    }
    used_ = 0;
    return touched;
  }

private:
  struct packet {
    node_id from{};
    node_id to{};
    message what{};
    std::uint32_t count = 0;
    byte_buffer bytes{};
  };
  struct end {
    node_id id{};
    Replica* replica{};
  };
  std::vector<end> ends_{};
  std::vector<packet> queue_{}; // the first used_ wait; the rest keeps its memory for later
  std::size_t used_ = 0;
};

} // namespace quorate
