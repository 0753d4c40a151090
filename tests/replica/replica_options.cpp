// Every number that a replica, its storages and its timers are told is refused with a sentence that names it, or
// works: 0, 1, the default and the largest of each. A new field does not compile without a row: bindings name all.
#include "disks.hpp"
#include "protocols.hpp"
#include "support/rows.hpp"

#include "quorate/message/messages.hpp"
#include "quorate/timer/manual.hpp"
#include "quorate/timer/steady.hpp"
#include "quorate/transport/loopback.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace quorate {
namespace {

using namespace test;

// All that three nodes are told.
struct told {
  replica_config config{};
  memory_options disk{};
  timer_settings<std::uint64_t> timer{10, 3, 99};
  std::vector<node_id> ids{node_id{1}, node_id{2}, node_id{3}};
};

// The failure of the first node that is stopped from the start; empty: all three have applied a command.
template <class Protocol, class Storage>
std::string outcome_of(told const& t) {
  using node = typename Protocol::template replica<messages<std::uint8_t>, Storage, manual_timer>; // the least
  std::deque<Storage> disks;
  std::deque<node> nodes;
  loopback<node> net;
  std::vector<int> applied(t.ids.size());
  for (auto const id : t.ids) {
    auto config = t.config;
    config.self = id, config.members = t.ids;
    auto options = t.disk;
    options.identity.node = id;
    disks.emplace_back(options);
    net.attach(id, nodes.emplace_back(config, disks.back(), manual_timer{t.timer, id.value}));
  }
  for (std::uint64_t now = 0; now < 400; ++now, net.deliver_all())
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      if (now >= 100) (void)nodes[i].propose(1);
      nodes[i].turn(now, net.sender(t.ids[i]), [&](auto const& e) {
        if constexpr (requires { e.command; }) ++applied[i];
      });
    }
  for (auto& n : nodes)
    if (n.stopped()) {
      CHECK(n.status().trouble == "stopped");
      auto const answer = n.propose(1);
      REQUIRE(!answer);
      CHECK(answer.reason() == refusal::stopped);
      CHECK(!n.failure().empty());
      return n.failure();
    }
  for (auto const n : applied) CHECK(n > 0);
  return {};
}

// A number works, or its name stands in what is said. Returns whether it works.
bool refused_or_works(std::string const& name, std::string const& said) {
  if (said.empty()) return true;
  CHECK_MESSAGE(said.find(name) != said.npos, name << " is not named: " << said);
  CHECK_MESSAGE(said.find("expected") != said.npos, said);
  return false;
}

// Goes through what one number may be; returns which of 0, 1, the default and the largest work, as "0", "1", "d",
// "m".
template <class Protocol, class Storage, class Number>
std::string those_that_work(std::string const& name, told const& as_usual, Number& (*field)(told&)) {
  auto t = as_usual;
  std::string works;
  std::size_t i = 0;
  for (auto const value : tried_values(field(t))) {
    auto tried = as_usual;
    field(tried) = value;
    CAPTURE(name);
    CAPTURE(value);
    if (refused_or_works(name, outcome_of<Protocol, Storage>(tried))) works += "01dm"[i];
    ++i;
  }
  return works;
}

TEST_CASE_TEMPLATE("replica_config: each number is refused by name, or works", Protocol, raft_protocol,
                   multi_paxos_protocol) {
  auto [self, members, staged_bytes, max_command_bytes, max_frame_bytes, applied, compaction, transfer] =
      replica_config{};
  (void)self, (void)members, (void)staged_bytes, (void)max_command_bytes, (void)max_frame_bytes;
  (void)applied, (void)compaction, (void)transfer; // of these below, and in snapshotting.cpp
  auto const staged = [](told& t) -> std::size_t& { return t.config.staged_bytes; };
  auto const command = [](told& t) -> std::size_t& { return t.config.max_command_bytes; };
  auto const frame = [](told& t) -> std::size_t& { return t.config.max_frame_bytes; };
  CHECK(those_that_work<Protocol, memory, std::size_t>("staged_bytes", {}, staged) == "dm");
  CHECK(those_that_work<Protocol, wal_on_disk, std::size_t>("staged_bytes", {}, staged) == "d");
  CHECK(those_that_work<Protocol, memory, std::size_t>("max_frame_bytes", {}, frame) == "0dm");
  CHECK(those_that_work<Protocol, wal_on_disk, std::size_t>("max_frame_bytes", {}, frame) == "0d");
  CHECK(those_that_work<Protocol, memory, std::size_t>("max_command_bytes", {}, command) == "1d");
}

TEST_CASE_TEMPLATE("a node's id is 1 or more, up to the largest", Protocol, raft_protocol, multi_paxos_protocol) {
  for (auto const id : tried_values(std::uint32_t{2})) {
    told t{};
    t.ids = {node_id{id}};
    CHECK(refused_or_works("replica_config::members", outcome_of<Protocol, memory>(t)) == (id != 0));
  }
}

