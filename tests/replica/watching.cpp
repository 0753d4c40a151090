// What a debug build's replica watches: a storage, a timer or a core that breaks its word stops with a sentence
// that names the policy, the law and the value. An assertion throws here, so this is a program of its own.
#include "quorate/core/part.hpp"

#include <string>

namespace quorate::test {

struct assertion_broken {
  std::string said;
};
template <class... Parts>
[[noreturn]] void break_off(Parts const&... parts) {
  assertion_broken b;
  append_all(b.said, parts...);
  throw b;
}

} // namespace quorate::test

#define QUORATE_ASSERT(condition, ...) ((condition) ? void() : ::quorate::test::break_off(__VA_ARGS__))

#include "cluster.hpp"

#include "quorate/raft.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <optional>
#include <utility>

namespace quorate::test {

// --- a storage that keeps all, and says something else

template <class Lie>
struct lying_view {
  memory_log const& log;

  log_index compacted() const { return log.compacted(); }
  log_index last() const { return Lie::last(log); }
  stamp stamp_at(log_index i) const { return log.stamp_at(i); }
  entry_run run_at(log_index i, std::uint32_t max) const { return Lie::run(log.run_at(i, max)); }
  entry_run fit(log_index i, std::uint32_t max, std::size_t bytes) const {
    return Lie::run(log.fit(i, max, bytes));
  }
  log_index last_not_above(log_index i, stamp s) const { return log.last_not_above(i, s); }
  configuration config_at(log_index i) const { return Lie::config(log.config_at(i)); }
  std::uint64_t room() const { return log.room(); }
};
struct honest {
  static log_index last(memory_log const& log) { return log.last(); }
  static entry_run run(entry_run const& r) { return r; }
  static configuration config(configuration const& c) { return c; }
  static hard_state hard(hard_state const& h) { return h; }
  static payloads bytes(payloads const& p) { return p; }
  static durable token(durable d, durable) { return d; }
};
template <class Lie>
struct lying_memory : memory {
  using memory::memory;
  std::optional<durable> first_token{};

