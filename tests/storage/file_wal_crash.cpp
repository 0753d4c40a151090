// Random scripts on a disk that loses power at a random operation and keeps any part of what was not synced.
#include "support/seeds.hpp"
#include "wal_model.hpp"

#include <doctest/doctest.h>

namespace quorate {
namespace {

// One life after another on the same disk, each ended by a power failure or a failed operation; what is
// wrong, or "".
class life_and_death {
public:
  explicit life_and_death(std::uint64_t seed) : random_{seed} {}
  disk d{};
  std::uint64_t opened = 0; // how often a log was opened
  std::uint64_t torn = 0;   // and how often a torn tail was cut then

  std::string run(int lives = 4) {
    for (int n = 0; n < lives; ++n)
      if (auto wrong = life(); !wrong.empty()) return wrong;
    d.heal();
    return reopen();
  }

private:
  std::string life() {
    d.fail_at = 1 + random_() % 150;
    d.power_fails = random_() % 4 != 0;
    d.error = random_() % 2 == 0 ? EIO : random_() % 2 == 0 ? ENOSPC : 0;
    auto wrong = reopen();
    if (wrong.empty() && wal_) {
      for (int k = 0; k < 120 && !player_.failed; ++k) player_.move(*wal_, random_);
      if (player_.failed) wrong = is_stopped();
    }
    wal_.reset();
    d.heal();
    d.power_fails = false;
    // Without a crash the next opening finds what the system still remembers, durable or not.
    if (random_() % 4 != 0) d.crash(random_);
    return wrong;
  }

  // Opens the store. It may fail only when an operation did, or before there was a store.
  std::string reopen() {
    auto o = open_disk(d);
    if (!o) return d.fail_at != 0 && d.operations >= d.fail_at ? "" : "refused: " + o.error;
    wal_ = std::move(o.wal);
    ++opened;
    torn += wal_->recovered().cut_bytes != 0;
    auto const id = wal_->identity();
    if (store_ != store_id{} && id.store != store_) return "another store";
    if (id.incarnation <= incarnation_) return "the incarnation did not rise";
    store_ = id.store;
    incarnation_ = id.incarnation;
    auto const found = contents(*wal_);
    if (d.fail_at != 0 && d.operations >= d.fail_at) return ""; // reading it failed
    // A turn is there as a whole or not at all: what was acknowledged, or what was on its way when it failed.
    if (found != player_.acked && found != player_.now) return "something else than what was acknowledged";
    player_.acked = player_.now = found;
    player_.failed = false;
    return "";
  }

  std::string is_stopped() {
    auto& w = *wal_;
    if (w.failure().empty()) return "failed without a reason";
    auto const before = d.operations;
    payloads const none{};
    if (w.put(hard_of(99, 0xff)) || w.put(entry_run{w.log().last() + 1, 0, {}, {}}, none) ||
        w.truncate(w.log().last()) || w.compact(w.log().last()) ||
        w.install({w.log().last() + 1, {}, {}}, above_mark::always) || sync(w) || w.read(w.log().last(), 1))
      return "something succeeded after a failure";
    return d.operations == before ? "" : "the disk was asked again after a failure";
  }

  std::mt19937_64 random_;
  std::optional<disk_wal> wal_{};
  player<disk_wal> player_{};
  store_id store_{};
  incarnation_id incarnation_{};
};

TEST_CASE("whatever a power failure keeps of what was not synced, everything acknowledged is there") {
  std::uint64_t opened = 0, torn = 0;
  for (std::uint64_t seed = 1; seed <= test::seeds(3000); ++seed) {
    life_and_death l{seed};
    auto const wrong = l.run();
    opened += l.opened;
    torn += l.torn;
    INFO("seed ", seed);
    REQUIRE(wrong == "");
  }
  CHECK(opened > 6000); // the lives were lived
  CHECK(torn > 300);
}

// The proof that the test above can fail.
TEST_CASE("a disk that lies about its syncs loses something, and the test notices") {
  auto const caught = [](bool data, bool directory) {
    int wrong = 0;
    for (std::uint64_t seed = 1; seed <= test::seeds(300); ++seed) {
      life_and_death l{seed};
      l.d.data_sync_lies = data;
      l.d.directory_sync_lies = directory;
      wrong += !l.run().empty();
    }
    return wrong;
  };
  CHECK(caught(false, false) == 0);
  CHECK(caught(true, false) > 100);
  CHECK(caught(false, true) > 100);
}

} // namespace
} // namespace quorate