TEST_CASE_TEMPLATE("memory_options: each number is refused by name, or works", Protocol, raft_protocol,
                   multi_paxos_protocol) {
  auto [identity, entries, bytes] = memory_options{};
  auto [cluster, node, store, incarnation] = identity; // names, which may be any
  (void)cluster, (void)node, (void)store, (void)incarnation, (void)entries, (void)bytes;
  auto const room = [](told& t) -> std::size_t& { return t.disk.entries; };
  CHECK(those_that_work<Protocol, memory, std::size_t>("entries", {}, room) == "d");
  CHECK(those_that_work<Protocol, memory, std::size_t>(
            "bytes", {}, [](told& t) -> std::size_t& { return t.disk.bytes; }) == "01d");
  // What the reserve takes is not enough for one command.
  told t{};
  for (t.disk.entries = 1; t.disk.entries < 67; ++t.disk.entries)
    CHECK(!refused_or_works("reserve", outcome_of<Protocol, memory>(t)));
  t.disk.entries = 80;
  CHECK(refused_or_works("", outcome_of<Protocol, memory>(t)));
  // Names: none of them is in the way, the largest neither.
  for (auto const n : tried_values(std::uint64_t{7})) {
    t = {};
    t.disk.identity = {cluster_id{n}, {}, store_id{n}, incarnation_id{n}};
    CHECK(refused_or_works("", outcome_of<Protocol, memory>(t)));
  }
}

TEST_CASE_TEMPLATE("timer_settings: each number is refused by name, or works", Protocol, raft_protocol,
                   multi_paxos_protocol) {
  auto [election, heartbeat, request] = told{}.timer;
  (void)election, (void)heartbeat, (void)request;
  using number = std::uint64_t;
  auto const of = [](number& (*field)(told&)) {
    return those_that_work<Protocol, memory, number>("timer_settings::", {}, field);
  };
  CHECK(of([](told& t) -> number& { return t.timer.election; }) == "d");
  CHECK(of([](told& t) -> number& { return t.timer.heartbeat; }) == "1d");
  CHECK(of([](told& t) -> number& { return t.timer.request; }) == "1d");
  told t{};
  t.timer.heartbeat = t.timer.election; // and above it
  CHECK(outcome_of<Protocol, memory>(t).find("timer_settings::heartbeat is 10 ticks") == 0);
  t.timer = {~number{0} / 4, 3, ~number{0} / 4}; // the longest there are: nothing overflows
  CHECK(manual_timer{t.timer, 1}.misfit().empty());
}

TEST_CASE("the steady timer says what is wrong in its own unit") {
  using namespace std::chrono_literals;
  using d = steady_timer::duration;
  for (auto const bad : {d{0}, d{-1}, d::max(), d::min()}) {
    CHECK(steady_timer{{bad, 3ms, 99ms}, 1}.misfit().find("timer_settings::election is " +
                                                          std::to_string(bad.count()) + " ns") == 0);
    CHECK(steady_timer{{10ms, bad, 99ms}, 1}.misfit().find("timer_settings::heartbeat is ") == 0);
    CHECK(steady_timer{{10ms, 3ms, bad}, 1}.misfit().find("timer_settings::request is ") == 0);
  }
  CHECK(steady_timer{{10ms, 3ms, 99ms}, 1}.misfit().empty());
  CHECK(steady_timer{{10ms, 1ns, 1ns}, 1}.misfit().empty());
}

// A timer of a user's own: without a misfit(), and with settings that can't work.
struct own_timer {
  using time = std::uint64_t;
  std::uint64_t election = 10, heartbeat = 3, request = 99;
  std::optional<time> due[8]{};
  void arm(std::size_t slot, timing how, time now) { due[slot] = after(how, now); }
  void disarm(std::size_t slot) { due[slot].reset(); }
  std::optional<time> deadline() const {
    std::optional<time> first;
    for (auto const& d : due)
      if (d && (!first || *d < *first)) first = d;
    return first;
  }
  std::optional<std::size_t> expired(time now) {
    for (std::size_t i = 0; i < 8; ++i)
      if (due[i] && *due[i] <= now) return due[i].reset(), i;
    return std::nullopt;
  }
  time after(timing how, time now) const {
    return now + (how == timing::heartbeat ? heartbeat : how == timing::request ? request : election);
  }
};
struct speaking_timer : own_timer {
  char const* misfit() const { return "the moon is full: expected a new one; wait"; }
};

template <class Timer>
std::string failure_with(Timer const& t) {
  memory disk;
  return raft::replica<messages<int>, memory, Timer>{{node_id{1}, {node_id{1}}}, disk, t}.failure();
}

TEST_CASE("a timer of the user's own is asked what is wrong, and what all timers are") {
  CHECK(failure_with(own_timer{}).empty());
  CHECK(failure_with(own_timer{.heartbeat = 0}).find("the timer's heartbeat interval is not above 0") == 0);
  CHECK(failure_with(own_timer{.heartbeat = 10}).find("the timer's heartbeat interval is not below its") == 0);
  CHECK(failure_with(own_timer{.request = 0}).find("the timer's time for a request is not above 0") == 0);
  CHECK(failure_with(speaking_timer{}) == "the moon is full: expected a new one; wait");
}

