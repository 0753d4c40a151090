// A sync that runs beside the turn: the turns go on, and what waits for it waits.
#include "quorate/replica/sync_thread.hpp"

#include "quorate/message/messages.hpp"
#include "quorate/multi_paxos.hpp"
#include "quorate/raft.hpp"
#include "quorate/storage/file_wal.hpp"
#include "quorate/timer/manual.hpp"
#include "storage/wal_directory.hpp"
#include "support/parted_memory.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

namespace quorate {
namespace {

hard_state kept_in(std::uint64_t term) { return to_hard_state(raft::term_and_vote{term_id{term}, no_member}); }

using test::gate;
using test::parted_memory;

struct orders : ticket_source {
  using ticket_source::next;
  using ticket_source::order;
};

TEST_CASE("a sync is taken once it has ended, and its token is that of its order") {
  gate g;
  parted_memory storage{g};
  std::atomic<int> woken = 0;
  sync_thread disk{storage, [&] { ++woken; }};
  orders all;
  for (std::uint64_t n = 1; n <= 20; ++n) {
    REQUIRE(storage.put(kept_in(n)));
    auto const covered = all.next().number();
    CHECK(!disk.busy());
    disk.begin(all.order());
    CHECK(disk.busy());
    g.await();
    CHECK(!disk.ended());
    REQUIRE(storage.put(kept_in(100 + n))); // meanwhile, and not of that sync
    (void)all.next();
    g.let_through();
    while (woken < static_cast<int>(n)) std::this_thread::yield();
    REQUIRE(disk.ended());
    auto const d = disk.take();
    REQUIRE(d);
    CHECK(d->number() == covered);
    CHECK(!disk.busy());
    CHECK(!disk.ended());
  }
}

TEST_CASE("what fails before the wait or after it has no token") {
  gate g;
  parted_memory storage{g};
  sync_thread disk{storage, [] {}};
  orders all;
  storage.prepare_fails = true;
  disk.begin(all.order());
  REQUIRE(disk.ended());
  CHECK(!disk.take());
  storage.prepare_fails = false, storage.finish_fails = true;
  disk.begin(all.order());
  g.let_through();
  while (!disk.ended()) std::this_thread::yield();
  CHECK(!disk.take());
}

TEST_CASE("who ends waits for the sync that is under way, and for none if there is none") {
  gate g;
  parted_memory storage{g};
  {
    sync_thread const none{storage, [] {}};
  }
  std::atomic<bool> ended = false;
  std::thread releases;
  {
    sync_thread disk{storage, [&] { ended = true; }};
    disk.begin(orders{}.order());
    g.await();
    releases = std::thread{[&] { g.let_through(); }};
  }
  CHECK(ended);
  releases.join();
}

TEST_CASE("segments are made and removed by the thread that waits, while the log is written and read") {
  temporary_directory const folder;
  auto opened = file_wal::open({.directory = folder / "log",
                                .node = node_id{1},
                                .protocol = "raft 1",
                                .segment_bytes = 4096,
                                .cache_bytes = 512}); // so reads are of files, too
  REQUIRE_MESSAGE(opened, opened.error);
  auto& storage = *opened.wal;
  std::atomic<int> woken = 0;
  sync_thread disk{storage, [&] { ++woken; }};
  orders all;
  std::vector<std::byte> record(payloads::prefix + 100);
  payloads::put_length(record.data(), 100);
  for (std::uint64_t i = 1; i <= 1000; ++i) {
    std::fill(record.begin() + payloads::prefix, record.end(), static_cast<std::byte>(i));
    REQUIRE(storage.put(entry_run{log_index{i}, 1, stamp{1}, entry_kind::command}, payloads::trusted(record, 1)));
    (void)all.next();
    if (i % 100 == 0) REQUIRE(storage.compact(log_index{i - 50}));
    if (disk.ended()) REQUIRE(disk.take());
    if (!disk.busy()) disk.begin(all.order());
    auto const oldest = storage.log().compacted() + 1;
    for (auto const k : {oldest, log_index{i}}) {
      auto const read = storage.read(k, 1);
      REQUIRE(read);
      CHECK(read->front()[99] == static_cast<std::byte>(k.value));
    }
  }
  while (disk.busy())
    if (disk.ended()) REQUIRE(disk.take());
  CHECK(storage.counters().syncs > 1);
  CHECK(storage.failure().empty());
}

TEST_CASE("a storage without parts is synced at once") {
  memory storage;
  sync_thread disk{storage, [] { FAIL("nobody is woken"); }};
  orders all;
  REQUIRE(storage.put(kept_in(1)));
  (void)all.next();
  disk.begin(all.order());
  REQUIRE(disk.ended());
  auto const d = disk.take();
  REQUIRE(d);
  CHECK(d->number() == 1);
}

// One node of three; the two others are the test's.
template <class Core>
struct one_of_three {
  using node = replica<Core, messages<int>, parted_memory, manual_timer>;

