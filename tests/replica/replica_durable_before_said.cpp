// Nothing is said before it is durable: real replicas on the real write-ahead log, on disks that know what is
// durable. At each binding message that leaves a node, and at each outcome, the power is cut in thought: what a
// recovery of the synced bytes alone would find must be what was said. A log without either kind of sync fails.
#include "storage/wal_disk.hpp"

#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/storage/file_wal.hpp"
#include "quorate/timer/manual.hpp"
#include "quorate/transport/loopback.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <random>
#include <string>

namespace quorate {
namespace {

using wal = basic_file_wal<disk_files>;
using node = raft::replica<messages<std::uint64_t>, wal, manual_timer>;

wal_options options_of(node_id id) {
  return {.directory = "/disk",
          .cluster = cluster_id{7},
          .node = id,
          .protocol = "raft 1",
          .segment_bytes = 1U << 14};
}

struct none_kept { // the harshest power cut: nothing that was not synced is there
  std::uint64_t operator()() const { return 0; }
};

// What would be found if the power went now.
struct after_a_cut {
  disk copy;
  opened_wal<disk_files> found;

  after_a_cut(disk const& d, node_id id) : copy{d} {
    copy.heal();
    none_kept r{};
    copy.crash(r);
    found = wal::open(options_of(id), disk_files{copy});
  }
  bool promised(term_id t) const { return found && found.wal->hard().promised >= t; }
  bool voted(term_id t, node_index whom) const {
    return promised(t) && (found.wal->hard().promised > t || found.wal->hard().vote == whom);
  }
  bool holds(log_index i, stamp written_at) const {
    return found && found.wal->log().last() >= i && found.wal->log().stamp_at(i) == written_at;
  }
};

struct host {
  node_id id{};
  disk platter{};
  opened_wal<disk_files> store{};
  std::unique_ptr<node> replica{};
};

class cluster {
public:
  explicit cluster(std::uint64_t seed, bool data_sync_lies = false, bool directory_sync_lies = false)
      : random_{seed} {
    for (std::uint32_t i = 0; i < 3; ++i) {
      hosts_[i].id = node_id{i + 1};
      hosts_[i].platter.data_sync_lies = data_sync_lies;
      hosts_[i].platter.directory_sync_lies = directory_sync_lies;
      boot(hosts_[i]);
    }
  }

  void run(int ticks) {
    for (int t = 0; t < ticks; ++t, ++now_) {
      net_.deliver_all();
      for (auto& h : hosts_) {
        if (random_() % 3 == 0) (void)h.replica->propose(random_());
        turn(h);
        if (random_() % 400 == 0) power_cut(h);
      }
      if (random_() % 20 == 0) net_.lose_all();
    }
  }

  std::size_t said = 0;    // binding messages that were checked
  std::size_t unsound = 0; // and found to say more than the disk knows
  std::size_t outcomes = 0;
  std::size_t lost_outcomes = 0;

private:
  void boot(host& h) {
    h.replica.reset();
    h.store = {};
    h.store = wal::open(options_of(h.id), disk_files{h.platter});
    REQUIRE_MESSAGE(h.store, h.store.error);
    h.replica = std::make_unique<node>(replica_config{h.id, {node_id{1}, node_id{2}, node_id{3}}}, *h.store.wal,
                                       manual_timer{{10, 3, 60}, h.id.value + random_()});
    net_.attach(h.id, *h.replica);
  }
  void power_cut(host& h) {
    if (h.platter.data_sync_lies || h.platter.directory_sync_lies) return;
    h.replica.reset();
    h.store = {};
    h.platter.crash(random_);
    boot(h);
  }

  void turn(host& h) {
    auto const send = net_.sender(h.id);
    h.replica->turn(
        now_,
        [&](node_id to, auto const& m, payloads bytes) {
          check(h, to, m);
          send(to, m, bytes);
        },
        [&](auto const& e) { look(h, e); });
    REQUIRE_FALSE(h.replica->stopped());
  }

  template <class M>
  void check(host const& h, node_id to, M const& m) {
    if constexpr (strength_of<M> == strength::binding) {
      after_a_cut const cut{h.platter, h.id};
      ++said;
      if (!sound(cut, *h.replica, to, m)) ++unsound;
    }
  }
  static bool sound(after_a_cut const& cut, node const& n, node_id, raft::request_vote const& m) {
    return cut.voted(m.term, n.core().self());
  }
  static bool sound(after_a_cut const& cut, node const&, node_id to, raft::vote_granted const& m) {
    return cut.voted(m.term, node_index{static_cast<std::uint8_t>(to.value - 1)});
  }
  static bool sound(after_a_cut const& cut, node const& n, node_id, raft::appended const& m) {
    return cut.promised(m.term) && cut.holds(m.match_index, n.storage().log().stamp_at(m.match_index));
  }

  template <class E>
  void look(host const& h, E const& e) {
    if constexpr (std::is_same_v<E, proposal_outcome>)
      if (e.what == fate::done) {
        ++outcomes;
        auto const last = e.index + e.count - 1;
        auto const written_at = h.replica->storage().log().stamp_at(last);
        int holders = 0;
        for (auto const& other : hosts_)
          holders += after_a_cut{other.platter, other.id}.holds(last, written_at) ? 1 : 0;
        if (holders < 2) ++lost_outcomes;
      }
  }

  std::mt19937_64 random_;
  std::uint64_t now_ = 0;
  loopback<node> net_{};
  host hosts_[3]{};
};

TEST_CASE("no vote and no acknowledgement leaves, and nothing is committed, before the sync that covers it") {
  std::size_t said = 0, outcomes = 0;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    CAPTURE(seed);
    cluster c{seed};
    c.run(300);
    CHECK(c.unsound == 0);
    CHECK(c.lost_outcomes == 0);
    said += c.said;
    outcomes += c.outcomes;
  }
  CHECK(said > 500);
  CHECK(outcomes > 100);
}

TEST_CASE("leaving out either kind of sync is seen") {
  cluster data{1, true, false};
  data.run(100);
  CHECK(data.unsound > 0);
  cluster names{1, false, true};
  names.run(100);
  CHECK(names.unsound > 0);
}

} // namespace
} // namespace quorate