// A timer that has always expired, but shows nothing of that to be refused for.
struct hasty_timer : own_timer {
  void arm(std::size_t slot, timing, time now) { due[slot] = now; }
};

// Watched by this test, and not by the replica of a debug build.
struct judged_memory : memory {
  static constexpr bool is_judged = true;
};

TEST_CASE("no timer makes a turn last for ever") {
  judged_memory disk;
  raft::replica<messages<int>, judged_memory, hasty_timer> r{{node_id{1}, {node_id{1}}}, disk, hasty_timer{}};
  for (std::uint64_t now = 0; now < 100; ++now)
    r.turn(
        now, [](auto, auto const&, auto) {}, [](auto const&) {});
  CHECK(!r.stopped());
}

// A storage of the user's own that can't work says so.
struct misfitting : memory {
  std::string misfit() const { return "the tape is torn: expected a whole one; mend it"; }
};

TEST_CASE("a storage that says it can't work stops the replica with its own words") {
  misfitting disk;
  raft::replica<messages<int>, misfitting, manual_timer> r{
      {node_id{1}, {node_id{1}}}, disk, manual_timer{{10, 3, 99}, 1}};
  CHECK(r.stopped());
  CHECK(r.failure() == "the tape is torn: expected a whole one; mend it");
  CHECK(disk.log().last() == log_index{}); // nothing was written to it
}

TEST_CASE_TEMPLATE("a full log: the refusal and the status say so, and what to do", Protocol, raft_protocol,
                   multi_paxos_protocol) {
  memory disk{{.entries = 100}};
  typename Protocol::template replica<messages<int>, memory, manual_timer> r{
      {node_id{1}, {node_id{1}}}, disk, manual_timer{{10, 3, 99}, 1}};
  std::size_t done = 0, refused = 0;
  auto const run = [&](std::uint64_t from, std::uint64_t to) {
    for (auto now = from; now < to; ++now) {
      REQUIRE(r.propose(1));
      r.turn(
          now, [](auto, auto const&, auto) {},
          [&](auto const& e) {
            if constexpr (std::is_same_v<decltype(e), proposal_outcome const&>) {
              done += e.what == fate::done ? e.count : 0;
              refused += e.what == fate::refused && e.reason == refusal::no_room ? e.count : 0;
            }
          });
    }
  };
  run(0, 200);
  CHECK(done > 30);
  CHECK(refused > 100);
  CHECK(r.status().trouble == "the log is full: compact() it, or give it more room");
  CHECK(r.compact(r.applied_index()) == nullptr);
  CHECK(r.status().trouble.empty());
  auto const before = done;
  run(200, 210);
  CHECK(done > before);
}

// A log on a disk outlives the machine: what is compacted could not be applied again.
TEST_CASE("without snapshots a log is compacted only if what goes is not needed again") {
  test::wal_on_disk disk{{.identity = {cluster_id{7}, node_id{1}, store_id{3}, incarnation_id{1}}}};
  using node = raft::replica<messages<std::uint64_t>, test::wal_on_disk, manual_timer>;
  replica_config config{.self = node_id{1}, .members = {node_id{1}}};
  manual_timer const timer{{10, 3, 99}, 1};
  auto const live = [](node& r, std::uint64_t from, std::size_t& applied) {
    for (auto now = from; now < from + 100; ++now) {
      if (now % 10 == 0) (void)r.propose(now);
      r.turn(
          now, [](auto, auto const&, auto) {},
          [&](auto const& e) {
            if constexpr (requires { e.command; }) ++applied;
          });
    }
  };
  std::size_t applied = 0;
  {
    node r{config, disk, timer};
    live(r, 0, applied);
    REQUIRE(applied > 5);
    auto const* const why = r.compact(r.applied_index());
    REQUIRE(why != nullptr);
    CHECK(std::string{why}.find("give the replica a snapshot store") != std::string::npos);
    CHECK(disk.log().compacted() == log_index{});
  }
  log_index stands{};
  {
    config.applied = log_index{5}; // the machine has kept that
    node r{config, disk, timer};
    REQUIRE(r.failure().empty());
    CHECK(r.applied_index() == log_index{5});
    live(r, 100, applied);
    stands = r.applied_index();
    CHECK(r.compact(log_index{8}) == nullptr);
    REQUIRE(disk.log().compacted() > log_index{5});
  }
  auto const refused = [&](std::optional<log_index> at) {
    config.applied = at;
    return node{config, disk, timer}.failure();
  };
  CHECK(refused(std::nullopt).find("the log begins behind index 8, and nothing says") == 0);
  CHECK(refused(log_index{5}).find("the log begins behind index 8, and replica_config::applied is 5") == 0);
  CHECK(refused(stands + 1000).find("and the log ends at") != std::string::npos);
  CHECK(refused(stands).empty());
}

} // namespace
} // namespace quorate
