// What a transport knows of its peers: who they are, which store and incarnation each was last seen with, and
// who was turned away. It decides who is let in; no sockets here.
#pragma once

#include "quorate/transport/tcp_hello.hpp"
#include "quorate/transport/tcp_options.hpp"

namespace quorate::tcp {

// How a connection ended.
enum class loss : std::uint8_t {
  unreachable, // it never came to an exchange of hellos
  refused,     // one of the two would not have the other
  broken       // it was up
};

struct peer {
  node_id node{};
  asio::ip::tcp::endpoint address{};
  std::optional<store_id> store{};
  incarnation_id incarnation{};
  std::optional<std::uint32_t> protocol_version{}; // as agreed last; nothing: not yet
  tcp_counters counters{};
  std::chrono::milliseconds backoff{};
  std::uint32_t takes = 0;      // bytes of a frame, as it said last; 0: nothing yet
  std::uint64_t told_sizes = 0; // of frames that it does not take: bit n, one of at least 2^(n-1) and below 2^n
  std::string trouble{};        // what was last said about dialling it; empty when all is well
  std::string turned_away{};    // why it was last turned away; empty when it was let in
};

inline std::string name_of(store_id s) { return hex(s.value); }

class registry {
public:
  explicit registry(tcp_options const& options) : options_{options} {
    for (auto const& [node, address] : options_.peers) {
      if (node == options_.self) continue;
      peer p{};
      p.node = node;
      p.address = address;
      p.backoff = options_.backoff_min;
      if (options_.remembered) p.store = options_.remembered(node);
      peers_.emplace(node, p);
    }
  }

  tcp_options const& options() const { return options_; }
  std::map<node_id, peer>& peers() { return peers_; }
  std::map<node_id, peer> const& peers() const { return peers_; }

  peer* find(node_id node) {
    auto const at = peers_.find(node);
    return at == peers_.end() ? nullptr : &at->second;
  }
  peer const* find(node_id node) const { return const_cast<registry*>(this)->find(node); }

  // The number that an acceptor adds is not in it.
  hello hello_to(node_id to) const {
    return {.cluster = options_.cluster,
            .from = options_.self,
            .to = to,
            .store = options_.store,
            .incarnation = options_.incarnation,
            .protocol_versions = options_.protocol_versions,
            .max_frame_bytes = options_.max_frame_bytes,
            .command_fingerprint = options_.command_fingerprint,
            .protocol = options_.protocol};
  }

  // Why whoever says this is not let in; empty when it is. `dialled` is whom we called, when we did.
  std::string objection(hello const& h, std::optional<node_id> dialled) const {
    if (auto why = mismatch(h, hello_to(h.from)); !why.empty()) return why;
    if (dialled && h.from != *dialled) return address_mismatch(options_.self, *dialled, h.from);
    if (h.from == options_.self)
      return "two nodes both say they are " + name_of(options_.self) + "; give each its own id";
    auto const* p = find(h.from);
    if (!p)
      return name_of(h.from) + " is not in the configuration of " + name_of(options_.self) +
             "; start all nodes with the same list of nodes";
    // A wiped disk has forgotten its votes and acknowledgements, so it must not pass for the node that gave them.
    if (p->store && *p->store != h.store)
      return name_of(h.from) + " has come back with another store than " + name_of(options_.self) +
             " remembers: what it had acknowledged may be gone; give it its own disk back, or leave it off";
    if (h.incarnation < p->incarnation)
      return name_of(h.from) + " of incarnation " + std::to_string(h.incarnation.value) + " was superseded by " +
             std::to_string(p->incarnation.value) + "; end the older process, and use no older copy of its disk";
    return {};
  }

  // Keeps what an admitted hello says. Preconditions: objection(h, ...) is empty, and who says it has heard us on
  // this connection: we dialled it, or it has confirmed.
  void admit(hello const& h) {
    QUORATE_ASSERT(objection(h, std::nullopt).empty(), "tcp: node ", h.from, " is let in against an objection");
    auto& p = *find(h.from);
    if (!p.store) {
      p.store = h.store;
      if (options_.remember) options_.remember(h.from, h.store);
    }
    p.incarnation = h.incarnation;
    p.protocol_version = common_version(h.protocol_versions, options_.protocol_versions);
  }

  // Whether it is news that `who`, who is no peer or has not said so, was turned away for this reason. The
  // memory for it is bounded: when it is full the oldest news is forgotten.
  bool is_news(std::string const& who, std::string const& why) {
    for (auto const& [a, b] : strangers_)
      if (a == who && b == why) return false;
    if (strangers_.size() == max_strangers) strangers_.erase(strangers_.begin());
    strangers_.emplace_back(who, why);
    return true;
  }

private:
  static constexpr std::size_t max_strangers = 64;

  tcp_options options_;
  std::map<node_id, peer> peers_;
  std::vector<std::pair<std::string, std::string>> strangers_;
};

} // namespace quorate::tcp
