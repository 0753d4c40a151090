// What is too large is refused where it is proposed; all that is taken fits the frames, the storage and the turn.
#include "disks.hpp"
#include "protocols.hpp"

#include "quorate/message/messages.hpp"
#include "quorate/replica/wire.hpp"
#include "quorate/timer/manual.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace quorate {
namespace {

using namespace test;

// A storage that can write only so much in one turn, and watches that no more is asked of it.
struct narrow : memory {
  using memory::memory;
  std::uint64_t unordered = 0;
  std::uint64_t most = 0; // ever
  static constexpr std::uint64_t turn_bytes() { return 8000; }
  bool put(entry_run const& run, payloads const& bytes) {
    unordered += bytes.whole().size();
    most = std::max(most, unordered);
    return memory::put(run, bytes);
  }
  bool put(hard_state const& h) { return memory::put(h); }
  std::optional<durable> sync(sync_order order) {
    unordered = 0;
    return memory::sync(std::move(order));
  }
};

// Three replicas of a protocol that talk in frames, of which none is larger than a transport carries.
template <class Protocol, class Storage, class... Keywords>
struct sized {
  using replica = typename Protocol::template replica<messages<std::string>, Storage, manual_timer, Keywords...>;
  struct node {
    node_id id;
    Storage disk;
    std::unique_ptr<replica> r{};
    std::vector<std::string> applied{};
    std::map<std::uint64_t, proposal_outcome> told{};
  };
  struct frame {
    node_id from{}, to{};
    bool forwards = false;
    std::vector<std::byte> bytes{};
  };

  replica_config config{};
  std::size_t carries = 0; // the transport; 0: what the replica says
  std::uint64_t now = 0;
  std::vector<std::unique_ptr<node>> nodes{};
  std::deque<frame> net{};
  std::size_t forwards = 0, not_carried = 0, largest = 0;
  std::size_t refuse_forward = 0; // the transport takes no forward after so many, if not 0, until this is reset

