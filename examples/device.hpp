// A node as firmware has it: the core, driven by hand, and a log of readings in memory that outlives a reset.
#pragma once
#include "quorate/core/log_shape.hpp"
#include "quorate/effect/batch.hpp"
#include "quorate/log/entry_message.hpp"
#include "quorate/raft/node.hpp"
#include "quorate/timer/manual.hpp"
#include <array>
using core =
    quorate::raft::node<quorate::limits<quorate::limit_values{.nodes = 3, .append_entries = 8, .reserve = 8}>>;
using some_readings = std::array<int, 8>;

struct shelf : quorate::log_shape<63> { // entries 1 to 63, and beside their shape what a core never sees
  int readings[64]{};
  std::uint64_t room() const { return 63 - last().value; }
};
struct letter {
  quorate::peer sender{};
  quorate::batch<core>::message content{};
  some_readings readings{}; // of the entries that an append names
};

struct device : quorate::sink<device> { // a core says what it wants done while it takes a step
  shelf log{};
  quorate::raft::term_and_vote hard{};
  core raft{};
  quorate::manual_timer timer;
  std::uint64_t now = 0;
  quorate::bounded_queue<letter, 32> post{}; // to others, and to oneself
  quorate::log_index first{};
  some_readings expected{}; // of the entries from `first` on, which the next step may write

  explicit device(quorate::node_index self) : timer{{10, 3, 99}, self.value} {
    (void)log.put({quorate::log_index{1}, 1, {}, quorate::entry_kind::configuration},
                  {quorate::node_set<64>::first(3)});
    raft = core{self, hard, log};
    raft.step(quorate::start{}, log, *this);
  }
  void expect(quorate::log_index i, some_readings const& r) { first = i, expected = r; }
  void accept(quorate::raft::term_and_vote const& h) { hard = h; }
  void accept(quorate::truncation const& t) { log.truncate(t.from); }
  void accept(quorate::entry_run const& run) {
    for (auto i = run.first; run.kind == quorate::entry_kind::command && i <= run.last(); i = i + 1)
      log.readings[i.value] = expected[static_cast<std::size_t>(i - first)];
    (void)log.put(run);
  }
  template <class Message>
  void advise(quorate::peer to, Message const& m) {
    letter l{raft.me(), {to, m, 0}, {}};
    if constexpr (quorate::entry_message<Message>)
      for (std::uint32_t i = 0; i < m.count; ++i) l.readings[i] = log.readings[(m.entries().first + i).value];
    (void)post.push(l); // what is too much is lost, as on any network
  }
  template <class Message> // what was written is durable already, so who asserts it may speak
  void bind(quorate::peer to, Message const& m, quorate::written) {
    advise(to, m);
  }
  void arm(quorate::raft::timer t) { timer.arm(static_cast<std::size_t>(t), core::timing_of(t), now); }
  void disarm(quorate::raft::timer t) { timer.disarm(static_cast<std::size_t>(t)); }
  template <class Outcome>
  void report(Outcome const&) {} // the core is asked for what is needed here
};
