// The outbox: nothing leaves before its write is durable, what leaves does so in order, and what does not fit is
// lost and counted.
#include "quorate/effect/outbox.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace quorate {
namespace {

struct vote {
  int number{};
  friend constexpr bool operator==(vote const&, vote const&) = default;
};
struct acknowledgement {
  int number{};
  friend constexpr bool operator==(acknowledgement const&, acknowledgement const&) = default;
};
// One message may say what several say: as long as it goes on where the earlier one ends.
struct range {
  int first{}, last{};
  constexpr bool take_in(range const& earlier) {
    if (earlier.last + 1 != first) return false;
    first = earlier.first;
    return true;
  }
  friend constexpr bool operator==(range const&, range const&) = default;
};
template <std::size_t Capacity>
using box = outbox<Capacity, vote, acknowledgement>;

class writes : public ticket_source {
public:
  using ticket_source::next;
  using ticket_source::order;
  durable synced() { return order().succeeded(); }
};

// (to, number) of what a token lets go.
template <class Box>
std::vector<std::pair<int, int>> released(Box& b, durable upto) {
  std::vector<std::pair<int, int>> out;
  b.release(upto, [&](peer to, auto const& m) { out.emplace_back(to.place.value, m.number); });
  return out;
}
using sends = std::vector<std::pair<int, int>>;

constexpr node_index A{0}, B{1};

TEST_CASE("a message leaves with the token that covers its write, not with an earlier one, and only once") {
  writes w;
  box<8> b;
  auto const nothing = w.synced();
  auto const first = w.next();
  auto const one = w.synced();
  auto const second = w.next();
  b.hold(A, vote{1}, first);
  b.hold(B, acknowledgement{2}, second);
  CHECK(b.size() == 2);
  CHECK(released(b, nothing).empty());
  CHECK(released(b, one) == sends{{0, 1}});
  CHECK(released(b, one).empty());
  auto const two = w.synced();
  CHECK(released(b, two) == sends{{1, 2}});
  CHECK(released(b, two).empty());
  CHECK(b.empty());
}

TEST_CASE("one token releases the work of many turns, oldest first; what waits for no write needs a token too") {
  writes w;
  box<8> b;
  b.hold(A, vote{0}, w.latest()); // before any write
  for (int i = 1; i < 6; ++i) b.hold(i % 2 == 0 ? A : B, acknowledgement{i}, w.next());
  CHECK(b.size() == 6);
  CHECK(released(b, w.synced()) == sends{{0, 0}, {1, 1}, {0, 2}, {1, 3}, {0, 4}, {1, 5}});
}

TEST_CASE("a message whose write is durable waits behind an older one whose write is not: the order holds") {
  writes w;
  box<8> b;
  auto const first = w.next();
  auto const token = w.synced();
  auto const second = w.next();
  b.hold(A, vote{1}, second);
  b.hold(A, vote{2}, first);
  CHECK(released(b, token).empty());
  CHECK(released(b, w.synced()) == sends{{0, 1}, {0, 2}});
}

TEST_CASE("when full it drops the newest, counts it, and keeps what it has") {
  writes w;
  box<3> b;
  for (int i = 0; i < 5; ++i) {
    CHECK(b.room() == static_cast<std::size_t>(i < 3 ? 3 - i : 0));
    b.hold(A, vote{i}, w.next());
  }
  CHECK(b.dropped() == 2);
  CHECK(b.size() == 3);
  CHECK(released(b, w.synced()) == sends{{0, 0}, {0, 1}, {0, 2}});
  CHECK(b.room() == 3);
  b.hold(A, vote{9}, w.next());
  CHECK(released(b, w.synced()) == sends{{0, 9}});
  CHECK(b.dropped() == 2);
}

TEST_CASE("what is held while messages leave stays for the next token, even if its write is durable already") {
  writes w;
  box<3> b;
  auto const ticket = w.next();
  auto const token = w.synced();
  b.hold(A, vote{1}, ticket);
  b.hold(A, vote{2}, ticket);
  sends left;
  b.release(token, [&](peer to, auto const& m) {
    b.hold(B, acknowledgement{10 + m.number}, ticket); // the second does not fit: what leaves still has its place
    left.emplace_back(to.place.value, m.number);
  });
  CHECK(left == sends{{0, 1}, {0, 2}});
  CHECK(b.dropped() == 0);
  CHECK(released(b, token) == sends{{1, 11}, {1, 12}});
}

TEST_CASE("a message keeps its place while it leaves: with a full outbox, what is said meanwhile is dropped") {
  writes w;
  box<1> b;
  auto const ticket = w.next();
  b.hold(A, vote{1}, ticket);
  b.release(w.synced(), [&](peer, auto const& m) {
    b.hold(B, vote{2}, ticket);
    CHECK(m.number == 1);
  });
  CHECK(b.dropped() == 1);
  CHECK(b.empty());
}

TEST_CASE("what waits can be looked at, oldest first, with the number of its write, and stays") {
  writes w;
  box<8> b;
  b.hold(A, vote{7}, w.next());
  b.hold(B, acknowledgement{8}, w.next());
  sends seen;
  b.each([&](peer to, std::uint64_t after, auto const& m) {
    seen.emplace_back(to.place.value, m.number * 10 + static_cast<int>(after));
  });
  CHECK(seen == sends{{0, 71}, {1, 82}});
  CHECK(b.size() == 2);
}

TEST_CASE("it is a value: a copy goes its own way") {
  writes w;
  box<4> a;
  a.hold(A, vote{1}, w.next());
  auto b = a;
  CHECK(a == b);
  auto const token = w.synced();
  CHECK(released(b, token) == sends{{0, 1}});
  CHECK(!(a == b));
  CHECK(released(a, token) == sends{{0, 1}});
  CHECK(a == b);
}
static_assert(std::is_trivially_copyable_v<box<4>>);

// Turns, syncs that end late and in any order, losses by a full box: against a list.
TEST_CASE("of a random life, all that left was durable, in order, and the rest is still there or was counted") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random{seed};
    writes w;
    box<6> b;
    std::vector<sync_order> in_flight;
    std::vector<std::pair<int, std::uint64_t>> waiting; // number, write
    std::size_t dropped = 0;
    int number = 0;
    for (int step = 0; step < 200; ++step) {
      switch (random() % 4) {
      case 0: (void)w.next(); break;
      case 1: {
        auto const ticket = random() % 2 == 0 ? w.next() : w.latest();
        if (waiting.size() < 6)
          waiting.emplace_back(number, ticket.number());
        else
          ++dropped;
        b.hold(A, vote{number++}, ticket);
        break;
      }
      case 2: in_flight.push_back(w.order()); break;
      default:
        if (in_flight.empty()) break;
        auto const i = static_cast<std::ptrdiff_t>(random() % in_flight.size());
        auto const token = std::move(in_flight[static_cast<std::size_t>(i)]).succeeded();
        in_flight.erase(in_flight.begin() + i);
        sends expected;
        while (!waiting.empty() && waiting.front().second <= token.number()) {
          expected.emplace_back(0, waiting.front().first);
          waiting.erase(waiting.begin());
        }
        REQUIRE(released(b, token) == expected);
      }
      REQUIRE(b.size() == waiting.size());
      REQUIRE(b.dropped() == dropped);
    }
  }
}

