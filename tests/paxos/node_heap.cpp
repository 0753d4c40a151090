// Paxos' roles, their batches and their messages on the wire never ask anything of the heap, not even cold.
#include "support/heap.hpp"
#include "support/paxos_world.hpp"

#include "quorate/effect/batch.hpp"
#include "quorate/message/frame.hpp"
#include "quorate/message/reflect.hpp"
#include "quorate/paxos/change.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace quorate::test {
namespace {

// What `work` asks of the heap; nothing at all is said while it runs, because doctest allocates.
template <class Work>
heap_calls asked_by(Work&& work) {
  auto const before = heap_calls_so_far();
  work();
  return heap_calls_so_far() - before;
}

TEST_CASE("a duel, crashes and lessons ask nothing of the heap") {
  number value = 0;
  std::size_t lessons = 0;
  auto const asked = asked_by([&] {
    paxos_world<3> w;
    w.propose(A, 7), w.propose(C, 9);
    w.sync_all(A), w.sync_all(C);
    w.crash(B);
    w.settle();
    for (auto const t : {timer::resend, timer::backoff, timer::inquiry})
      for (auto const n : {A, B, C}) w.expire(n, t), w.settle();
    for (auto const n : {A, B, C}) lessons += w[n].lessons;
    value = w[B].learned.value;
  });
  CHECK(asked == heap_calls{});
  CHECK(lessons == 3);
  CHECK((value == 7 || value == 9));
}

TEST_CASE("nor do a register and its changes") {
  number value = 0;
  auto const asked = asked_by([&] {
    paxos_world<3, paxos::register_node<number>> w;
    for (auto const n : {A, B, C}) {
      w.edit(n), w.settle();
      w.answer(n, [](number x) { return x + 1; }), w.settle();
    }
    value = w[C].rewritten[0].value;
  });
  CHECK(asked == heap_calls{});
  CHECK(value == 3);
}

TEST_CASE("nor do steps into a batch, with its effects as values, nor messages on their way into frames and out") {
  using core = paxos::full_node<number>;
  std::size_t effects = 0, decoded = 0;
  auto const asked = asked_by([&] {
    core a{A, paxos::roster::of(3)};
    batch<core> out;
    a.step(paxos::propose_value<number>{7}, out);
    paxos::promise<number> const m{ballot_at(1, A), {}};
    a.step(from{B, m}, out), a.step(from{C, m}, out);
    effects = out.effects().size();
    std::byte room[64]{};
    writer to{room};
    if (encode_message(core::messages{}, m, to))
      (void)decode_message<core::messages>(to.written(), [&](auto const& got) {
        if constexpr (std::is_same_v<decltype(got), decltype((m))>) decoded += got == m ? 1U : 0U;
      });
  });
  CHECK(asked == heap_calls{});
  CHECK(effects == 9);
  CHECK(decoded == 1);
}

} // namespace
} // namespace quorate::test
