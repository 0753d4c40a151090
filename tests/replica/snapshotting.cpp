// A replica with a snapshot store saves its machine, lets go of its log, brings who is behind a snapshot, and
// starts from one.
#include "saved_cluster.hpp"
#include "support/seeds.hpp"

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>

namespace quorate::test {
namespace {

template <class C>
void propose(C& c, std::uint32_t id, std::uint64_t count) {
  for (std::uint64_t n = 0; n < count; ++n) {
    REQUIRE(c[id]->propose(c.now * 100 + n));
    if (n % 3 == 2) c.run(1);
  }
  c.run(2);
}
template <class C>
auto without(std::uint32_t id) {
  return [id](typename C::packet const& p) { return p.from != id && p.to != id; };
}

TEST_CASE_TEMPLATE("the log stays short, old snapshots go, and each proposal gets its result", P, raft_protocol,
                   multi_paxos_protocol) {
  saved_cluster<P> c;
  c.start_all();
  auto const l = c.leader();
  for (int i = 0; i < 30; ++i) propose(c, l, 10);
  REQUIRE(c.settle(200));
  for (std::uint32_t id = 1; id <= 3; ++id) {
    CAPTURE(id);
    auto& h = c[id];
    auto const s = h->status();
    CHECK(s.snapshots.saved >= 20);
    CHECK(s.last.value - s.first.value < 40);
    CHECK(s.snapshots.newest.value + 20 > s.applied.value);
    CHECK(h.snapshots.newest()->mark.at == s.snapshots.newest);
    CHECK(!h.snapshots.before(h.snapshots.newest()->id)); // one is enough
    CHECK(s.snapshots.fetched == 0);
  }
  CHECK(c[l].results.size() == 300);
  CHECK(c[l].results.rbegin()->second == c[l].machine.digest());
  std::uint64_t done = 0;
  for (auto const& [first, o] : c[l].outcomes) done += o.what == fate::done ? o.count : 0;
  CHECK(done == 300);
}

TEST_CASE_TEMPLATE("a follower gets the result of what it has forwarded", P, raft_protocol, multi_paxos_protocol) {
  saved_cluster<P> c;
  c.start_all();
  auto const f = c.leader() % 3 + 1;
  c.run(50);
  for (int i = 0; i < 20; ++i) propose(c, f, 5);
  REQUIRE(c.settle(200));
  CHECK(c[f].results.size() == 100);
}

TEST_CASE_TEMPLATE("S5: who was away while the log was compacted is brought by a snapshot and goes on", P,
                   raft_protocol, multi_paxos_protocol) {
  saved_cluster<P> c;
  c.start_all();
  auto const l = c.leader();
  auto const away = l % 3 + 1;
  propose(c, l, 5);
  c.crash(away);
  for (int i = 0; i < 10; ++i) propose(c, l, 10);
  c.start(away);
  REQUIRE(c.settle(2000));
  auto const s = c[away]->status();
  CHECK(s.snapshots.fetched == 1);
  CHECK(s.written.installations == 1);
  CHECK(c[away].machine.digest() == c[l].machine.digest());
  // ... and is a member like any other: it takes proposals, and counts.
  c.crash(6 - l - away);
  propose(c, c.leader(), 10);
  REQUIRE(c.settle(2000));
}

TEST_CASE_TEMPLATE("a restart begins at the newest snapshot, and applies only what stands above it", P,
                   raft_protocol, multi_paxos_protocol) {
  saved_cluster<P> c;
  c.start_all();
  auto const l = c.leader();
  for (int i = 0; i < 10; ++i) propose(c, l, 10);
  REQUIRE(c.settle(200));
  for (std::uint32_t id = 1; id <= 3; ++id) {
    c.crash(id);
    auto const newest = c[id].snapshots.newest()->mark.at;
    c.start(id);
    CHECK(c[id]->applied_index() == newest);
    CHECK(c[id].machine.applied() == newest);
  }
  REQUIRE(c.settle(2000));
}

TEST_CASE_TEMPLATE(
    "P55, P56: a snapshot that was sealed and not installed before a crash is installed at the start", P,
    raft_protocol, multi_paxos_protocol) {
  saved_cluster<P> c;
  c.start_all();
  auto const l = c.leader();
  auto const away = l % 3 + 1;
  propose(c, l, 5);
  REQUIRE(c.settle(200));
  c.crash(away);
  for (int i = 0; i < 10; ++i) propose(c, l, 10);
  c.run(60); // a save may be under way
  // What a fetch would leave if the power went between the seal and the sync of the installation.
  auto const s = *c[l].snapshots.newest();
  auto const entry = *c[l].snapshots.entry(s.id);
  REQUIRE(c[away].snapshots.begin(s.mark, entry));
  std::vector<std::byte> bytes(s.size);
  REQUIRE(c[l].snapshots.read(s.id, 0, bytes) == bytes.size());
  REQUIRE(c[away].snapshots.write(bytes));
  REQUIRE(c[away].snapshots.seal());
  c.start(away);
  CHECK(c[away]->applied_index() == s.mark.at);
  CHECK(c[away].disk.log().compacted() == s.mark.at);
  REQUIRE(c.settle(2000));
  CHECK(c[away]->status().snapshots.fetched == 0);
}

TEST_CASE("P55: a start refuses, with a reason, what would lose something") {
  using cluster = saved_cluster<raft_protocol>;
  cluster c;
  c.start_all();
  auto const l = c.leader();
  for (int i = 0; i < 10; ++i) propose(c, l, 10);
  c.crash(l);
  auto& h = c[l];
  auto const started = [&](memory_snapshots& s) {
    tally m;
    replica_config const config{.self = node_id{l}, .members = {node_id{1}, node_id{2}, node_id{3}}};
    cluster::replica r{config, h.disk, manual_timer{{100, 30, 400}, 1}, s, m};
    return r.failure();
  };
  { // A log that is lost had votes in it: a snapshot does not take its place.
    memory lost{{.identity = h.disk.identity()}};
    tally m;
    replica_config const config{.self = node_id{l}, .members = {node_id{1}, node_id{2}, node_id{3}}};
    cluster::replica r{config, lost, manual_timer{{100, 30, 400}, 1}, h.snapshots, m};
    CHECK(r.failure().find("the log is empty, and there is a snapshot at index ") == 0);
    CHECK(lost.log().last() == log_index{}); // nothing was written
  }
  memory_snapshots none;
  auto const why = started(none);
  CHECK(why.find("the log begins behind index ") == 0);
  CHECK(why.find("the state machine stands at 0: no whole snapshot leads from there to the log") != why.npos);
  h.snapshots.spoil(250); // a machine's byte: it is noticed when it is read
  auto const damaged = started(h.snapshots);
  CHECK_MESSAGE(damaged.find("no whole snapshot leads from there to the log; ") != damaged.npos, damaged);
}

TEST_CASE("S16: the host has the state saved by its word, and its word is not lost during a save") {
  saved_cluster<raft_protocol> c;
  c.compaction.entries = 0;
  c.start_all();
  auto const l = c.leader();
  propose(c, l, 30);
  CHECK(c[l]->status().snapshots.saved == 0);
  CHECK(c[l]->compact(c[l]->applied_index()) != nullptr);
  CHECK(c[l].disk.log().compacted() == log_index{});
  c[l]->save();
  c.run(20);
  CHECK(c[l]->status().snapshots.saved == 1);
  auto const at = c[l]->status().snapshots.newest;
  c[l]->save(); // nothing was applied since, so this one waits
  c.run(20);
  CHECK(c[l]->status().snapshots.saved == 1);
  CHECK(c[l]->compact(at) == nullptr);
  CHECK(c[l].disk.log().compacted() == at);
  propose(c, l, 3);
  CHECK(c[l]->status().snapshots.saving);
  propose(c, l, 3);
  c[l]->save(); // during another one: it is not lost
  c.run(20);
  CHECK(c[l]->status().snapshots.saved == 3);
}

TEST_CASE("a large state is saved as often as the log has as many bytes, and no oftener") {
  saved_cluster<raft_protocol> c;
  c.compaction = {.entries = 0, .bytes = 24, .keep_bytes = 0, .step = 1000}; // a state has 300
  c.start_all();
  auto const l = c.leader();
  for (int i = 0; i < 20; ++i) propose(c, l, 10);
  auto const payload = c[l]->status().written.bytes;
  CHECK(c[l]->status().snapshots.saved >= 3);
  CHECK(c[l]->status().snapshots.saved <= 2 + payload / 300);
}

TEST_CASE_TEMPLATE("a log with little room is let go of before it is full", P, raft_protocol,
                   multi_paxos_protocol) {
  saved_cluster<P> c{200};
  c.compaction = {}; // as usual: after 64 MiB
  c.start_all();
  auto const l = c.leader();
  for (int i = 0; i < 100; ++i) propose(c, l, 10);
  c.run(20);
  CHECK(c[l].results.size() == 1000);
}

TEST_CASE("a save that fails is told of and tried again, and the node goes on with its log") {
  saved_cluster<raft_protocol, full_snapshots> c;
  c.start_all();
  auto const l = c.leader();
  c[l].snapshots.is_full = true;
  for (int i = 0; i < 5; ++i) propose(c, l, 10);
  c.run(10);
  auto const s = c[l]->status();
  CHECK(s.snapshots.saved == 0);
  CHECK(s.snapshots.failed >= 4);
  CHECK(s.snapshots.failed <= 6); // after as much again, and not in each turn
  CHECK(c[l]->snapshot_failure() == "there is no room for a snapshot");
  CHECK(s.first == log_index{1});
  CHECK(c[l].results.size() == 50);
  c[l].snapshots.is_full = false;
  for (int i = 0; i < 3; ++i) propose(c, l, 10);
  CHECK(c[l]->status().snapshots.saved >= 1);
  CHECK(c[l]->status().first > log_index{40});
}

TEST_CASE_TEMPLATE("S19: a machine that can't read a whole snapshot stops its node, which says so", P,
                   raft_protocol, multi_paxos_protocol) {
  saved_cluster<P> c;
  c.start_all();
  auto const l = c.leader();
  auto const away = l % 3 + 1;
  propose(c, l, 5);
  c.crash(away);
  for (int i = 0; i < 10; ++i) propose(c, l, 10);
  c.start(away);
  c[away].machine.refuses = true; // it is older, say
  c.run(1000);
  REQUIRE(c[away]->stopped());
  CHECK(c[away]->failure().find(
            " is whole, and the state machine has refused it: was it saved by another program?") !=
        std::string::npos);
  CHECK(c[away].machine.applied() < log_index{20}); // where its own log had brought it
  propose(c, c.leader(), 10);                       // the others go on
  c.crash(away);
  c.start(away); // with a machine that reads it
  REQUIRE(c.settle(2000));
}

TEST_CASE("S9: each number of a snapshot's options is refused by name, or works") {
  auto const outcome = [](compaction_options const& compaction, transfer_limits const& transfer) {
    saved_cluster<raft_protocol> c;
    c.compaction = compaction, c.transfer = transfer;
    c.start_all(false);
    if (auto const why = c[1]->failure(); !why.empty()) return why;
    auto const l = c.leader();
    auto const away = l % 3 + 1;
    c.crash(away);
    for (int i = 0; i < 4; ++i) propose(c, l, 10);
    c.run(700); // what is saved in steps of a byte is saved
    c.start(away);
    return std::string{c.settle(30000) ? "works" : "does not come to an end"};
  };
  compaction_options const compaction{.entries = 10, .bytes = 0, .keep_bytes = 40, .step = 50};
  transfer_limits const transfer{.piece = 64, .window = 200, .a_tick = 0, .patience = 20};
  auto [entries, size, keep_bytes, step] = compaction;
  auto [piece, window, a_tick, patience] = transfer;
  (void)entries, (void)size, (void)keep_bytes, (void)step, (void)piece, (void)window, (void)a_tick, (void)patience;
  constexpr auto most = ~std::uint64_t{0};
  for (std::uint64_t const value : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1000}, most}) {
    CAPTURE(value);
    auto const with = [&](auto member) {
      auto mine = compaction;
      mine.*member = static_cast<std::remove_cvref_t<decltype(mine.*member)>>(value);
      return outcome(mine, transfer);
    };
    auto const sent_with = [&](auto member) {
      auto mine = transfer;
      mine.*member = static_cast<std::remove_cvref_t<decltype(mine.*member)>>(value);
      return outcome(compaction, mine);
    };
    auto const zero = [&](char const* name) {
      return value != 0 ? "works"
                        : std::string{"replica_config::"} + name +
                              " is 0: expected 1 or more, or no snapshot would "
                              "ever be ";
    };
    auto const begins = [](std::string const& text, std::string const& how) { return text.find(how) == 0; };
    CHECK(with(&compaction_options::entries) == "works");
    CHECK(with(&compaction_options::bytes) == "works");
    CHECK(with(&compaction_options::keep_bytes) == "works");
    CHECK(begins(with(&compaction_options::step), zero("compaction.step")));
    CHECK(begins(sent_with(&transfer_limits::piece), zero("transfer.piece")));
    CHECK(begins(sent_with(&transfer_limits::window), zero("transfer.window")));
    CHECK(sent_with(&transfer_limits::a_tick) == "works");
    CHECK(begins(sent_with(&transfer_limits::patience), zero("transfer.patience")));
  }
}

