// The other side of a snapshot's transfer (fetching.hpp): who has it sends pieces when it is asked to, and keeps a
// few words a peer.
#pragma once

#include "quorate/replica/snapshot_options.hpp"
#include "quorate/replica/transfer_message.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace quorate {

// `say(peer, message, bytes)` sends; the bytes are borrowed. tick() is called once a heartbeat interval. `led`:
// the era that this node leads. Who asks in another one is not answered: what a later leader has compacted may not
// be in the log that it has verified.
template <snapshot_store Store, std::size_t Nodes>
class snapshot_serve {
public:
  snapshot_serve(Store& s, incarnation_id self, transfer_limits const& l = {})
      : store_{s}, self_{self}, limits_{l}, buffer_(l.piece), left_{l.a_tick} {}

  template <class Say>
  void heard(peer sender, snapshot_ask const& m, stamp led, Say&& say) {
    if (sender.place.value >= Nodes || m.era != led) return;
    auto& to = peers_[sender.place.value];
    auto const known = m.id == snapshot_id{} ? std::nullopt : find(m.id);
    if (!known) return tell_which(sender, m, to, say);
    if (m.from > known->size) return;
    bool const anew = to.who != sender || to.asker != m.asker || to.id != m.id || m.again;
    if (anew) to = {sender, m.asker, m.id, known->size, m.from, m.from, 0};
    if (m.from < to.acknowledged) return; // of an earlier moment
    to.acknowledged = m.from, to.idle = 0;
    to.reached = (std::max)(to.reached, m.from); // what was asked for again came all the same
    // It has all of it. A while longer its log may need what stands behind the snapshot.
    if (m.from == to.size) to.idle = limits_.patience - limits_.patience / 4;
    go_on(to, say);
  }
  template <class Say>
  void tick(Say&& say) {
    left_ = limits_.a_tick;
    auto const first = first_;
    for (std::size_t i = 0; i < Nodes; ++i) {
      auto const at = (i + first) % Nodes;
      auto& to = peers_[at];
      if (to.id == snapshot_id{}) continue;
      auto const before = to.reached;
      if (++to.idle > limits_.patience)
        to = {};
      else
        go_on(to, say);
      if (to.reached != before) first_ = (at + 1) % Nodes; // so nobody is always the first
    }
  }
  // Is any being sent?
  bool busy() const {
    return std::any_of(peers_.begin(), peers_.end(), [](transfer const& t) { return t.id != snapshot_id{}; });
  }
  // Is it being sent to somebody? Then it is not to be dropped, and not compacted beyond.
  bool in_use(snapshot_id id) const {
    return std::any_of(peers_.begin(), peers_.end(), [&](transfer const& t) { return t.id == id; });
  }

private:
  struct transfer {
    peer who{};
    incarnation_id asker{};
    snapshot_id id{}; // 0: none
    std::uint64_t size = 0;
    std::uint64_t acknowledged = 0, reached = 0;
    std::uint32_t idle = 0; // ticks since it has asked
  };

  std::optional<snapshot_info> find(snapshot_id id) const {
    for (auto s = store_.newest(); s; s = store_.before(s->id))
      if (s->id == id) return s;
    return std::nullopt;
  }
  template <class Say>
  void tell_which(peer sender, snapshot_ask const& m, transfer& to, Say&& say) {
    to = {};
    auto const s = store_.newest();
    if (!s || s->mark.at < m.at) return;
    auto const entry = store_.entry(s->id);
    if (!entry) return;
    say(sender,
        snapshot_head{m.asker, self_, s->id, s->mark.at, s->mark.written_at, s->mark.config.number, s->size,
                      s->checksum},
        *entry);
    to = {sender, m.asker, s->id, s->size, 0, 0, 0};
  }
  template <class Say>
  void go_on(transfer& to, Say&& say) {
    while (to.reached < to.size && to.reached - to.acknowledged < limits_.window) {
      auto most = (std::min<std::uint64_t>)(limits_.piece, limits_.window - (to.reached - to.acknowledged));
      if (limits_.a_tick != 0) most = (std::min)(most, left_);
      if (most == 0) return; // until the next tick
      auto const n = store_.read(to.id, to.reached, {buffer_.data(), static_cast<std::size_t>(most)});
      if (!n || *n == 0) return void(to = {}); // it is gone, or damaged: who asks again is told of another
      say(to.who, snapshot_piece{to.asker, self_, to.id, to.reached},
          std::span<std::byte const>{buffer_.data(), *n});
      to.reached += *n;
      if (limits_.a_tick != 0) left_ -= *n;
    }
  }

  Store& store_;
  incarnation_id self_;
  transfer_limits limits_;
  std::vector<std::byte> buffer_;
  std::uint64_t left_;
  std::array<transfer, Nodes> peers_{};
  std::size_t first_ = 0;
};

} // namespace quorate
