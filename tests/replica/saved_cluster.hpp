// Replicas that save their machine: three nodes with logs and snapshots in memory, a network that loses and
// repeats, and crashes. What the machines hold at an index is compared between nodes and lives.
#pragma once

#include "quorate/core/little_endian.hpp"
#include "quorate/message/messages.hpp"
#include "quorate/snapshot/memory_snapshots.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

#include "protocols.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace quorate::test {

using numbers = messages<std::uint64_t>;

// What it holds depends on every command and on their order. It is saved in pieces of one byte; `ballast` more
// bytes make a save long.
class tally {
public:
  std::uint64_t apply(log_index i, std::uint64_t command) {
    applied_ = i;
    return digest_ = (digest_ ^ command) * 0x9e3779b97f4a7c15U + 1;
  }
  log_index applied() const { return applied_; }
  std::uint64_t digest() const { return digest_; }

  void begin_save() { saved_ = digest_, put_ = 0; }
  template <class Put>
  save_step save(Put& put) {
    auto const b = put_ < 8 ? static_cast<std::byte>(saved_ >> (8 * put_)) : std::byte{7};
    if (!put(std::span{&b, 1})) return save_step::failed;
    return ++put_ < 8 + ballast ? save_step::more : save_step::done;
  }
  void end_save() {}
  void begin_restore(log_index i) { at_ = i, come_.clear(); }
  bool restore(std::span<std::byte const> piece) {
    come_.insert(come_.end(), piece.begin(), piece.end());
    return come_.size() <= 8 + ballast;
  }
  bool end_restore() {
    if (refuses || come_.size() != 8 + ballast) return false;
    digest_ = little_endian::get(std::span<std::byte const>{come_}, 0, 8);
    applied_ = at_;
    return true;
  }
  static constexpr std::size_t ballast = 292;
  bool refuses = false; // any snapshot

private:
  std::uint64_t digest_ = 0, saved_ = 0;
  std::size_t put_ = 0;
  log_index applied_{}, at_{};
  std::vector<std::byte> come_{};
};

// It can be full.
struct full_snapshots : memory_snapshots {
  bool is_full = false;
  bool write(std::span<std::byte const> bytes) { return !is_full && memory_snapshots::write(bytes); }
  std::string_view failure() const {
    return is_full ? "there is no room for a snapshot" : memory_snapshots::failure();
  }
};

template <class Protocol, class Store = memory_snapshots>
class saved_cluster {
public:
  using replica = typename Protocol::template replica<numbers, memory, manual_timer, snapshots_in<Store>>;
  using message = typename hands<typename replica::core_type, memory>::message;
  static constexpr std::uint32_t size = 3;

  struct host {
    memory disk;
    Store snapshots{};
    tally machine{};
    std::unique_ptr<replica> node{};
    std::map<std::uint64_t, std::uint64_t> results{};     // token -> what the machine said
    std::map<std::uint64_t, proposal_outcome> outcomes{}; // last token -> its outcome
    bool up() const { return node != nullptr; }
    replica* operator->() { return node.get(); }
  };
  struct packet {
    std::uint32_t from, to;
    message what;
    std::vector<std::byte> bytes;
    std::uint32_t count;
  };

  compaction_options compaction{.entries = 10, .bytes = 0, .keep_bytes = 40, .step = 50};
  transfer_limits transfer{.piece = 64, .window = 200, .a_tick = 0, .patience = 20};
  std::uint64_t now = 0;
  std::deque<packet> net{};

  explicit saved_cluster(std::size_t entries = 4096) { // that a log has room for
    for (std::uint32_t id = 1; id <= size; ++id)
      hosts_.push_back(std::unique_ptr<host>{
          new host{memory{{.identity = {cluster_id{7}, node_id{id}, store_id{100 + id}, incarnation_id{1}},
                           .entries = entries}}}});
  }
  host& operator[](std::uint32_t id) { return *hosts_[id - 1]; }

  void start(std::uint32_t id) {
    auto& h = (*this)[id];
    h.machine = {};
    replica_config const config{.self = node_id{id},
                                .members = {node_id{1}, node_id{2}, node_id{3}},
                                .compaction = compaction,
                                .transfer = transfer};
    h.node = std::make_unique<replica>(
        config, h.disk, manual_timer{{100, 30, 400}, id + 1000 * h.disk.identity().incarnation.value}, h.snapshots,
        h.machine);
    h.results.clear(), h.outcomes.clear();
    if (!h->stopped()) look(h);
  }
  void start_all(bool must_work = true) {
    for (std::uint32_t id = 1; id <= size; ++id) start(id);
    for (auto& h : hosts_)
      if (must_work) REQUIRE((*h)->failure().empty());
  }
  void crash(std::uint32_t id) {
    auto& h = (*this)[id];
    h.node.reset();
    h.disk.crash();
    h.snapshots.crash();
  }

