// The loop of a node: what is heard, what leaves when, and that a sync under way holds nothing.
#include "quorate/transport/node_loop.hpp"

#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/timer/steady.hpp"
#include "support/parted_memory.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

namespace quorate {
namespace {

using namespace std::chrono_literals;
using test::gate;
using test::parted_memory;

// What a turn has done, in order: 's'ent, 'f'lushed.
struct written_down {
  std::vector<char>& did;
  template <class M>
  void operator()(node_id, M const&, payloads) const {
    did.push_back('s');
  }
  void flush() const { did.push_back('f'); }
};

// One node alone: its votes and acknowledgements are its disk's.
template <class Storage>
struct alone {
  using node = raft::replica<messages<int>, Storage, steady_timer>;
  explicit alone(Storage& s)
      : storage{s}, replica{std::make_unique<node>(replica_config{node_id{1}, {node_id{1}}}, s,
                                                   steady_timer{{20ms, 5ms, 10s}, 1})},
        loop{io, *replica, s} {}
  auto turn() {
    loop.hear();
    return loop.turn([](auto, auto const&, auto) {},
                     [this](auto const& e) {
                       if constexpr (requires { e.command; }) applied.push_back(e.command);
                     });
  }
  template <class Until>
  void run(Until until) {
    while (!until()) {
      auto const next = turn();
      if (!next.pending && !until()) loop.rest(next);
    }
  }

  Storage& storage;
  asio::io_context io{1};
  std::unique_ptr<node> replica;
  node_loop<node> loop;
  std::vector<int> applied{};
};

TEST_CASE("a storage without parts works as with turn()") {
  memory storage;
  alone<memory> n{storage};
  n.run([&] { return n.replica->status().leads; });
  REQUIRE(n.replica->propose(7));
  n.run([&] { return !n.applied.empty(); });
  CHECK(n.applied.front() == 7);
}

TEST_CASE("during a sync handlers run and timers expire; its end wakes the loop") {
  gate g;
  parted_memory storage{g};
  for (int i = 0; i < 10; ++i) g.let_through();
  alone<parted_memory> n{storage};
  n.run([&] { return n.replica->status().leads && !n.replica->status().syncing_since; });
  while (storage.prepared < 10) { // so that the gate is shut
    auto const before = n.applied.size();
    REQUIRE(n.replica->propose(1));
    n.run([&] { return n.applied.size() > before; });
  }
  auto const before = n.applied.size();
  REQUIRE(n.replica->propose(2));
  (void)n.turn();
  REQUIRE(n.replica->status().syncing_since);
  g.await();
  int handlers = 0, turns = 0;
  asio::steady_timer client{n.io};
  for (int i = 0; i < 5; ++i) {
    client.expires_after(1ms);
    client.async_wait([&](asio::error_code) { ++handlers; });
    n.run([&] { return ++turns, handlers > i; });
  }
  CHECK(turns < 200); // it does not spin
  CHECK(n.applied.size() == before);
  std::thread disk{[&] {
    std::this_thread::sleep_for(5ms);
    g.let_through();
  }};
  n.run([&] { return n.applied.size() > before; });
  CHECK(n.applied.back() == 2);
  disk.join();
}

TEST_CASE("a sync that fails stops the replica") {
  gate g;
  for (int i = 0; i < 100; ++i) g.let_through();
  for (bool const prepares : {true, false}) {
    parted_memory storage{g};
    alone<parted_memory> n{storage};
    n.run([&] { return n.replica->status().leads; });
    (prepares ? storage.finish_fails : storage.prepare_fails) = true;
    REQUIRE(n.replica->propose(1));
    n.run([&] { return n.replica->stopped(); });
    CHECK(n.applied.empty());
  }
}

TEST_CASE("what need not wait for a sync is flushed before it is prepared") {
  gate g;
  for (int i = 0; i < 100; ++i) g.let_through();
  std::vector<char> did;
  struct noting : parted_memory {
    noting(gate& g, std::vector<char>& d) : parted_memory{g}, did{d} {}
    std::optional<pending_sync> prepare(sync_order order) {
      did.push_back('p');
      return parted_memory::prepare(std::move(order));
    }
    std::vector<char>& did;
  };
  noting storage{g, did};
  alone<noting> n{storage};
  auto const turn = [&] {
    n.loop.hear();
    return n.loop.turn(written_down{did}, [](auto const&) {});
  };
  while (!n.replica->status().leads)
    if (auto const next = turn(); !next.pending) n.loop.rest(next);
  CHECK(std::count(did.begin(), did.end(), 'p') > 0);
  for (std::size_t i = 0; i < did.size(); ++i)
    if (did[i] == 'p') {
      REQUIRE(i > 0);
      CHECK(did[i - 1] == 'f');
    }
}

} // namespace
} // namespace quorate
