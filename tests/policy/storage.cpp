// The laws of policy/storage.hpp and core/log_view.hpp, held by every storage that there is.
#include "quorate/policy/storage.hpp"

#include "archetype/least_log.hpp"
#include "quorate/conform/storage.hpp"
#include "quorate/storage/file_wal.hpp"
#include "quorate/storage/memory.hpp"
#include "storage/wal_directory.hpp"
#include "storage/wal_model.hpp"
#include "support/breaks_just.hpp"
#include "support/dice.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

namespace quorate {
namespace {

using check::check_storage;

// The write-ahead log, over files in memory that know what is durable.
class disk_place {
public:
  disk_wal* open() {
    auto opened = open_disk(*disk_);
    wal_ = std::move(opened.wal);
    return wal_ ? &*wal_ : nullptr;
  }
  void close() { wal_.reset(); }
  void cut_power(std::uint64_t kept) {
    wal_.reset();
    test::dice dice{kept};
    auto const draw = [&] { return kept == 0 ? 0 : dice(std::uint64_t{1} << 32); };
    disk_->crash(draw);
  }
  void fail_at(std::uint64_t k) {
    disk_->heal();
    disk_->fail_at = k;
    disk_->error = k % 3 == 0 ? EIO : k % 3 == 1 ? ENOSPC : 0;
  }
  bool failed() const { return disk_->fail_at != 0 && disk_->operations >= disk_->fail_at; }

private:
  std::unique_ptr<disk> disk_ = std::make_unique<disk>();
  std::optional<disk_wal> wal_{};
};

// The write-ahead log in a directory.
class directory_place {
public:
  file_wal* open() {
    wal_options o;
    o.directory = *directory_ / "store";
    o.cluster = cluster_id{7};
    o.node = node_id{3};
    o.protocol = "raft 1";
    o.segment_bytes = 1024;
    auto opened = file_wal::open(o);
    wal_ = std::move(opened.wal);
    return wal_ ? &*wal_ : nullptr;
  }
  void close() { wal_.reset(); }

private:
  std::unique_ptr<temporary_directory> directory_ = std::make_unique<temporary_directory>();
  std::optional<file_wal> wal_{};
};

// It lasts no longer than its place, which can therefore neither close it nor cut its power.
class least_place {
public:
  test::least_storage<>* open() { return storage_.get(); }

private:
  std::unique_ptr<test::least_storage<>> storage_ =
      std::make_unique<test::least_storage<>>(store_identity{cluster_id{7}, node_id{3}, {}, incarnation_id{1}});
};

TEST_CASE("every storage that there is keeps its laws") {
  test::keeps_its_laws(check_storage<memory>({.lives = 200}));
  test::keeps_its_laws(check_storage([] { return disk_place{}; }, {.lives = 150, .steps = 120, .scripts = 8}));
  test::keeps_its_laws(check_storage([] { return directory_place{}; }, {.lives = 10, .steps = 30}));
  test::keeps_its_laws(check_storage([] { return least_place{}; }, {.lives = 50, .steps = 120}));
}

TEST_CASE("what a place or a storage cannot do is told as not tried") {
  auto const untried = [](check::conformance const& c, check::storage_law l) {
    return std::ranges::count(c.untried, name_of(l)) == 1;
  };
  for (auto const l : {check::storage_law::installs_show_at_once, check::storage_law::installs_keep_what_stays,
                       check::storage_law::installs_are_whole}) {
    CHECK(untried(check_storage([] { return least_place{}; }, {.lives = 1}), l));
    CHECK(!untried(check_storage<memory>({.lives = 1}), l));
  }
  CHECK(check_storage([] { return disk_place{}; }, {.lives = 1, .scripts = 1}).untried.empty());
  CHECK(check_storage<memory>({.lives = 1}).untried.size() == 3); // its operations do not fail
  CHECK(check_storage([] { return least_place{}; }, {.lives = 1}).untried.size() > 6);
}

} // namespace
} // namespace quorate