  explicit sized(replica_config const& c = {}) : config{c} {
    config.members = {node_id{1}, node_id{2}, node_id{3}};
    for (std::uint32_t i = 1; i <= 3; ++i) {
      memory_options const o{.identity = {cluster_id{7}, node_id{i}, store_id{i}, incarnation_id{1}}};
      nodes.push_back(std::unique_ptr<node>(new node{.id = node_id{i}, .disk = Storage{o}}));
      start(i);
    }
  }
  node& operator[](std::uint32_t id) { return *nodes[id - 1]; }
  void start(std::uint32_t id) {
    auto& n = (*this)[id];
    auto mine = config;
    mine.self = n.id;
    n.r = std::make_unique<replica>(mine, n.disk, manual_timer{{100, 30, 400}, id + 10 * now});
    n.applied.clear(), n.told.clear();
  }
  void restart(std::uint32_t id) {
    (*this)[id].r.reset();
    (*this)[id].disk.crash();
    start(id);
  }
  void turn(node& n) {
    auto const limit = carries != 0 ? carries : n.r->max_frame_bytes();
    auto const send = [&](node_id to, auto const& m, payloads bytes) -> bool {
      constexpr bool is_forward = std::is_same_v<decltype(m), forward const&>;
      frame f{n.id, to, is_forward, {}};
      REQUIRE(wire_of<replica>::append(f.bytes, n.r->member(), m, bytes));
      if (f.bytes.size() > limit) return ++not_carried, false;
      if (is_forward && refuse_forward != 0 && forwards >= refuse_forward) return false;
      forwards += is_forward;
      largest = std::max(largest, f.bytes.size());
      net.push_back(std::move(f));
      return true;
    };
    n.r->turn(now, send, [&](auto const& e) {
      if constexpr (requires { e.command; }) n.applied.push_back(e.command);
      if constexpr (std::is_same_v<decltype(e), proposal_outcome const&>)
        for (std::uint32_t i = 0; i < e.count; ++i) {
          auto one = e;
          one.first = proposal_token{e.first.value + i}, one.count = 1;
          REQUIRE_MESSAGE(n.told.emplace(one.first.value, one).second, "two outcomes");
        }
    });
  }
  template <class Passes>
  void run(int ticks, Passes&& passes) {
    for (; ticks > 0; --ticks) {
      ++now;
      for (auto k = net.size(); k > 0; --k) {
        auto const f = std::move(net.front());
        net.pop_front();
        auto& to = (*this)[f.to.value];
        if (to.r && passes(f)) REQUIRE(wire_of<replica>::deliver(*to.r, f.from, f.bytes) == decode_error::none);
      }
      for (auto& n : nodes)
        if (n->r) turn(*n);
    }
  }
  void run(int ticks) {
    run(ticks, [](frame const&) { return true; });
  }
  std::uint32_t elect() {
    for (int i = 0; i < 3000; ++i) {
      run(1);
      for (auto& n : nodes)
        if (n->r && n->r->core().leads() && Protocol::settled(n->r->core(), n->disk.log())) {
          run(40); // and all have heard
          return n->id.value;
        }
    }
    FAIL("no leader");
    return 0;
  }
  std::uint32_t other_than(std::uint32_t a, std::uint32_t b = 0) const {
    return a != 1 && b != 1 ? 1 : a != 2 && b != 2 ? 2 : 3;
  }
  std::size_t count(std::uint32_t id, fate what) {
    return static_cast<std::size_t>(
        std::ranges::count_if((*this)[id].told, [&](auto const& t) { return t.second.what == what; }));
  }
};

template <class P, class S>
struct on {
  using protocol = P;
  using disk = S;
};
using raft_memory = on<raft_protocol, memory>;
using raft_wal = on<raft_protocol, wal_on_disk>;
using multi_paxos_memory = on<multi_paxos_protocol, memory>;
using multi_paxos_wal = on<multi_paxos_protocol, wal_on_disk>;
#define EVERYWHERE raft_memory, raft_wal, multi_paxos_memory, multi_paxos_wal

TEST_CASE_TEMPLATE("K4: a command of 20 MB is refused where it is proposed, and nothing else is the worse", T,
                   EVERYWHERE) {
  sized<typename T::protocol, typename T::disk> c; // default options
  auto const l = c.elect();
  std::string const huge(20'000'000, 'x');
  for (auto const id : {l, c.other_than(l)}) {
    auto const answer = c[id].r->propose(huge);
    REQUIRE(!answer);
    CHECK(answer.reason() == refusal::too_large);
    CHECK(std::string{name_of(answer.reason())} == "too_large");
    REQUIRE(c[id].r->propose("small"));
  }
  c.run(50);
  for (std::uint32_t id = 1; id <= 3; ++id) {
    CHECK(c[id].applied == std::vector<std::string>{"small", "small"});
    CHECK(c[id].r->status().trouble.empty());
  }
  // The largest is taken, and one byte more is not: a string has a length of its own.
  auto const most = c.config.max_command_bytes - encoded_size(std::string{});
  CHECK(!c[l].r->propose(std::string(most + 1, 'y')));
  REQUIRE(c[c.other_than(l)].r->propose(std::string(most, 'y')));
  c.run(50);
  for (std::uint32_t id = 1; id <= 3; ++id) CHECK(c[id].applied.back().size() == most);
  CHECK(c.not_carried == 0);
}

TEST_CASE_TEMPLATE("twenty commands of 1 MB in one turn of a follower are all committed, in frames that fit", T,
                   EVERYWHERE) {
  sized<typename T::protocol, typename T::disk> c;
  auto const l = c.elect();
  auto const f = c.other_than(l);
  for (int i = 0; i < 20; ++i) REQUIRE(c[f].r->propose(std::string(1'000'000, static_cast<char>('a' + i))));
  c.run(80);
  CHECK(c.forwards == 20);
  CHECK(c.not_carried == 0);
  CHECK(c.largest <= c[l].r->max_frame_bytes());
  CHECK(c.count(f, fate::done) == 20);
  for (std::uint32_t id = 1; id <= 3; ++id) {
    REQUIRE(c[id].applied.size() == 20);
    for (std::size_t i = 0; i < 20; ++i) CHECK(c[id].applied[i][0] == static_cast<char>('a' + i));
  }
}

// Frames of some 2,000 bytes, commands of at most 1,000.
replica_config const small{.max_command_bytes = 1000, .max_frame_bytes = 2000};
using few = limits<limit_values{.append_bytes = 1000}>;

TEST_CASE_TEMPLATE("of a batch in parts each part has its own fate: a lost one is unknown, and never comes late",
                   Protocol, raft_protocol, multi_paxos_protocol) {
  sized<Protocol, memory, few> c{small};
  auto const l = c.elect();
  auto const f = c.other_than(l);
  for (int i = 0; i < 9; ++i) // two to a frame
    REQUIRE(c[f].r->propose(std::string(600, static_cast<char>('a' + i))));
  typename sized<Protocol, memory, few>::frame lost{};
  std::size_t seen = 0;
  c.run(1);
  c.run(30, [&](auto const& p) {
    if (!p.forwards || ++seen != 2) return true;
    return lost = p, false;
  });
  CHECK(c.forwards == 5);
  CHECK(c[f].told.size() == 7);
  CHECK(c.count(f, fate::done) == 7);
  // It comes after all, behind those that came after it: it may not be placed any more.
  REQUIRE(lost.forwards);
  CHECK(wire_of<typename decltype(c)::replica>::deliver(*c[l].r, lost.from, lost.bytes) == decode_error::none);
  c.run(500);
  CHECK(c[f].told.at(3).what == fate::unknown);
  CHECK(c[f].told.at(4).what == fate::unknown);
  CHECK(c[f].told.size() == 9);
  std::string order;
  for (auto const& a : c[l].applied) order += a[0];
  CHECK(order == "abefghi");
}

TEST_CASE_TEMPLATE("a part that the transport does not take waits for the next turn, and no part is sent twice",
                   Protocol, raft_protocol, multi_paxos_protocol) {
  sized<Protocol, memory, few> c{small};
  auto const l = c.elect();
  auto const f = c.other_than(l);
  for (int i = 0; i < 9; ++i) REQUIRE(c[f].r->propose(std::string(600, static_cast<char>('a' + i))));
  c.refuse_forward = 2; // then its queue is full
  c.run(10);
  CHECK(c.forwards == 2);
  CHECK(c.count(f, fate::done) == 4);
  c.refuse_forward = 0;
  c.run(20);
  CHECK(c.forwards == 5);
  CHECK(c.count(f, fate::done) == 9);
  CHECK(c[l].applied.size() == 9);
}

TEST_CASE_TEMPLATE("a peer's forward of a larger command is refused with its reason, and stands nowhere", Protocol,
                   raft_protocol, multi_paxos_protocol) {
  sized<Protocol, memory, few> c{small};
  auto const l = c.elect();
  auto const f = c.other_than(l);
  auto generous = small; // a node that was started with other options
  generous.max_command_bytes = 1200, generous.self = node_id{f}, generous.members = c.config.members;
  c.config = generous;
  c.restart(f);
  c.run(50);
  auto const before = c[l].r->status().last;
  REQUIRE(c[f].r->propose(std::string(1100, 'x')));
  c.run(20);
  REQUIRE(c[f].told.contains(1));
  CHECK(c[f].told.at(1).what == fate::refused);
  CHECK(c[f].told.at(1).reason == refusal::too_large);
  CHECK(c[l].r->status().last == before);
  REQUIRE(c[f].r->propose("fits"));
  c.run(20);
  CHECK(c[f].told.at(2).what == fate::done);
}

TEST_CASE_TEMPLATE("an entry of a log that was written with larger frames is told of, with sizes", T, EVERYWHERE) {
  auto large = small;
  large.max_command_bytes = 50'000, large.max_frame_bytes = 60'000;
  sized<typename T::protocol, typename T::disk, few> c{large};
  auto l = c.elect();
  auto const behind = c.other_than(l), f = c.other_than(l, behind);
  c[behind].r.reset(); // it misses the entry
  REQUIRE(c[l].r->propose(std::string(40'000, 'x')));
  c.run(40);
  CHECK(c.count(l, fate::done) == 1);
  auto const at = c[l].r->status().commit;
  c.config.max_command_bytes = small.max_command_bytes, c.config.max_frame_bytes = small.max_frame_bytes;
  c.net.clear();
  for (auto const id : {l, f, behind}) c.restart(id);
  c.run(1000);
  CHECK(c.not_carried > 0);
  std::string said;
  for (std::uint32_t id = 1; id <= 3; ++id) {
    auto const trouble = c[id].r->status().trouble;
    if (trouble.starts_with("entry " + std::to_string(at.value) + " takes ")) said = trouble;
  }
  CHECK(said.find(" bytes, and was not sent: max_frame_bytes is 2000; start ") != said.npos);
  if constexpr (std::is_same_v<typename T::protocol, raft_protocol>) { // a ballot's leader must propose it again
    l = c.elect();
    REQUIRE(l != behind);
    REQUIRE(c[l].r->propose("next"));
    c.run(40);
    CHECK(c.count(l, fate::done) == 1);
  }
  // With frames as large as it is, the peer catches up.
  c.config.max_command_bytes = large.max_command_bytes, c.config.max_frame_bytes = large.max_frame_bytes;
  c.net.clear();
  for (std::uint32_t id = 1; id <= 3; ++id) c.restart(id);
  l = c.elect();
  c.run(300);
  CHECK(c[behind].applied.front().size() == 40'000);
  CHECK(c[behind].applied == c[l].applied);
  CHECK(c[l].r->status().trouble.empty());
}

TEST_CASE_TEMPLATE("no turn writes more than the storage can write at once, whatever comes in it", Protocol,
                   raft_protocol, multi_paxos_protocol) {
  auto bounded = small;
  bounded.staged_bytes = 4000;
  sized<Protocol, narrow, few> c{bounded};
  auto const l = c.elect();
  std::size_t taken = 0;
  for (int round = 0; round < 40; ++round) {
    for (std::uint32_t id = 1; id <= 3; ++id)
      for (int i = 0; i < 10; ++i) taken += c[id].r->propose(std::string(900, 'x')).has_value();
    for (std::uint32_t id = 1; id <= 3; ++id) // what reaches a node before its turn is more than one write
      if (id != l)
        for (int i = 0; i < 8; ++i) c.turn(c[id]);
    c.run(1);
  }
  c.run(600);
  std::size_t told = 0;
  for (std::uint32_t id = 1; id <= 3; ++id) {
    CHECK(c[id].disk.most <= narrow::turn_bytes());
    CHECK(!c[id].r->stopped());
    CHECK(c[id].applied == c[l].applied);
    told += c[id].told.size();
  }
  CHECK(told == taken);                             // each has its outcome
  CHECK(c[l].disk.most > narrow::turn_bytes() / 2); // no write more is let in then
  CHECK(c[l].r->status().counters.dropped_in > 0);
  CHECK(c[l].applied.size() > 50);
}

} // namespace
} // namespace quorate
