// Each message of each type lost once, said twice, and said last: in a duel with a distinguished learner, where
// all types are said, and on a register. Whatever becomes of one message, everybody ends with one value.
#include "support/paxos_world.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>

namespace quorate::test {
namespace {

using namespace paxos;

enum class fault { lost, twice, last };

// Delivers, oldest first, with a sync after each; the n-th message of a type meets its fate.
template <class World>
class network {
public:
  network(World& w, std::size_t type, std::size_t nth, fault what) : w_{w}, type_{type}, nth_{nth}, what_{what} {}

  void settle() {
    World::everybody().for_each([&](node_index n) { w_.sync_all(n); });
    while (w_.in_flight() > 0) {
      auto const p = w_.waiting(0);
      w_.forget(0);
      if (p.what.index() == type_ && seen_++ == nth_) {
        if (what_ == fault::last) late_ = p;
        if (what_ == fault::twice) hand_over(p);
        if (what_ != fault::twice) continue;
      }
      hand_over(p);
    }
  }
  // What was kept back comes when nobody thinks of it any more.
  void end() {
    if (late_) hand_over(*late_);
    late_.reset();
    settle();
  }
  bool happened() const { return seen_ > nth_; }

private:
  void hand_over(typename World::packet_type const& p) {
    w_.hand_over(p);
    w_.sync_all(p.to);
  }

  World& w_;
  std::size_t type_, nth_, seen_ = 0;
  fault what_;
  std::optional<typename World::packet_type> late_{};
};

template <class World>
void expire_all(World& w, timer t) {
  World::everybody().for_each([&](node_index n) {
    if (w[n].is_armed(t)) w.expire(n, t);
  });
}

// Whether there was such a message.
template <class Core>
bool duel(std::size_t type, std::size_t nth, fault what) {
  using world = paxos_world<3, Core>;
  world w;
  network<world> net{w, type, nth, what};
  expire_all(w, timer::inquiry);
  w.propose(A, 7), w.propose(C, 9);
  for (int round = 0; round < 6; ++round) {
    net.settle();
    for (auto const t : {timer::resend, timer::backoff, timer::inquiry}) expire_all(w, t), net.settle();
  }
  net.end();
  auto const& value = w[B].learned.value;
  CHECK((value == 7 || value == 9));
  for (auto const n : {A, B, C}) {
    CHECK(w[n].lessons == 1);
    CHECK(w[n].learned.value == value);
    CHECK(w[n].conflicts == 0);
  }
  for (auto const n : {A, C}) {
    CHECK(w[n].decisions == 1);
    CHECK(w[n].decided.value == value);
  }
  return net.happened();
}

// A and C each count one up; a change whose fate is not known to its proposer is made once or not at all.
template <class Core>
bool counting(std::size_t type, std::size_t nth, fault what) {
  using world = paxos_world<3, Core>;
  world w;
  network<world> net{w, type, nth, what};
  auto const up = [](number x) { return x + 1; };
  w.edit(A), w.edit(C);
  for (int round = 0; round < 6; ++round) {
    net.settle();
    w.answer(A, up), w.answer(C, up);
    net.settle();
    for (auto const t : {timer::resend, timer::backoff}) expire_all(w, t), net.settle();
  }
  net.end();
  for (auto const n : {A, C}) {
    CHECK(w[n].rewritten.size() + w[n].unsettled.size() == 1);
    CHECK(w[n].conflicts == 0);
  }
  auto const made = w[A].rewritten.size() + w[C].rewritten.size();
  w.edit(B), net.settle();
  w.answer(B, [](number x) { return x; }), net.settle();
  for (auto const t : {timer::backoff, timer::resend}) expire_all(w, t), net.settle();
  w.answer(B, [](number x) { return x; }), net.settle();
  REQUIRE(w[B].rewritten.size() == 1);
  CHECK(w[B].rewritten[0].value >= made);
  CHECK(w[B].rewritten[0].value <= 2);
  return net.happened();
}

template <class Set, class Run>
void each_message(Set, Run&& run) {
  for (std::size_t type = 0; type < Set::size; ++type)
    for (auto const what : {fault::lost, fault::twice, fault::last}) {
      CAPTURE(type);
      CAPTURE(static_cast<int>(what));
      std::size_t nth = 0;
      while (run(type, nth, what)) ++nth;
      CHECK(nth > 0); // every type is said
    }
}

TEST_CASE("P58: each message lost, said twice or last: one value is decided, and all learn it") {
  using few = full_node<number, learning<distinguished>, thrifty<true>>;
  each_message(full_node<number>::messages{}, [](std::size_t type, std::size_t nth, fault what) {
    return duel<full_node<number, learning<distinguished>>>(type, nth, what);
  });
  each_message(few::messages{},
               [](std::size_t type, std::size_t nth, fault what) { return duel<few>(type, nth, what); });
}

TEST_CASE("P58: each message lost, said twice or last: a register counts every change once") {
  using cell = register_node<number>;
  each_message(cell::messages{},
               [](std::size_t type, std::size_t nth, fault what) { return counting<cell>(type, nth, what); });
}

} // namespace
} // namespace quorate::test
