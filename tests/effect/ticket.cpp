// Tickets and tokens: who can make one, and what it covers. What must not compile is in reject/.
#include "quorate/effect/ticket.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace quorate {
namespace {

// Out of nothing, or out of a number, nobody makes one.
template <class T>
constexpr bool cannot_be_made = !std::default_initializable<T> && !std::constructible_from<T, std::uint64_t> &&
                                !std::is_aggregate_v<T> && !std::is_convertible_v<std::uint64_t, T>;
static_assert(cannot_be_made<written> && cannot_be_made<durable> && cannot_be_made<sync_order>);
static_assert(!std::constructible_from<durable, written> && !std::constructible_from<written, durable>);
static_assert(!std::constructible_from<sync_order, written> && !std::constructible_from<durable, sync_order>);

// Tickets and tokens may be kept and compared; an order is there once.
static_assert(std::copyable<written> && std::totally_ordered<written>);
static_assert(std::copyable<durable> && std::totally_ordered<durable>);
static_assert(std::movable<sync_order> && !std::copy_constructible<sync_order>);
static_assert(!std::is_copy_assignable_v<sync_order>);
template <class Order>
constexpr bool ends = requires(Order&& o) {
  std::forward<Order>(o).succeeded();
};
static_assert(ends<sync_order> && !ends<sync_order&> && !ends<sync_order const&>); // it is given away with its end

class source : public ticket_source {
public:
  using ticket_source::next;
  using ticket_source::order;
};

TEST_CASE("writes are numbered from 1 on, and before the first one the latest is none") {
  source s;
  CHECK(s.latest().number() == 0);
  for (std::uint64_t n = 1; n < 5; ++n) {
    auto const ticket = s.next();
    CHECK(ticket.number() == n);
    CHECK(ticket == s.latest());
  }
}

TEST_CASE("an order covers what was written before it and nothing written since; its token says the same") {
  source s;
  auto none = s.order();
  (void)s.next();
  auto const before = s.next();
  auto order = s.order();
  auto const after = s.next();
  CHECK(order.upto() == before.number());
  CHECK(order.upto() < after.number());
  auto moved = std::move(order);
  auto const token = std::move(moved).succeeded();
  CHECK(token.number() == before.number());
  auto const nothing = std::move(none).succeeded();
  CHECK(nothing.number() == 0);
  CHECK(nothing < token);
  CHECK(std::max(nothing, token) == token);
}

TEST_CASE("sources are equal when they have numbered as many writes") {
  source a, b;
  CHECK(a == b);
  (void)a.next();
  CHECK(!(a == b));
  (void)b.next();
  CHECK(a == b);
}

} // namespace
} // namespace quorate
