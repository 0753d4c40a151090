// What must be durable before it is said: the two tokens that tie a message to a write and a write to a sync.
#pragma once

#include "quorate/core/config.hpp"

#include <compare>
#include <cstdint>

namespace quorate {

// A write was handed over: number n of its node since it started. Only a sink makes one, and a binding message
// can't be sent without one.
class written {
public:
  constexpr std::uint64_t number() const { return number_; }
  friend constexpr auto operator<=>(written, written) = default;

private:
  friend class ticket_source;
  constexpr explicit written(std::uint64_t n) : number_{n} {}
  std::uint64_t number_;
};

// All writes up to a number are on stable storage. Only a sync_order makes one, once its sync has succeeded, and
// the outbox releases nothing without one.
class durable {
public:
  constexpr std::uint64_t number() const { return number_; }
  friend constexpr auto operator<=>(durable, durable) = default;

private:
  friend class sync_order;
  constexpr explicit durable(std::uint64_t n) : number_{n} {}
  std::uint64_t number_;
};

// "Make all that was written up to here durable": given by a ticket_source to Storage::sync, which ends it with
// succeeded() when, and only when, the bytes are on stable storage. An order that is dropped releases nothing.
// Movable, not copyable: one order, at most one token. (The types stop whoever forgets, not a storage that lies.)
class sync_order {
public:
  sync_order(sync_order const&) = delete;
  sync_order& operator=(sync_order const&) = delete;
  constexpr sync_order(sync_order&&) noexcept = default;
  constexpr sync_order& operator=(sync_order&&) noexcept = default;

  // The number of the last write that this order covers.
  constexpr std::uint64_t upto() const { return upto_; }
  [[nodiscard]] constexpr durable succeeded() && { return durable{upto_}; }

private:
  friend class ticket_source;
  constexpr explicit sync_order(std::uint64_t n) : upto_{n} {}
  std::uint64_t upto_;
};

// Numbers the writes of one node. Every sink has one; nothing else can make a ticket.
class ticket_source {
public:
  // The ticket of the last write ever handed over: what a binding message without a write of its own waits for.
  constexpr written latest() const { return written{count_}; }
  friend constexpr bool operator==(ticket_source const&, ticket_source const&) = default;

protected:
  constexpr written next() { return written{++count_}; }
  // Orders the sync of everything written so far.
  constexpr sync_order order() const { return sync_order{count_}; }

private:
  std::uint64_t count_ = 0;
};

} // namespace quorate
