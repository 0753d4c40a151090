// A script of 200 calls, and the power cut before each operation on the disk that it comes to: what may be left is
// enumerated, and each image opened. Everything acknowledged is there, nothing is made up, the torn tail is cut, a
// second opening finds the same, also after a power cut in the first, and the log works on.
#include "image_judge.hpp"
#include "support/seeds.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace quorate {
namespace {

class crash_everywhere {
public:
  explicit crash_everywhere(std::uint64_t seed, std::uint64_t most) : random_{seed}, dice_{seed}, most_{most} {}
  disk d{};
  image_counts n{};
  // Of the images of a turn's two writes: how often the frame and the slot were each lost, torn and whole.
  std::array<std::array<std::uint64_t, 3>, 3> halves{};
  std::uint64_t turns = 0; // of which there were such images
  std::string wrong{};

  // Up to the first image that is not as it should be.
  void run(int calls) {
    d.watch = [this](disk const& now) { cut(now); };
    auto o = open_disk(d);
    if (wrong.empty() && !o) wrong = "not opened: " + o.error;
    if (!o) return;
    known_ = o.wal->identity();
    for (int k = 0; k < calls && wrong.empty(); ++k) player_.move(*o.wal, random_);
    d.watch = nullptr;
  }

private:
  // The power is cut now. Again, if something has changed since it last was.
  void cut(disk const& now) {
    if (!wrong.empty()) return;
    if (image_judge::only_read(now)) return;
    ++n.points;
    turns += std::ranges::any_of(now.inodes, [](auto& f) { return is_turn(f.second); }) ? 1 : 0;
    image_judge const is_right{player_.acked, player_.now, known_, n};
    bool const all = crash_images{now}.each(most_, dice_, [&](disk image) {
      count_halves(now, image);
      wrong = is_right(image);
      if (wrong.empty() && n.images % 64 == 0) wrong = is_right.in_recovery(std::move(image), dice_);
      return wrong.empty();
    });
    n.drawn += all ? 0 : 1;
  }
  // A frame and a slot wait to be synced.
  static bool is_turn(disk::inode const& f) {
    return f.pending.size() == 2 && !f.pending[0].bytes.empty() &&
           f.pending[1].bytes.size() == wal::state_slot::size &&
           f.pending[1].at + wal::state_slot::size <= f.durable.size();
  }
  void count_halves(disk const& now, disk const& image) {
    for (auto const& [id, f] : now.inodes) {
      if (!is_turn(f)) continue;
      auto const fate = [&, &was = f.durable, &is = image.inodes.at(id).now](disk::change const& x) {
        auto const found = std::span{is}.subspan(x.at, x.bytes.size());
        if (std::ranges::equal(found, std::span{was}.subspan(x.at, x.bytes.size()))) return 0U;
        return std::ranges::equal(found, x.bytes) ? 2U : 1U;
      };
      ++halves[fate(f.pending[0])][fate(f.pending[1])];
    }
  }

  std::mt19937_64 random_;
  test::dice dice_;
  std::uint64_t most_;
  player<disk_wal> player_{};
  store_identity known_{};
};

TEST_CASE("every crash point of a script of 200 calls, and each legal subset of what was not synced") {
  image_counts sum;
  std::uint64_t turns = 0;
  auto const scripts = test::seeds(1);
  for (std::uint64_t seed = 1; seed <= scripts; ++seed) {
    // So that five blocks are exhausted with all their tears, and seven as whole blocks; six and nine in the suite
    // `ci`; seven and twelve with a sixth of the scripts of the suite `long`.
    crash_everywhere c{seed, scripts == 1 ? 243U : seed <= scripts / 6 ? 4096U : 729U};
    c.run(200);
    INFO("script ", seed);
    REQUIRE(c.wrong == "");
    sum.points += c.n.points, sum.drawn += c.n.drawn, sum.images += c.n.images, sum.cut += c.n.cut;
    sum.within += c.n.within;
    turns += c.turns;
    for (auto const& frame : c.halves) // each pair of what may be left of the two, in each turn
      for (auto const times : frame) CHECK(times >= c.turns);
  }
  MESSAGE(scripts, " script(s): ", sum.points, " crash points, of which ", sum.drawn,
          " had too many images to try all; ", sum.images, " images opened, in ", sum.cut, " a torn tail; ",
          sum.within, " crashes inside a recovery; in ", turns, " turns frame and slot were lost, torn and whole");
  CHECK(turns > 30 * scripts);
  CHECK(sum.points > 200 * scripts);
  CHECK(sum.images > 5000 * scripts);
  CHECK(sum.cut > 1000 * scripts);
}

std::string without(std::string const& sync) {
  crash_everywhere c{1, 60};
  c.d.lying_sync = sync;
  c.run(200);
  MESSAGE("without ", sync, ": ", c.wrong.substr(0, 100), " (image ", c.n.images, ")");
  return c.wrong;
}

// The proof that the test above can fail.
TEST_CASE("a sync that is left out is noticed, whichever") {
  for (std::string const sync :
       {"sync_data log-", "sync_data state", "sync_file log-", "sync_file store.new", "sync_directory /disk"}) {
    INFO(sync);
    CHECK(without(sync) != "");
  }
}
TEST_CASE(
    "but for one: `state` as it is founded says what the log says, and each opening writes and syncs it anew") {
  CHECK(without("sync_file state") == "");
}

} // namespace
} // namespace quorate
