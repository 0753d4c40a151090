// Snapshots under the simulator: its own machine and store keep their laws, a user's take their place, and what is
// careless with a snapshot is found.
#include "quorate/sim/campaign.hpp"

#include "quorate/conform/machine.hpp"
#include "quorate/conform/snapshot_store.hpp"
#include "quorate/mutant/snapshots.hpp"
#include "quorate/sim/multi_paxos.hpp"
#include "quorate/sim/raft.hpp"
#include "support/breaks_just.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <type_traits>

namespace quorate {
namespace {

using numbers = messages<std::uint64_t>;
using recorded = sim::recorder<numbers>;

struct slow_place {
  sim::slow_snapshots<memory_snapshots> store{};
  auto* open() { return store.open(), &store; }
  void cut_power(std::uint64_t kept) { store.crash(kept % 2 != 0); }
};

TEST_CASE("the simulator's machine and store keep their laws") {
  test::keeps_its_laws(check::check_machine<recorded>([](std::uint64_t n) { return n; }, {.lives = 20}));
  test::keeps_its_laws(check::check_snapshot_store([] { return slow_place{}; }, {.lives = 50}));
}
TEST_CASE("a seal that fails or is cut off leaves what was newest; one that had reached the disk is there") {
  configuration config{node_set<64>::first(1)};
  config.number = log_index{1};
  std::vector<std::byte> entry;
  configuration_form::write(
      config, [&](std::byte b) { entry.push_back(b); },
      [&](node_index n) {
        return member_row{n, config.member_at(n), node_id{1}, {}, {}};
      });
  sim::slow_snapshots<memory_snapshots> s;
  auto const begin = [&](std::uint64_t at) {
    REQUIRE(s.begin({log_index{at}, stamp{1}, config}, entry));
    return s.prepare_seal();
  };
  auto const newest = [&] { return s.newest() ? s.newest()->mark.at : log_index{}; };
  REQUIRE(s.finish_seal(*begin(1)));
  auto p = begin(2);
  s.fail_seal();
  CHECK_FALSE(s.finish_seal(*p));
  CHECK(s.failure() == "a seal has failed");
  CHECK(newest() == log_index{1});
  (void)begin(2), s.crash(false);
  CHECK(newest() == log_index{1});
  (void)begin(2), s.crash(true);
  CHECK(newest() == log_index{2});
  s.make(sim::disk_trouble::full);
  CHECK_FALSE(s.begin({log_index{3}, stamp{1}, config}, entry));
  CHECK(s.failure() == "the disk is full");
  s.make(sim::disk_trouble::none);
  CHECK(s.misused() == nullptr);
  (void)begin(3), (void)s.write(entry);
  CHECK(s.misused() != nullptr);
}

// --- a user's own

// It adds numbers up, and shows nothing but what it saves.
struct adder {
  std::uint64_t apply(log_index i, std::uint64_t n) { return at = i, sum += n; }
  log_index applied() const { return at; }
  void begin_save() { saved = sum; }
  template <class Put>
  save_step save(Put& put) {
    return put(std::as_bytes(std::span{&saved, 1})) ? save_step::done : save_step::failed;
  }
  void end_save() {}
  void begin_restore(log_index i) { size = 0, comes_at = i; }
  bool restore(std::span<std::byte const> p) {
    if (p.size() > sizeof comes - size) return size = sizeof comes + 1, false;
    std::memcpy(comes.data() + size, p.data(), p.size());
    return size += p.size(), true;
  }
  bool end_restore() {
    if (size != sizeof comes) return false;
    std::memcpy(&sum, comes.data(), sizeof comes);
    return at = comes_at, true;
  }

  std::uint64_t sum = 0, saved = 0;
  log_index at{}, comes_at{};
  std::array<std::byte, 8> comes{};
  std::size_t size = 0;
};

TEST_CASE_TEMPLATE("a user's machine takes the place of ours", Family, sim::raft_with_snapshots<adder>,
                   sim::multi_paxos_with_snapshots<adder>) {
  auto const all = sim::run_seeds<Family>({.nodes = 5}, 60, [](auto const&) { return true; });
  for (auto const& f : all.failed) FAIL_CHECK("seed " << f.seed << ": " << f.result.sentence);
  CHECK(all.covered[sim::happening::restored] > 0);
}

// --- the careless

enum class careless {
  none,
  forgets_a_row,
  forgets_where,
  saves_what_comes_later,
  lends_other_bytes,
  forgets_seals
};

template <careless What>
struct careless_machine : recorded {
  // As if the last row had not come.
  bool end_restore() {
    auto const before = *this;
    bool const taken = recorded::end_restore();
    if (What == careless::forgets_a_row && taken) (void)recorded::apply(applied(), 0);
    if (What == careless::forgets_where && taken && before.applied() != log_index{}) recorded::operator=(before);
    return taken;
  }
  template <class Put>
  save_step save(Put& put) {
    if (What == careless::saves_what_comes_later && applied().value % 2 == 0) begin_save();
    return recorded::save(put);
  }
};
template <careless What>
struct careless_store : memory_snapshots {
  std::optional<std::size_t> read(snapshot_id id, std::uint64_t from, std::span<std::byte> out) {
    auto const n = memory_snapshots::read(id, from, out);
    if (What == careless::lends_other_bytes && n && *n > 0) out[0] ^= std::byte{1};
    return n;
  }
  void crash() {
    if (What == careless::forgets_seals)
      *this = {};
    else
      memory_snapshots::crash();
  }
};
template <careless What>
using careless_family = sim::raft_with_snapshots<careless_machine<What>, careless_store<What>>;

// What is told of in the first seeds; empty: nothing.
template <class Family>
std::string found() {
  for (std::uint64_t seed = 1; seed <= 300; ++seed)
    if (auto const r = sim::run_seed<Family>({.seed = seed, .nodes = 5}); r.broken != nullptr) {
      MESSAGE("seed " << seed << ": " << r.sentence);
      return r.broken;
    }
  return "";
}

TEST_CASE("a machine or a store that is careless with a snapshot is found") {
  std::string const other_snapshot = "a snapshot of an index has the state of that index";
  CHECK(found<careless_family<careless::none>>().empty());
  CHECK(found<careless_family<careless::forgets_a_row>>() == other_snapshot);
  CHECK(found<careless_family<careless::forgets_where>>() == "a machine is brought forward, to what is committed");
  CHECK(found<careless_family<careless::saves_what_comes_later>>() == "what was sealed is whole");
  CHECK(found<careless_family<careless::lends_other_bytes>>() == other_snapshot);
  CHECK(found<careless_family<careless::forgets_seals>>() == "a node stops only if its disk fails");
}

template <raft::rule What>
using bent_raft = sim::raft_family<raft::node<raft::snapshots<on>, without<What>>>;
template <multi_paxos::rule What>
using bent_multi_paxos = sim::multi_paxos_family<multi_paxos::node<multi_paxos::snapshots<on>, without<What>>>;

TEST_CASE("a core without one of its rules of snapshots is found") {
  std::string const never_there = "with the faults gone all logs are soon the same, and applied";
  CHECK(found<bent_raft<raft::rule::who_needs_one_is_offered>>() == never_there);
  CHECK_FALSE(found<bent_raft<raft::rule::installs_wait_for_the_disk>>().empty());
  CHECK_FALSE(found<bent_raft<raft::rule::offers_commit_nothing>>().empty());
  CHECK_FALSE(found<bent_multi_paxos<multi_paxos::rule::offers_choose_nothing>>().empty());
}

} // namespace
} // namespace quorate