  void turn() {
    if (disk.busy() && disk.ended()) n->synced(*disk.take());
    auto const send = [&](node_id to, auto const&, payloads) { sent += to == node_id{2} ? 1 : 0; };
    n->collect(now, send);
    if (!disk.busy())
      if (auto order = n->start_sync()) disk.begin(std::move(*order));
    n->release(send, [](auto const&) {});
  }
  void let_syncs_end() {
    for (turn(); disk.busy(); turn()) {
      g.await();
      g.let_through();
      while (!disk.ended()) std::this_thread::yield();
    }
  }

  // `helps` makes a leader of it.
  template <class Helps>
  void lead(Helps&& helps) {
    let_syncs_end();
    while (!n->core().leads()) {
      now = n->next().deadline.value_or(now + 1);
      let_syncs_end();
      helps(*n);
      let_syncs_end();
    }
  }

  gate g{};
  parted_memory storage{g};
  std::unique_ptr<node> n = std::make_unique<node>(
      replica_config{node_id{1}, {node_id{1}, node_id{2}, node_id{3}}}, storage, manual_timer{{100, 10, 1000}, 1});
  sync_thread<parted_memory> disk{storage, [] {}};
  std::uint64_t now = 0;
  int sent = 0; // to one peer
};

// `helps` makes a leader of it, and then one that is acknowledged to.
template <class Core, class Helps>
void goes_on_during_a_sync(Helps&& helps) {
  one_of_three<Core> w;
  w.lead(helps);
  helps(*w.n);
  w.let_syncs_end();

  REQUIRE(w.n->propose(1));
  w.sent = 0;
  w.turn();
  REQUIRE(w.disk.busy());
  w.g.await();
  CHECK(w.sent == 1); // the append left before the sync
  auto const began = w.n->status().syncing_since;
  CHECK(began == w.now);
  CHECK(!w.n->next().pending); // nobody is to spin until the sync has ended
  auto const syncs = w.storage.prepared;
  for (int beat = 1; beat <= 5; ++beat) { // heartbeats, and further appends
    w.now += 10;
    REQUIRE(w.n->propose(1 + beat));
    w.sent = 0;
    w.turn();
    CHECK(w.sent == 2);
    CHECK(!w.n->next().pending);
    CHECK(w.n->status().syncing_since == began);
  }
  CHECK(w.storage.prepared == syncs); // one at a time
  w.let_syncs_end();
  CHECK(w.storage.prepared == syncs + 1); // what was written meanwhile shares the next one
  CHECK(!w.n->status().syncing_since);
}

// Each turn that writes acknowledges to itself, and what waits for one sync is one: else the outbox would be full,
// and nothing heard, after some hundreds of turns.
template <class Core, class Helps, class Message>
void hears_during_a_long_sync(Helps&& helps, Message const& m) {
  one_of_three<Core> w;
  w.lead(helps);
  for (int i = 0; i < 3000; ++i) {
    REQUIRE(w.n->propose(i));
    w.turn();
  }
  auto const dropped = w.n->status().counters.dropped_in;
  w.n->receive(node_id{2}, m);
  CHECK(w.n->status().counters.dropped_in == dropped);
  w.let_syncs_end();
}

TEST_CASE("heartbeats and appends leave during a sync, and what is written meanwhile shares the next: Raft") {
  auto const helps = [](auto& n) {
    auto const term = n.core().era();
    if (n.core().leads()) return n.receive(node_id{2}, raft::appended{term, n.status().last, 1});
    n.receive(node_id{2}, raft::pre_vote_granted{next(term)});
    n.receive(node_id{2}, raft::vote_granted{term});
  };
  goes_on_during_a_sync<raft::node<>>(helps);
  hears_during_a_long_sync<raft::node<>>(helps, raft::heartbeat_answer{});
}
TEST_CASE(
    "heartbeats and appends leave during a sync, and what is written meanwhile shares the next: Multi-Paxos") {
  auto const helps = [](auto& n) {
    auto const& s = n.core().state();
    if (s.is == role::leader) return;
    auto const ballot = s.is == role::candidate ? s.promised : *multi_paxos::next_ballot(s);
    n.receive(node_id{2}, multi_paxos::canvass_granted{ballot, 1});
    n.receive(node_id{2}, multi_paxos::promise{ballot, log_index{2}, log_index{1}, log_index{1}, {}, 0, {}, 1});
  };
  goes_on_during_a_sync<multi_paxos::node<>>(helps);
  hears_during_a_long_sync<multi_paxos::node<>>(helps, multi_paxos::heartbeat_answer{});
}

} // namespace
} // namespace quorate
