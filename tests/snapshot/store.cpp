// The laws of snapshot stores, held by every one that there is; and for each law a careless store that breaks just
// that and is told so.
#include "quorate/conform/snapshot_store.hpp"

#include "places.hpp"
#include "quorate/snapshot/fixed_snapshots.hpp"
#include "quorate/snapshot/memory_snapshots.hpp"
#include "storage/wal_directory.hpp"
#include "support/breaks_just.hpp"

#include <doctest/doctest.h>

namespace quorate {
namespace {

using check::check_snapshot_store;
using check::snapshot_law;

class folder_place {
public:
  folder_snapshots* open() {
    auto opened = folder_snapshots::open({*directory_ / "snapshots", cluster_id{7}});
    store_ = std::move(opened.store);
    return store_ ? &*store_ : nullptr;
  }
  void close() { store_.reset(); }

private:
  std::unique_ptr<temporary_directory> directory_ = std::make_unique<temporary_directory>();
  std::optional<folder_snapshots> store_{};
};

// Firmware's, in memory that outlives its program.
struct kept_memory {
  fixed_snapshots<6U << 10, 64> store{};
  fixed_snapshots<6U << 10, 64>* open() { return &store; }
  void close() { store.reopen(); }
};

TEST_CASE("every snapshot store that there is keeps its laws") {
  test::keeps_its_laws(check_snapshot_store<memory_snapshots>());
  test::keeps_its_laws(check_snapshot_store([] { return test::snapshot_disk_place{}; }, {.lives = 150}));
  test::keeps_its_laws(check_snapshot_store([] { return folder_place{}; }, {.lives = 8, .steps = 20}));
  test::keeps_its_laws(check_snapshot_store([] { return kept_memory{}; }, {.lives = 20, .steps = 10}));
}
TEST_CASE("what a place cannot do is told as not tried") {
  CHECK(check_snapshot_store([] { return test::snapshot_disk_place{}; }, {.lives = 1, .scripts = 1})
            .untried.empty());
  CHECK(check_snapshot_store<memory_snapshots>({.lives = 1}).untried.size() == 2); // its operations do not fail
  CHECK(check_snapshot_store([] { return folder_place{}; }, {.lives = 1}).untried.size() == 6);
}

} // namespace
} // namespace quorate
