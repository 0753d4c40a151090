// Instructions for each committed entry, on all nodes together: three replicas in one process, messages delivered
// first in first out, 16-byte commands, memory storage bounded to 8,192 entries, one batch in flight. Each entry
// is one propose; each node copies the payload into its own storage and applies each entry by itself; every node
// has applied everything at the end. bench/step.py runs it under callgrind twice and takes the difference.
#pragma once

#include "quorate/message/messages.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"
#include "quorate/transport/loopback.hpp"

#include "heap_calls.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

namespace { // of its own to each program, as a program's own types are
namespace bench {

using namespace quorate;

struct command {
  std::uint64_t amount;
  std::uint64_t unread;
};

// Two integers as they lie in memory: the least that a user's own Messages policy can cost.
struct messages {
  using command = bench::command;
  using entry_extra = no_extra;
  using envelope_extra = no_extra;
  static std::size_t entry_size(command const&, no_extra) { return sizeof(command); }
  static void encode_entry(command const& c, no_extra, std::byte* at) { std::memcpy(at, &c, sizeof c); }
  static bool decode_entry(payloads::bytes b, command& c, no_extra&) {
    if (b.size() != sizeof c) return false;
    std::memcpy(&c, b.data(), sizeof c);
    return true;
  }
};

// Reads 8 bytes of each command, as a small state machine would.
struct machine {
  std::uint64_t sum = 0;
  void operator()(applied<messages> const& a) {
    std::uint64_t amount;
    std::memcpy(&amount, &a.command, sizeof amount);
    sum += amount;
  }
  void operator()(proposal_outcome const&) {}
  void operator()(read_outcome const&) {}
};

template <class Replica>
struct host {
  node_id id;
  memory disk;
  Replica node;
  machine state{};
  explicit host(node_id n)
      : id{n}, disk{{.identity = {.node = n, .incarnation = incarnation_id{1}}, .entries = 8192}},
        node{{n, {node_id{1}, node_id{2}, node_id{3}}}, disk, manual_timer{{1000, 300, 1000000}, n.value}} {}
};

template <class Replica>
struct cluster {
  loopback<Replica> net{};
  std::unique_ptr<host<Replica>> hosts[3]{};
  std::uint64_t now = 0;

  cluster() {
    for (std::uint32_t i = 0; i < 3; ++i) {
      hosts[i] = std::make_unique<host<Replica>>(node_id{i + 1});
      net.attach(node_id{i + 1}, hosts[i]->node);
    }
  }
  void turn(host<Replica>& h) {
    h.node.turn(now, net.sender(h.id), h.state);
    // What is applied need not be kept; some is, for a peer that is behind.
    if (h.node.applied_index() > h.disk.log().compacted() + 4096) h.node.compact(h.node.applied_index() - 1024);
  }
};

template <class Replica>
void run(std::uint64_t entries, std::uint64_t batch) {
  cluster<Replica> c;
  host<Replica>* leader = nullptr;
  while (leader == nullptr) { // an election first; it is in both run lengths
    ++c.now;
    for (auto& h : c.hosts) c.turn(*h);
    c.net.deliver_all();
    for (auto& h : c.hosts)
      if (h->node.core().leads() && h->node.applied_index() == h->disk.log().last()) leader = h.get();
  }
  for (auto& h : c.hosts) h->state.sum = 0;

  host<Replica>* followers[2]{};
  auto** next = followers;
  for (auto& h : c.hosts)
    if (h.get() != leader) *next++ = h.get();

  std::uint64_t made = 0;
  std::uint64_t expected = 0;
  std::uint64_t warm_heap = 0;
  while (made != entries) {
    auto const n = batch < entries - made ? batch : entries - made;
    for (auto const end = made + n; made != end; ++made) {
      (void)leader->node.propose({made, 0});
      expected += made;
    }
    auto const awaited = leader->node.core().commit_index() + n;
    do { // a turn of everybody, each with all that waited for it
      c.turn(*leader);
      c.net.deliver_all();
      for (auto* f : followers) c.turn(*f);
      c.net.deliver_all();
    } while (leader->node.core().commit_index() < awaited);
    if (made * 2 < entries) warm_heap = heap_calls;
  }
  for (int i = 0; i < 8; ++i) { // the last batch is applied, by the followers too
    for (auto& h : c.hosts) c.turn(*h);
    c.net.deliver_all();
  }
  for (auto& h : c.hosts)
    if (h->state.sum != expected) {
      std::fprintf(stderr, "a node applied %llu and not %llu\n", static_cast<unsigned long long>(h->state.sum),
                   static_cast<unsigned long long>(expected));
      std::exit(1);
    }
  std::printf("entries %llu batch %llu heap calls once warm %llu\n", static_cast<unsigned long long>(entries),
              static_cast<unsigned long long>(batch), static_cast<unsigned long long>(heap_calls - warm_heap));
}

// `Replica`: raft::replica or multi_paxos::replica.
template <template <class, class, class, class...> class Replica>
int main(int argc, char** argv) {
  if (argc != 3 || std::atoll(argv[1]) < 1 || std::atoll(argv[2]) < 1) {
    std::fprintf(stderr, "usage: %s ENTRIES BATCH   (both at least 1)\n", argv[0]);
    return 2;
  }
  run<Replica<messages, memory, manual_timer>>(static_cast<std::uint64_t>(std::atoll(argv[1])),
                                               static_cast<std::uint64_t>(std::atoll(argv[2])));
  return 0;
}

} // namespace bench
} // namespace