  auto log() const { return lying_view<Lie>{memory::log()}; }
  hard_state hard() const { return Lie::hard(memory::hard()); }
  std::optional<payloads> read(log_index i, std::uint32_t n) { return Lie::bytes(*memory::read(i, n)); }
  std::optional<durable> sync(sync_order order) {
    auto const d = memory::sync(std::move(order));
    if (!first_token) first_token = d;
    return Lie::token(*d, *first_token);
  }
};

// --- timers

struct early_timer : manual_timer {
  using manual_timer::manual_timer;
  static constexpr std::uint64_t early = 30;
  std::optional<std::uint64_t> deadline() const {
    auto const d = manual_timer::deadline();
    return d ? std::optional{*d < early ? 0 : *d - early} : d;
  }
  std::optional<std::size_t> expired(std::uint64_t now) { return manual_timer::expired(now + early); }
};
struct unasked_timer : manual_timer { // gives another slot than the one that has expired
  using manual_timer::manual_timer;
  std::optional<std::size_t> expired(std::uint64_t now) {
    return manual_timer::expired(now) ? std::optional<std::size_t>{3} : std::nullopt;
  }
};
struct silent_timer : manual_timer {
  using manual_timer::manual_timer;
  std::optional<std::uint64_t> deadline() const { return std::nullopt; }
};
template <>
struct ticks<early_timer> : ticks<manual_timer> {};
template <>
struct ticks<unasked_timer> : ticks<manual_timer> {};
template <>
struct ticks<silent_timer> : ticks<manual_timer> {};

// --- a core whose vote does not stand

class fickle_core : public raft::node<> {
  using base = raft::node<>;

public:
  using base::base;
  using base::step;
  template <log_view Log, class Out>
  constexpr void step(from<raft::request_vote> const& e, Log const& log, Out& out) {
    base::operator=(base{me(), {era(), no_member}, log});
    base::step(e, log, out);
  }
};
class lawless_core : public fickle_core { // says nothing of what is true of it
public:
  using fickle_core::fickle_core;
  struct no_state {};
  constexpr no_state state() const { return {}; }
};
template <class Core>
struct protocol_of : raft_protocol {
  template <class Messages, class Storage, class Timer, class... Keywords>
  using replica = quorate::replica<Core, Messages, Storage, Timer>;
};

namespace {

template <class F>
std::string said_by(F&& f) {
  try {
    f();
  } catch (assertion_broken const& b) { return b.said; }
  return "nothing";
}
// Three replicas find a leader and commit a few commands, and a read.
template <class Protocol, class Storage, class Timer = manual_timer>
std::string said_in_three(memory_options const& o = {.entries = 1024, .bytes = 4096}) {
  return said_by([&] {
    protocol_cluster<Protocol, Storage, Timer> c{3, o};
    auto const leader = c.elect();
    for (std::uint64_t n = 1; n <= 3; ++n) {
      c.propose(leader, n);
      c.run(2);
    }
    c.read(leader);
    c.run(200);
  });
}

TEST_CASE_TEMPLATE("three sound replicas break nothing", Protocol, raft_protocol, multi_paxos_protocol) {
  CHECK(said_in_three<Protocol, lying_memory<honest>>() == "nothing");
}

TEST_CASE("a storage's log() that does not show what was put") {
  struct behind : honest {
    static log_index last(memory_log const& log) {
      return log.last() > log_index{3} ? log.last() - 1 : log.last();
    }
  };
  CHECK(said_in_three<raft_protocol, lying_memory<behind>>() ==
        "Storage: log().last() must be 4 after put(4...), but it is 3");
  CHECK(said_in_three<multi_paxos_protocol, lying_memory<behind>>() ==
        "Storage: log().last() must be 4 after put(4...), but it is 3");
}

TEST_CASE("a storage's log() that answers out of range") {
  struct beyond : honest {
    static entry_run run(entry_run r) { return ++r.count, r; }
  };
  CHECK(said_in_three<raft_protocol, lying_memory<beyond>>() ==
        "Storage: log().run_at(1, 1) must have between 1 and 1 entries, but it has 2");
  struct empty : honest {
    static entry_run run(entry_run r) { return r.count = 0, r; }
  };
  CHECK(said_in_three<raft_protocol, lying_memory<empty>>() ==
        "Storage: log().run_at(1, 1) must have between 1 and 1 entries, but it has 0");
  struct of_another : honest {
    static entry_run run(entry_run r) { return r.written_at = next(r.written_at), r; }
  };
  CHECK(said_in_three<raft_protocol, lying_memory<of_another>>() ==
        "Storage: log().run_at(1, 1) must be of stamp 0, as log().stamp_at(1) is, but it is of 1");
  struct nobodys : honest {
    static configuration config(configuration const&) { return {}; }
  };
  CHECK(said_in_three<raft_protocol, lying_memory<nobodys>>() ==
        "Storage: log().config_at(1) must have voters, but it has none");
}

TEST_CASE("a storage that forgets a hard state, reads too little, or gives an old token") {
  struct without_vote : honest {
    static hard_state hard(hard_state const& h) {
      auto kept = from_hard_state<raft::term_and_vote>(h).value();
      kept.vote = no_member;
      return h.kind == 0 ? h : to_hard_state(kept);
    }
  };
  CHECK(
      said_in_three<raft_protocol, lying_memory<without_vote>>() ==
      "Storage: hard() must be what was put last, of kind 82 and 10 bytes, but it is of kind 82 and 10 bytes, or "
      "they are others");
  struct too_little : honest {
    static payloads bytes(payloads const& p) { return p.take(p.count() - 1); }
  };
  CHECK(said_in_three<raft_protocol, lying_memory<too_little>>() ==
        "Storage: read(2, 1) must give 1 entries, but it gives 0");
  struct old_token : honest {
    static durable token(durable, durable first) { return first; }
  };
  CHECK(said_in_three<raft_protocol, lying_memory<old_token>>() ==
        "Storage: sync(order) must give a token of all writes up to 2, but it gives one up to 1, from the past");
}

TEST_CASE("a token of an order that was never given") {
  cluster c;
  auto const leader = c.elect();
  auto order = c[leader]->start_sync();
  if (!order) {
    c.propose(leader, 7);
    c.collect(c[leader]);
    order = c[leader]->start_sync();
  }
  REQUIRE(order);
  auto const d = c[leader].disk.sync(std::move(*order));
  REQUIRE(d);
  cluster other;
  CHECK(said_by([&] { other[1]->synced(*d); }).starts_with("Storage: a token must be of an order that was given"));
  CHECK(said_by([&] { c[leader]->synced(*d); }) == "nothing");
}

TEST_CASE("a timer that fires early, one that was not armed, and one that hides its deadline") {
  CHECK(said_in_three<raft_protocol, memory, early_timer>() ==
        "Timer: slot 2, armed at 1, must not expire before 101, but expired(84) gives it");
  CHECK(said_in_three<raft_protocol, memory, unasked_timer>() ==
        "Timer: expired(114) must give a slot that is armed, but it gives slot 3");
  CHECK(said_in_three<raft_protocol, memory, silent_timer>() ==
        "Timer: deadline() must be given while a timer is armed, slot 2, but there is none");
}

TEST_CASE("a core with a bent rule: the law, and the values that break it") {
  auto const vote = [](auto& c, std::uint32_t who) {
    return said_by([&] { c[1]->receive(node_id{who}, raft::request_vote{term_id{5}, log_index{9}, term_id{4}}); });
  };
  protocol_cluster<protocol_of<fickle_core>, memory> c{3};
  CHECK(vote(c, 2) == "nothing");
  CHECK(vote(c, 2) == "nothing"); // the same again
  CHECK(vote(c, 3) ==
        "raft: a core's law is broken: a vote, once given, stands for the rest of the term: node A votes in term "
        "5 for C, and has voted for B");
  protocol_cluster<protocol_of<lawless_core>, memory> lawless{3}; // which nobody can judge
  CHECK(vote(lawless, 2) == "nothing");
  CHECK(vote(lawless, 3) == "nothing");
}

} // namespace
} // namespace quorate::test
