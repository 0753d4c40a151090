// The turn and its four steps: what may overlap, what waits for what, and what a driver must know to sleep.
#pragma once

#include "replica/replicated_log/names.hpp"

#include <algorithm>

namespace quorate {
namespace {

TEST_CASE("a sync may be in flight while turns collect: nothing binding leaves, and one token releases the "
          "work of all") {
  cluster c;
  auto const l = c.elect();
  auto const f = c.other_than(l);
  c.run(1, cut_off(f)); // quiet
  c.net.clear();
  auto& follower = c[f];
  auto const settled = c.sent_binding;
  std::optional<sync_order> first;
  for (std::uint64_t i = 0; i < 5; ++i) {
    (void)c.propose(l, 10 + i);
    c.turn(l);
    c.deliver([&](auto const& p) { return p.to.value == f; });
    c.collect(follower);
    if (i == 0) {
      first = follower->start_sync();
      REQUIRE(first);
    }
    c.release(follower);
  }
  c.net.clear();
  CHECK(c.sent_binding == settled);
  auto last = follower->start_sync();
  REQUIRE(last);
  CHECK(first->upto() < last->upto());
  CHECK(!follower->start_sync()); // nothing is uncovered

  auto const d = follower.disk.sync(std::move(*first));
  REQUIRE(d);
  follower->synced(*d);
  c.release(follower);
  CHECK(c.sent_binding == settled + 1); // the first turn's acknowledgement, and no other
  auto const e = follower.disk.sync(std::move(*last));
  REQUIRE(e);
  follower->synced(*e);
  c.release(follower);
  CHECK(c.sent_binding == settled + 2); // the four others waited for one sync, and are one
  c.run(30);
  CHECK(c.book.where.size() == 5);
}

// What a turn sends with, over a transport that gathers: it counts what is in it.
struct gathering {
  cluster& c;
  cluster::host& h;
  std::size_t& waiting;
  template <class M>
  void operator()(node_id to, M const& m, payloads bytes) const {
    ++waiting;
    c.sender(h)(to, m, bytes);
  }
  void flush() const { waiting = 0; }
};

TEST_CASE("what may leave before a sync leaves before it, and what waited for one before anything is applied") {
  cluster c;
  auto const l = c.elect();
  std::size_t waiting = 0, syncs_behind_a_message = 0, applied_then = 0;
  for (std::uint64_t now = 1; now <= 60; ++now) {
    (void)c.propose(l, 10 + now);
    ++c.now;
    c.deliver([](auto const&) { return true; });
    for (auto const id : c.members()) {
      auto& h = c[id.value];
      auto const before = c.net.size();
      h->collect(ticks<combination::timer>::time(c.now), gathering{c, h, waiting});
      CHECK(waiting == 0);
      if (auto order = h->start_sync()) {
        syncs_behind_a_message += c.net.size() > before ? 1 : 0;
        h->synced(*h.disk.sync(std::move(*order)));
      }
      auto machine = [&](auto const& e) {
        applied_then += waiting;
        c.hear(h, e);
      };
      h->release(gathering{c, h, waiting}, machine);
      CHECK(waiting == 0);
    }
  }
  CHECK(syncs_behind_a_message > 50); // the leader's appends
  CHECK(applied_then == 0);
  CHECK(c.book.where.size() > 50);
}

TEST_CASE("syncs that end in another order than they began release no less in the end") {
  cluster c;
  auto const l = c.elect();
  auto const f = c.other_than(l);
  c.net.clear();
  auto& follower = c[f];
  std::vector<sync_order> orders;
  for (std::uint64_t i = 0; i < 2; ++i) {
    (void)c.propose(l, 10 + i);
    c.turn(l);
    c.deliver([&](auto const& p) { return p.to.value == f; });
    c.collect(follower);
    auto o = follower->start_sync();
    REQUIRE(o);
    orders.push_back(std::move(*o));
  }
  auto const later = follower.disk.sync(std::move(orders[1]));
  auto const earlier = follower.disk.sync(std::move(orders[0]));
  REQUIRE(later);
  REQUIRE(earlier);
  auto const settled = c.sent_binding;
  follower->synced(*later);
  follower->synced(*earlier); // what is durable stays so
  c.release(follower);
  CHECK(c.sent_binding == settled + 2);
  c.run(1);
  CHECK(!follower.next.pending);
  c.run(30);
  CHECK(c.book.where.size() == 2);
}

TEST_CASE("a crash between any two of the four steps loses nothing that was said") {
  for (int step = 0; step < 5; ++step) {
    for (std::uint32_t victim = 1; victim <= 3; ++victim) {
      cluster c;
      auto const l = c.elect();
      for (std::uint64_t i = 0; i < 4; ++i) (void)c.propose(1 + static_cast<std::uint32_t>(i) % 3, 10 + i);
      c.run(1);
      (void)c.propose(l, 20);
      ++c.now;
      c.deliver([](auto const&) { return true; });
      auto& h = c[victim];
      [&] {
        if (step == 0) return;
        c.collect(h);
        if (step == 1) return;
        auto order = h->start_sync();
        if (step == 2 || !order) return;
        auto const d = h.disk.sync(std::move(*order));
        REQUIRE(d);
        h->synced(*d);
        if (step == 3) return;
        c.release(h);
      }();
      c.crash(victim);
      c.run(400);
      c.restart(victim);
      c.run(400);
      c.book.check();
      CHECK(c[victim].applied.size() == c.book.log.size());
      CHECK(c.book.log.size() >= 1);
    }
  }
}

TEST_CASE("many groups share one sync: each gets its order and its token") {
  std::vector<std::unique_ptr<cluster>> groups;
  for (int i = 0; i < 5; ++i) {
    groups.push_back(std::make_unique<cluster>(1));
    groups.back()->elect();
    (void)groups.back()->propose(1, 7);
  }
  std::vector<sync_order> orders;
  for (auto& g : groups) {
    g->collect((*g)[1]);
    auto o = (*g)[1]->start_sync();
    REQUIRE(o);
    orders.push_back(std::move(*o));
  }
  for (auto& g : groups) CHECK(g->book.where.empty());
  std::size_t i = 0; // here the disk of them all is synced, once
  for (auto& g : groups) {
    auto const d = (*g)[1].disk.sync(std::move(orders[i++]));
    REQUIRE(d);
    (*g)[1]->synced(*d);
    g->release((*g)[1]);
    CHECK(g->book.where.size() == 1);
  }
}

TEST_CASE("a node that was paused, with messages waiting, does not campaign") {
  cluster c;
  auto const l = c.elect();
  auto const f = c.other_than(l);
  for (int again = 0; again < 20; ++again) {
    c.run(10 * c.settings.election, [&](auto const& p) { return p.to.value != f; });
    // (f had its turns there; what follows is the pause)
    c.run(200);
    REQUIRE(c.leader() != 0);
    auto const leads = c.leader();
    auto const paused = c.other_than(leads);
    for (std::uint64_t t = 0; t < 10 * c.settings.election; ++t) { // everybody else goes on
      ++c.now;
      std::deque<cluster::packet> held;
      for (auto n = c.net.size(); n > 0; --n) {
        auto p = std::move(c.net.front());
        c.net.pop_front();
        if (p.to.value == paused)
          held.push_back(std::move(p));
        else
          c.hand_over(p);
      }
      for (auto& p : held) c.net.push_back(std::move(p));
      for (std::uint32_t id = 1; id <= 3; ++id)
        if (id != paused) c.turn(id);
    }
    REQUIRE(c.leader() == leads);
    auto const era = c[paused]->core().era();
    c.deliver([](auto const&) { return true; });
    c.turn(paused);
    CHECK(!c.take_out([](auto const& p) { return protocol::is_candidacy(p); }));
    CHECK(c[paused]->core().era() == era);
    c.run(50);
    CHECK(c.leader() == leads);
  }
}

TEST_CASE("a paused leader with answers waiting goes on leading; without any it gives way") {
  cluster c;
  auto const l = c.elect();
  std::optional<cluster::packet> answer; // to a heartbeat, and it waits while the leader is paused
  for (int i = 0; i < 100 && !answer; ++i) {
    c.run(1);
    answer = c.take_out([&](auto const& p) { return p.template holds<protocol::heartbeat_answer>(); });
  }
  REQUIRE(answer);
  SUBCASE("answers wait") {
    c.now += 10 * c.settings.election;
    c.hand_over(*answer);
    c.turn(l);
    CHECK(c[l]->core().leads());
  }
  SUBCASE("silence") {
    c.net.clear();
    c.now += 10 * c.settings.election;
    c.turn(l); // what was heard before the first check counts for it
    c.now += 2 * c.settings.election;
    c.turn(l);
    CHECK(!c[l]->core().leads());
  }
}

// The outbox is bounded, and a node's own acknowledgement waits in it: none may be lost for good while a disk
// is slow.
TEST_CASE("a very slow sync, during which hundreds of turns are taken, loses no proposal") {
  cluster c{1, {.entries = 1U << 13, .bytes = 1U << 18}};
  c.settings.request = 1U << 20;
  c.crash(1);
  c.restart(1);
  c.elect();
  auto& h = c[1];
  (void)c.propose(1, 1);
  c.collect(h);
  auto order = h->start_sync();
  REQUIRE(order);
  for (std::uint64_t i = 2; i <= 900; ++i) {
    (void)c.propose(1, i);
    ++c.now;
    c.collect(h);
    c.release(h);
  }
  auto const d = h.disk.sync(std::move(*order));
  REQUIRE(d);
  h->synced(*d);
  c.release(h);
  c.run(1000);
  CHECK(h.told.size() == 900);
  CHECK(c.book.where.size() == 900);
  c.book.check();
}

// What a machine that can't read a command does to those who wait behind it.
struct picky : numbers {
  static bool decode_entry(payloads::bytes b, std::uint64_t& c, no_extra& x) {
    return numbers::decode_entry(b, c, x) && c != 13;
  }
};

TEST_CASE("a replica that stops while it applies gives every token its outcome in that turn: there may be no "
          "other") {
  combination::cluster<picky> c;
  auto const l = c.elect();
  auto const f = c.other_than(l);
  c.net.clear();
  auto const lost = c.propose(f, 15);
  auto const read = c.read(f);
  c.turn(f);
  c.net.clear(); // the forward and the read's request
  (void)c.propose(l, 12);
  (void)c.propose(l, 13);
  for (int i = 0; i < 20 && !c[f]->stopped(); ++i) {
    c.turn(l);
    c.deliver([&](auto const& p) { return p.to.value == f || p.to.value == l; });
    if (i == 0) (void)c.propose(f, 16);
    c.turn(f);
  }
  REQUIRE(c[f]->stopped());
  CHECK(c[f]->failure().find("no command") != std::string::npos);
  CHECK(!c[f].next.pending);
  CHECK(!c[f].next.deadline);
  CHECK(c.fate_of(f, lost) == fate::unknown);
  CHECK(c[f].told.size() == 2);
  REQUIRE(c[f].read.contains(read));
  CHECK(c[f].read.at(read).reason == refusal::stopped);
  CHECK(!c[f]->propose(14));
}

} // namespace
} // namespace quorate