TEST_CASE("what waits for the next sync takes in what waits for it too, for the same node, and nothing else") {
  writes w;
  outbox<8, vote, range> b;
  auto const held = [&] {
    std::vector<range> all;
    b.each([&](peer, std::uint64_t, auto const& m) {
      if constexpr (std::is_same_v<decltype(m), range const&>) all.push_back(m);
    });
    return all;
  };
  auto const first = w.next();
  b.hold_merged(A, range{1, 2}, first, 0);
  b.hold_merged(A, range{3, 4}, w.next(), 0);
  CHECK(held() == std::vector<range>{{1, 4}});
  b.each([&](peer, std::uint64_t after, auto const&) { CHECK(after == w.latest().number()); });
  auto const ordered = w.order(); // a sync begins: what it covers leaves with it
  b.hold_merged(A, range{5, 5}, w.next(), ordered.upto());
  CHECK(held() == std::vector<range>{{1, 4}, {5, 5}});
  b.hold_merged(B, range{6, 6}, w.next(), ordered.upto()); // for another node
  b.hold_merged(B, range{9, 9}, w.next(), ordered.upto()); // does not go on
  b.hold(B, vote{1}, w.latest());
  b.hold_merged(B, range{10, 10}, w.next(), ordered.upto()); // something came between
  CHECK(held() == std::vector<range>{{1, 4}, {5, 5}, {6, 6}, {9, 9}, {10, 10}});
  b.hold_merged(B, range{11, 12}, w.next(), ordered.upto());
  CHECK(held().back() == range{10, 12});
  std::size_t left = 0;
  b.each([&](peer, std::uint64_t after, auto const&) { left += after > ordered.upto() ? 1 : 0; });
  CHECK(left == 5);
  b.release(w.synced(), [](peer, auto const&) {});
  CHECK(b.empty());
}

} // namespace
} // namespace quorate
