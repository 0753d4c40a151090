// On a microcontroller: three nodes without heap, exceptions and RTTI (device.hpp) agree on a sensor's readings.
//
// Here the core is driven by hand, without the replica, which allocates. A core is a value: copy it, put it in
// static memory, compare it. What it needs of the program is a sink, which device.hpp has in sixty lines:
//
// 1. Size it: `limits` with your number of nodes and a small append (device.hpp: 3 nodes, 8 entries). This program
//    prints the bytes of a whole node, its log and queue included; tests/static/prices.cpp has the core's alone.
// 2. step(event, log, sink): a message, a timer that ran out, a proposal, or `flush`, once a turn. The core calls
//    the sink for what it wants done: accept (write this), advise (send this), bind (send this once the writes are
//    durable), arm and disarm (timers), report (outcomes).
// 3. Time is a count of your ticks (timer/manual.hpp): call expired(now) once a turn.
// 4. The log is a log_shape<N>, and the payload stands beside it in an array of yours, here `readings`.
// 5. In this program the log is memory that outlives a reset, so a write is durable at once and bind may send at
//    once. With flash, keep the message until the page is written: an outbox (effect/outbox.hpp) does that, and
//    only a sync order that has succeeded lets it go.
// 6. Compile with -fno-exceptions -fno-rtti, as examples/meson.build does, and with NDEBUG, or give QUORATE_ASSERT
//    a body of your own (core/config.hpp). `meson compile -C build/gcc bench_size` prints the bytes of code.
//
// The log here ends at 63 entries: a device that runs for long compacts its shelf (log_shape::compact) and uses
// its readings as a ring.
#include "device.hpp"
#include <cstdio>
#include <cstdlib>
using namespace quorate;

int heap_calls = 0;
[[gnu::noinline]] void* operator new(std::size_t n) { return ++heap_calls, std::malloc(n); }
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept { std::free(p); }

device nodes[]{device{node_index{0}}, device{node_index{1}}, device{node_index{2}}};

void hand_over(letter const& l) {
  auto& to = nodes[l.content.to.place.value];
  auto const take = [&](auto const& m) {
    if constexpr (entry_message<decltype(m)>) to.expect(m.entries().first, l.readings);
    to.raft.step(from{l.sender, m}, to.log, to);
  };
  std::visit(take, l.content.message);
}

void turn(device& d, std::uint64_t now) {
  d.now = now;
  while (auto const slot = d.timer.expired(now)) d.raft.step(static_cast<raft::timer>(*slot), d.log, d);
  d.raft.step(flush{}, d.log, d);
  for (; !d.post.empty(); d.post.pop()) hand_over(d.post.front());
}

int sum_of(device const& d) { // of what is committed
  int sum = 0;
  for (log_index i{1}; i <= d.raft.commit_index(); i = i + 1)
    if (d.log.kind_at(i) == entry_kind::command) sum += d.log.readings[i.value];
  return sum;
}

int main() {
  for (std::uint64_t now = 0; now < 200; ++now)
    for (auto& d : nodes) {
      if (now % 50 == 49 && now < 199 && d.raft.leads()) {
        d.expect(d.log.last() + 1, {14});
        d.raft.step(propose{1}, d.log, d);
      }
      turn(d, now);
    }
  bool const none = heap_calls == 0;
  ::operator delete(::operator new(1)); // which the count does not miss
  bool const agreed = sum_of(nodes[0]) == 42 && sum_of(nodes[1]) == 42 && sum_of(nodes[2]) == 42;
  std::printf("nodes of %zu bytes: %s, %s\n", sizeof(device), agreed ? "agreed" : "disagree",
              none ? "without operator new" : "with operator new");
  return agreed && none && heap_calls == 1 ? 0 : 1;
}