  void turn(std::uint32_t id) {
    auto& h = (*this)[id];
    auto const send = [&](node_id to, auto const& m, payloads b) {
      net.push_back({id, to.value, message{m}, {b.whole().begin(), b.whole().end()}, b.count()});
    };
    auto const hear = [&](auto const& e) {
      if constexpr (requires { e.result; }) {
        REQUIRE(h.results.emplace(e.token.value, e.result).second);
        auto const told = h.outcomes.lower_bound(e.token.value);
        bool const later = told != h.outcomes.end() && told->second.first <= e.token;
        REQUIRE_MESSAGE(!later, "a result behind its outcome");
      } else if constexpr (std::is_same_v<decltype(e), proposal_outcome const&>) {
        REQUIRE(h.outcomes.emplace(e.first.value + e.count - 1, e).second);
      }
    };
    pending = h->turn(now, send, hosted{h.machine, hear}).pending;
    look(h);
  }
  template <class Passes>
  void deliver(Passes&& passes) {
    for (auto n = net.size(); n > 0; --n) {
      auto const p = std::move(net.front());
      net.pop_front();
      if (passes(p)) hand_over(p);
    }
  }
  void hand_over(packet const& p) {
    auto& h = (*this)[p.to];
    if (!h.up()) return;
    auto const bytes = payloads::trusted(p.bytes, p.count);
    std::visit(
        [&](auto const& m) {
          auto const* const why = h->doubt(m, bytes);
          REQUIRE_MESSAGE(why == nullptr, "an honest message is doubted: " << why);
          h->receive(node_id{p.from}, m, bytes);
        },
        p.what);
  }
  template <class Passes>
  void run(std::uint64_t ticks, Passes&& passes) {
    for (; ticks > 0; --ticks) {
      ++now;
      deliver(passes);
      for (std::uint32_t id = 1; id <= size; ++id)
        if ((*this)[id].up()) turn(id);
    }
  }
  void run(std::uint64_t ticks) {
    run(ticks, [](packet const&) { return true; });
  }
  std::uint32_t leader() {
    for (int i = 0; i < 5000; ++i, run(1))
      for (std::uint32_t id = 1; id <= size; ++id)
        if (auto& h = (*this)[id]; h.up() && !h->stopped() && h->core().leads()) return id;
    FAIL("no leader");
    return 0;
  }
  // Until all that are up have applied all that is committed.
  bool settle(std::uint64_t ticks) {
    for (; ticks > 0; --ticks) {
      run(1);
      log_index most{}, least{~std::uint64_t{0}};
      for (auto& h : hosts_)
        if (h->up()) {
          most = (std::max)({most, (*h)->applied_index(), (*h)->core().commit_index()});
          least = (std::min)(least, (*h)->applied_index());
        }
      if (most == least && most > log_index{1}) return true;
    }
    return false;
  }

  bool pending = false; // the last turn's

private:
  // One index, one state.
  void look(host& h) {
    if (h->stopped()) {
      REQUIRE_MESSAGE(h.machine.refuses, h->failure());
      return;
    }
    auto const at = h->applied_index().value;
    auto const [found, fresh] = states_.emplace(at, h.machine.digest());
    REQUIRE_MESSAGE(found->second == h.machine.digest(), "two states at index " << at);
    // L10: the stamp of the entry there, and not the era of who saved it.
    auto const newest = h.snapshots.newest();
    if (!replica::core_type::rewrites && newest && newest->mark.at <= h.disk.log().last() &&
        newest->mark.at >= h.disk.log().compacted() && newest->mark.at <= h->core().commit_index())
      REQUIRE(newest->mark.written_at == h.disk.log().stamp_at(newest->mark.at));
    REQUIRE(h.disk.log().compacted() <=
            (std::max)(h->applied_index(), h.snapshots.newest() ? h.snapshots.newest()->mark.at : log_index{}));
  }

  std::vector<std::unique_ptr<host>> hosts_{};
  std::map<std::uint64_t, std::uint64_t> states_{}; // index -> digest
};

} // namespace quorate::test
