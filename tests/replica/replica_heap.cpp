// Replicas that are warm ask nothing of the heap: three of them in one process, over memory storage and loopback.
#include "support/heap.hpp"

#include "quorate/raft.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"
#include "quorate/transport/loopback.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

namespace quorate {
namespace {

using test::heap_calls;
using test::heap_calls_so_far;

// A number as it lies in memory.
struct numbers {
  using command = std::uint64_t;
  using entry_extra = no_extra;
  using envelope_extra = no_extra;
  static std::size_t entry_size(command, no_extra) { return sizeof(command); }
  static void encode_entry(command c, no_extra, std::byte* at) { std::memcpy(at, &c, sizeof c); }
  static bool decode_entry(payloads::bytes b, command& c, no_extra&) {
    if (b.size() != sizeof c) return false;
    std::memcpy(&c, b.data(), sizeof c);
    return true;
  }
};

using replica = raft::replica<numbers, memory, manual_timer>;

struct machine {
  std::uint64_t sum = 0;
  std::uint64_t committed = 0; // of what was proposed here
  std::uint64_t read = 0;
  std::uint64_t failed = 0;
  void operator()(applied<numbers> const& a) { sum += a.command; }
  void operator()(proposal_outcome const& o) { (o.what == fate::done ? committed : failed) += o.count; }
  void operator()(read_outcome const& o) { (o.what == fate::done ? read : failed) += o.count; }
};

struct host {
  node_id id;
  memory disk;
  replica node;
  machine state{};
  explicit host(node_id n)
      : id{n}, disk{{.identity = {.node = n, .incarnation = incarnation_id{1}}, .entries = 8192}},
        node{{n, {node_id{1}, node_id{2}, node_id{3}}}, disk, manual_timer{{1000, 300, 1000000}, n.value}} {}
};

class cluster {
public:
  cluster() {
    for (std::uint32_t i = 0; i < 3; ++i) {
      hosts_[i] = std::make_unique<host>(node_id{i + 1});
      net_.attach(node_id{i + 1}, hosts_[i]->node);
    }
    while (leader_ == nullptr) {
      round();
      for (auto& h : hosts_)
        if (h->node.core().leads() && h->node.core().commit_index() > log_index{1}) leader_ = h.get();
    }
    follower_ = hosts_[leader_ == hosts_[0].get() ? 1 : 0].get();
  }
  host& leader() { return *leader_; }
  host& follower() { return *follower_; }

  // A turn of everybody, and what it says. Time moves too, so that heartbeats and quorum checks fall due.
  void round() {
    ++now_;
    for (auto& h : hosts_) {
      h->node.turn(now_, net_.sender(h->id), h->state);
      net_.deliver_all();
      // What is applied need not be kept; some is, for a peer that is behind.
      auto const applied = h->node.applied_index();
      if (applied > h->disk.log().compacted() + 4096) h->node.compact(applied - 1024);
    }
  }
  // Proposes `entries` commands at `at`, a batch at a time, and goes on until every node has applied them all.
  bool commit(host& at, std::uint64_t entries, std::uint64_t batch) {
    auto const done = at.state.committed + entries;
    for (std::uint64_t made = 0; made < entries;) {
      auto const n = batch < entries - made ? batch : entries - made;
      auto const awaited = at.state.committed + n;
      for (auto const end = made + n; made != end; ++made) {
        if (!at.node.propose(made)) return false;
        proposed_ += made;
      }
      for (int i = 0; at.state.committed < awaited; ++i) {
        if (i == 100) return false;
        round();
      }
    }
    for (int i = 0; i < 8; ++i) round();
    for (auto const& h : hosts_)
      if (h->state.sum != proposed_ || h->state.failed != 0) return false;
    return at.state.committed == done;
  }

private:
  loopback<replica> net_{};
  std::unique_ptr<host> hosts_[3]{};
  host* leader_ = nullptr;
  host* follower_ = nullptr;
  std::uint64_t now_ = 0;
  std::uint64_t proposed_ = 0; // the sum of it
};

TEST_CASE("the counter sees operator new, and malloc and its like, each as what it is") {
  auto start = heap_calls_so_far();
  void* volatile p = ::operator new(24);
  CHECK(heap_calls_so_far() - start == heap_calls{1, 0});
  ::operator delete(p);

  start = heap_calls_so_far();
  p = ::operator new (64, std::align_val_t{64});
  CHECK(heap_calls_so_far() - start == heap_calls{1, 0});
  ::operator delete (p, std::align_val_t{64});

  start = heap_calls_so_far();
  p = ::operator new[](24); // not a new expression, which a compiler may leave out
  CHECK(heap_calls_so_far() - start == heap_calls{1, 0});
  ::operator delete[](p);

  start = heap_calls_so_far();
  p = std::malloc(24);
  p = std::realloc(p, 4096);
  std::free(p);
  p = std::calloc(3, 8);
  std::free(p);
  p = std::aligned_alloc(64, 128);
  std::free(p);
  CHECK(heap_calls_so_far() - start == heap_calls{0, 4});
}

TEST_CASE("a hundred thousand commits of warm replicas, on all of them together, ask nothing of the heap") {
  for (std::uint64_t const batch : {1U, 16U, 128U}) {
    CAPTURE(batch);
    auto const before = heap_calls_so_far();
    cluster c;
    REQUIRE(c.commit(c.leader(), 20000, batch));         // twice round the storage's ring
    CHECK(heap_calls_so_far() - before != heap_calls{}); // cold they do, and it is seen

    auto const warm = heap_calls_so_far();
    bool const committed = c.commit(c.leader(), 100000, batch);
    auto const asked = heap_calls_so_far() - warm;
    CHECK(committed);
    CHECK(asked.news == 0);
    CHECK(asked.mallocs == 0);
  }
}

TEST_CASE("nor do proposals that are handed to the leader, nor reads on any node") {
  cluster c;
  auto const work = [&](std::uint64_t reads) {
    for (auto* h : {&c.leader(), &c.follower()}) {
      auto const awaited = h->state.read + reads;
      for (std::uint64_t i = 0; i < reads; ++i) {
        if (!h->node.read()) return false;
        c.round();
      }
      for (int i = 0; h->state.read < awaited; ++i) {
        if (i == 100) return false;
        c.round();
      }
    }
    return c.commit(c.follower(), 20000, 16);
  };
  REQUIRE(work(1000));
  auto const warm = heap_calls_so_far();
  bool const worked = work(1000);
  auto const asked = heap_calls_so_far() - warm;
  CHECK(worked);
  CHECK(asked.news == 0);
  CHECK(asked.mallocs == 0);
}

} // namespace
} // namespace quorate
