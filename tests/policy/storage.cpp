// The laws of policy/storage.hpp and core/log_view.hpp, held by every storage that there is: each lives the same
// random lives as a list of entries.
#include "quorate/policy/storage.hpp"

#include "archetype/least_log.hpp"
#include "quorate/storage/memory.hpp"
#include "storage/wal_model.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <random>
#include <utility>
#include <vector>

namespace quorate {
namespace {

using bytes = std::vector<std::byte>;

struct entry {
  stamp written_at{};
  entry_kind kind{};
  bytes record{};
};

struct memory_model {
  memory storage{{{cluster_id{7}, node_id{3}, store_id{9}, incarnation_id{1}}, 64, 256}};
};
struct wal_model { // the file WAL, over files in memory
  disk files{};
  disk_wal storage = std::move(*open_disk(files).wal);
};
struct least_model {
  test::least_storage<> storage{{cluster_id{7}, node_id{3}, store_id{9}, incarnation_id{1}}};
};

class writes : public ticket_source {
public:
  using ticket_source::next;
  using ticket_source::order;
};

template <class Storage>
class life {
public:
  life(Storage& s, std::uint64_t seed) : s_{s}, random_{seed}, who_{s.identity()} {}

  void live(int steps) {
    for (; steps > 0; --steps) {
      any_step();
      check_shape();
      check_records();
      CHECK(s_.hard() == hard_);
      CHECK(s_.identity() == who_);
    }
  }

private:
  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  std::uint64_t last() const { return entries_.size(); }
  std::uint64_t compacted() const { return s_.log().compacted().value; }
  entry const& at(std::uint64_t i) const { return entries_[i - 1]; }

  void any_step() {
    switch (below(10)) {
    case 0: {
      if (last() == compacted()) return;
      auto const from = compacted() + 1 + below(last() - compacted());
      REQUIRE(s_.truncate(log_index{from}));
      (void)writes_.next();
      entries_.resize(from - 1);
      return;
    }
    case 1:
      hard_ = {stamp{hard_.promised.value + below(3)}, node_index{static_cast<std::uint8_t>(below(7))}};
      REQUIRE(s_.put(hard_));
      (void)writes_.next();
      return;
    case 2: { // it may keep more than asked, and gives up no more
      auto const before = compacted();
      auto const upto = below(last() + 1);
      REQUIRE(s_.compact(log_index{upto}));
      CHECK(before <= compacted());
      CHECK(compacted() <= std::max(before, upto));
      return;
    }
    case 3:
    case 4: {
      auto const written = writes_.latest().number();
      auto const token = s_.sync(writes_.order());
      REQUIRE(token);
      CHECK(token->number() >= written);
      return;
    }
    default: return put();
    }
  }
  void put() {
    auto const kind = static_cast<entry_kind>(below(8) < 5 ? 0 : 1 + below(2));
    auto const wanted = kind == entry_kind::configuration ? 1 : 1 + below(6);
    auto const count = static_cast<std::uint32_t>(std::min<std::uint64_t>(wanted, s_.log().room()));
    if (count == 0) return;
    bytes whole;
    for (std::uint32_t i = 0; i < count; ++i) {
      auto const size = kind == entry_kind::configuration ? 8 + below(9) : below(40);
      bytes record(payloads::prefix + size);
      payloads::put_length(record.data(), static_cast<std::uint32_t>(size));
      for (std::size_t k = payloads::prefix; k < record.size(); ++k) record[k] = static_cast<std::byte>(random_());
      whole.insert(whole.end(), record.begin(), record.end());
      entries_.push_back({hard_.promised, kind, record});
    }
    entry_run const run{log_index{last() - count + 1}, count, hard_.promised, kind};
    REQUIRE(s_.put(run, payloads::trusted(whole, count)));
    (void)writes_.next();
    std::fill(whole.begin(), whole.end(), std::byte{0xcc}); // it has its own copy
  }

  configuration config_at(std::uint64_t i) const {
    while (i > 0 && at(i).kind != entry_kind::configuration) --i;
    configuration c{};
    if (i > 0) std::memcpy(&c.voters.bits, at(i).record.data() + payloads::prefix, 8); // little-endian, as here
    return c;
  }
  entry_run run_at(std::uint64_t i, std::uint32_t max) const {
    entry_run run{log_index{i}, 0, at(i).written_at, at(i).kind};
    for (; i <= last() && run.count < max; ++i, ++run.count)
      if (at(i).written_at != run.written_at || at(i).kind != run.kind) break;
    return run;
  }
  // What was written shows at once, durable or not.
  void check_shape() {
    auto&& log = s_.log();
    REQUIRE(log.last().value == last());
    REQUIRE(compacted() <= last());
    for (auto i = compacted(); i <= last(); ++i) {
      CHECK(log.stamp_at(log_index{i}) == (i == 0 ? stamp{} : at(i).written_at));
      CHECK(log.config_at(log_index{i}) == config_at(i));
      auto j = i;
      while (j > compacted() && at(j).written_at > stamp{3}) --j;
      CHECK(log.last_not_above(log_index{i}, stamp{3}).value == j);
      if (i == compacted()) continue;
      auto const max = static_cast<std::uint32_t>(1 + below(9));
      CHECK(log.run_at(log_index{i}, max) == run_at(i, max));
    }
  }
  void check_records() {
    for (auto i = compacted() + 1; i <= last();) {
      auto const max = static_cast<std::uint32_t>(1 + below(9));
      auto const budget = below(150);
      auto const run = s_.log().fit(log_index{i}, max, budget);
      auto const whole = run_at(i, max);
      REQUIRE(run.count >= 1);
      REQUIRE(run.count <= whole.count);
      CHECK(run == entry_run{whole.first, run.count, whole.written_at, whole.kind});
      auto const read = s_.read(run.first, run.count);
      REQUIRE(read);
      REQUIRE(read->count() == run.count);
      CHECK((run.count == 1 || read->whole().size() <= budget));
      read->for_each([&](payloads::bytes record) {
        auto const& own = at(i++).record;
        CHECK(std::equal(record.begin(), record.end(), own.begin() + payloads::prefix, own.end()));
      });
    }
  }

  Storage& s_;
  std::mt19937_64 random_;
  store_identity who_;
  hard_state hard_{};
  std::vector<entry> entries_{}; // also those that were compacted
  writes writes_{};
};

TEST_CASE_TEMPLATE("a storage shows what was written, at once and whole, until it is truncated or compacted",
                   Model, memory_model, wal_model, least_model) {
  for (std::uint64_t seed = 0; seed < 15; ++seed) {
    CAPTURE(seed);
    Model m;
    REQUIRE(m.storage.log().last() == log_index{});
    CHECK(m.storage.hard() == hard_state{});
    CHECK(m.storage.identity().node == node_id{3});
    CHECK(m.storage.identity().incarnation == incarnation_id{1});
    life{m.storage, seed}.live(150);
  }
}

} // namespace
} // namespace quorate
