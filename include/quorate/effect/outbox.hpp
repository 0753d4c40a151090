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

// Keeps binding messages until a `durable` token covers their tickets, and releases them in the order they came:
// the order for each peer among binding messages is the order they were said in. A bounded, copyable value. When
// it is full the message is dropped, which a network may do as well; a dropped() count says how often.
template <std::size_t Capacity, class... Messages>
class outbox {
public:
  using message = std::variant<Messages...>;

  template <class M>
  constexpr void hold(node_index to, M const& m, written after) {
    if (held_.full()) return void(++dropped_);
    auto& next = held_.add();
    next.to = to;
    next.after = after.number();
    // In place, but for clang's constant evaluation, which refuses that.
    if (std::is_constant_evaluated()) next.what = message{m};
    else next.what.template emplace<M>(m);
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
    node_index to{};
    std::uint64_t after{};
    message what{};
    friend constexpr bool operator==(held const&, held const&) = default;
  };
  bounded_queue<held, Capacity> held_{};
  std::uint64_t dropped_ = 0;
};

} // namespace quorate
