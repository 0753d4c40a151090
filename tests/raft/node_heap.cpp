// Floors 1 and 2 never ask anything of the heap, not even cold: cores, logs, quorums, sinks, outbox and the
// protocol's own messages on the wire are plain values from the first step on.
#include "support/heap.hpp"
#include "support/raft_world.hpp"

#include "quorate/core/payloads.hpp"
#include "quorate/effect/batch.hpp"
#include "quorate/message/frame.hpp"
#include "quorate/message/reflect.hpp"
#include "quorate/raft/node.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <optional>
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

using core = raft::node<limits<limit_values{.nodes = 7, .append_entries = 64}>>;

// Elections, replication, a conflict that is truncated away, reads, crashes and compaction, among three.
struct life {
  std::size_t truncations = 0, hard_writes = 0, writes = 0;
  std::uint64_t readable = 0;
  bool agreed = false;

  void live() {
    world<3, core> w;
    w.elect(A);
    w.propose(A, 5);
    w.settle();
    w.read(A, 2);
    w.settle();
    readable = w[A].readable;

    w.propose(A, 3); // only on A, and lost to a leader elected without it
    w.turn(A);
    w.lose_everything();
    auto const rest = node_set<64>{}.with(B).with(C);
    w.elect(B, rest);
    w.propose(B, 4);
    w.settle(rest);
    for (int beat = 0; beat < 4; ++beat) {
      w.expire(B, timer::heartbeat);
      w.settle();
    }
    w.compact(B, at(3));
    w.crash(C);
    w.expire(B, timer::heartbeat);
    w.settle();
    w.expire(A, timer::quorum_check);
    w.expire(B, timer::quorum_check);

    for (auto const n : {A, B, C})
      truncations += w[n].truncations, hard_writes += w[n].hard_writes, writes += w[n].writes;
    agreed = w.log(A).last() == w.log(B).last() && w.state(A).commit == w.log(B).last() &&
             w.log(A).stamp_at(w.log(A).last()) == term(2);
  }
};

TEST_CASE("elections, replication, conflicts, reads and crashes of cores ask nothing of the heap") {
  life l;
  auto const asked = asked_by([&] { l.live(); });
  CHECK(asked == heap_calls{});
  // It was such a life.
  CHECK(l.agreed);
  CHECK(l.truncations == 1);
  CHECK(l.readable == 2);
  CHECK(l.hard_writes >= 4);
  CHECK(l.writes > l.hard_writes + l.truncations);
}

TEST_CASE("nor do steps into a batch, with its effects as values") {
  std::size_t effects = 0;
  bool overflowed = false, leads = false;
  auto const asked = asked_by([&] {
    log_shape<8> log;
    (void)log.put({log_index{1}, 1, stamp{}, entry_kind::configuration}, {node_set<64>::first(3)});
    core a{node_index{0}, raft::term_and_vote{}, log};
    batch<core> out;
    auto const tally = [&] {
      effects += out.effects().size();
      overflowed = overflowed || out.overflowed();
      auto const copy = out;
      if (!(copy == out)) effects = 0;
      out.clear();
    };
    a.step(start{}, log, out), tally();
    a.step(timer::election, log, out), tally();
    a.step(from<raft::pre_vote_granted>{node_index{1}, {term_id{1}}}, log, out), tally();
    a.step(from<raft::vote_granted>{node_index{0}, {term_id{1}}}, log, out), tally();
    a.step(from<raft::vote_granted>{node_index{1}, {term_id{1}}}, log, out), tally();
    a.step(flush{}, log, out), tally();
    leads = a.leads();
  });
  CHECK(asked == heap_calls{});
  CHECK(leads);
  CHECK(effects >= 12);
  CHECK(!overflowed);
}

TEST_CASE("nor do the protocol's messages on their way into frames and out of them, nor records in a run") {
  std::size_t decoded = 0;
  std::optional<payloads> run;
  auto const asked = asked_by([&] {
    std::byte room[128]{};
    auto const through = [&](auto const& m) {
      writer out{room};
      if (!encode_message(core::messages{}, m, out)) return;
      (void)decode_message<core::messages>(out.written(), [&](auto const& got) {
        if constexpr (std::is_same_v<decltype(got), decltype(m)>) decoded += got == m ? 1U : 0U;
      });
    };
    through(raft::append_entries{term_id{9}, log_index{7}, term_id{8}, term_id{9}, log_index{6}, 3, {}});
    through(raft::rejected{term_id{9}, log_index{7}, log_index{5}, term_id{8}});
    through(raft::vote_granted{term_id{9}});
    static constexpr std::byte records[9]{std::byte{1}, {}, {}, {}, std::byte{42}, {}, {}, {}, {}};
    run = payloads::parse(records, 2);
    run = payloads::parse(run->drop(1).whole(), 1);
  });
  CHECK(asked == heap_calls{});
  CHECK(decoded == 3);
  CHECK((run && run->count() == 1));
}

TEST_CASE("the counter would have seen one call of either kind") {
  CHECK(asked_by([] { ::operator delete(::operator new(1)); }) == heap_calls{1, 0});
  void* volatile p = nullptr;
  CHECK(asked_by([&] { p = std::malloc(1); }) == heap_calls{0, 1});
  std::free(p);
}

} // namespace
} // namespace quorate::test