template <class P>
void random_lives(std::uint64_t seed) {
  std::mt19937_64 draw{seed};
  saved_cluster<P> c;
  c.compaction.entries = 4 + draw() % 20;
  c.compaction.keep_bytes = draw() % 100;
  c.compaction.step = 20 + draw() % 300;
  c.transfer.a_tick = draw() % 3 == 0 ? 100 : 0;
  c.start_all();
  std::uint64_t command = 0;
  for (int step = 0; step < 4000; ++step) {
    ++c.now;
    for (auto n = c.net.size(); n > 0; --n) {
      auto const p = std::move(c.net.front());
      c.net.pop_front();
      auto const dice = draw() % 100;
      if (dice < 4) continue;
      if (dice < 10) c.net.push_back(p);
      if (dice < 14)
        c.net.push_back(p);
      else
        c.hand_over(p);
    }
    for (std::uint32_t id = 1; id <= 3; ++id) {
      auto& h = c[id];
      if (!h.up()) {
        if (draw() % 200 == 0) c.start(id);
        continue;
      }
      if (draw() % 4 == 0) (void)h->propose(++command);
      c.turn(id);
      if (draw() % 900 == 0) c.crash(id);
    }
  }
  for (std::uint32_t id = 1; id <= 3; ++id)
    if (!c[id].up()) c.start(id);
  CHECK(c.settle(6000));
}
TEST_CASE_TEMPLATE(
    "L10, S4, S17, P57: whatever is lost, late or crashes, one index has one state, and all catch up", P,
    raft_protocol, multi_paxos_protocol) {
  for (std::uint64_t seed = 1; seed <= seeds(40); ++seed) {
    CAPTURE(seed);
    random_lives<P>(seed);
  }
}

} // namespace
} // namespace quorate::test
