// Binding messages that wait for their writes.
#pragma once

#include "quorate/core/bounded.hpp"
#include "quorate/core/id.hpp"
#include "quorate/effect/ticket.hpp"

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <variant>

namespace quorate {

// What a later write has undone leaves all the same. One turn may vote in a slot at one ballot and then at the
// next, or append an entry of one term and truncate it for the leader of the next. One sync covers both writes,
// and the disk never holds the earlier one by itself; or it covers the earlier one only, and meanwhile the node
// has gone on. Either way the acknowledgement of the earlier write leaves. That is safe:
//
//   Think of the same node with a sync after each write. It goes through the same states and says the same words.
//   Ours only says them later, as if the network had been slow.
//   A power cut takes ours back to where it was after some write w, because writes become durable in their order
//   (effect/sink.hpp). The other one can wake up there as well. And ours has said nothing of a write after w: what
//   is said of a write waits until that one, and so each one before it, is durable.
//   So ours does nothing and remembers nothing that the other could not. With the other the protocol is safe.
//
// In the protocols' own words: what counts is which state of a node came first, not which one stood on its disk.
// Raft (§3.6.3): who acknowledges an entry in term t does so before it votes in a later term. If a quorum
// acknowledges the entry, then the quorum that elects a later leader has a node in it that held the entry when it
// voted. So that leader has the entry, and has nobody truncate it. Paxos: an acceptor votes at ballot b before it
// promises a higher one. If a quorum votes for v at b, then the quorum that a higher ballot prepares has an
// acceptor in it that tells of v, or of a vote above b. So the higher ballot proposes v again.
//
// One thing must not happen: the earlier message leaves while neither its own write nor the later write is
// durable. A crash would take both writes back. tests/model explores two leaders' messages in one turn, and sees
// that break.

// Keeps binding messages until a `durable` token covers their tickets, and releases them in the order they came:
// the order for each peer among binding messages is the order they were said in. A bounded, copyable value. When
// it is full the message is dropped, which a network may do as well; a dropped() count says how often.
template <std::size_t Capacity, class... Messages>
class outbox {
public:
  using message = std::variant<Messages...>;

  template <class M>
  constexpr void hold(peer to, M const& m, written after) {
    if (held_.full()) return void(++dropped_);
    auto& next = held_.add();
    next.to = to;
    next.after = after.number();
    // In place, but for clang's constant evaluation, which refuses that.
    if (std::is_constant_evaluated())
      next.what = message{m};
    else
      next.what.template emplace<M>(m);
  }

  // The same for a message that may say what another one says too (M::take_in). The one held last gives way to it,
  // if that is for the same node and waits for a write after number `ordered`, so that both would leave together.
  template <class M>
  constexpr void hold_merged(peer to, M m, written after, std::uint64_t ordered) {
    if (!held_.empty())
      if (auto& last = held_.back(); last.to == to && last.after > ordered)
        if (auto const* earlier = std::get_if<M>(&last.what); earlier != nullptr && m.take_in(*earlier)) {
          last.after = after.number();
          last.what = message{m};
          return;
        }
    hold(to, m, after);
  }

  // Calls deliver(to, message const&) for each message whose write is covered, oldest first. What is held while
  // this runs (an own vote, released, makes a leader) stays for the next token.
  template <class Deliver>
  constexpr void release(durable upto, Deliver&& deliver) {
    for (auto n = held_.size(); n > 0 && held_.front().after <= upto.number(); --n) {
      auto const& next = held_.front(); // stays where it is while others are pushed behind it
      std::visit([&](auto const& m) { deliver(next.to, m); }, next.what);
      held_.pop();
    }
  }
  template <class Token, class Deliver>
  constexpr void release(Token const&, Deliver&&) {
    static_assert(!sizeof(Token*), "quorate: the outbox releases only against a `durable` token, which only a "
                                   "sync_order makes once its sync has succeeded");
  }

  // Calls f(to, number of its write, message const&) for each message that waits, oldest first.
  template <class F>
  constexpr void each(F&& f) const {
    for (std::size_t i = 0; i < held_.size(); ++i)
      std::visit([&](auto const& m) { f(held_[i].to, held_[i].after, m); }, held_[i].what);
  }
  constexpr bool empty() const { return held_.empty(); }
  constexpr std::size_t size() const { return held_.size(); }
  constexpr std::size_t room() const { return held_.room(); }
  constexpr std::uint64_t dropped() const { return dropped_; }
  friend constexpr bool operator==(outbox const&, outbox const&) = default;

private:
  struct held {
    peer to{};
    std::uint64_t after{};
    message what{};
    friend constexpr bool operator==(held const&, held const&) = default;
  };
  bounded_queue<held, Capacity> held_{};
  std::uint64_t dropped_ = 0;
};

} // namespace quorate
