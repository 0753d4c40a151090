// The storages that replicas are tested on: each can be copied, and then its power cut, so that a test sees what
// would be left.
#pragma once

#include "replica/tripping.hpp"
#include "storage/wal_disk.hpp"

#include "quorate/storage/file_wal.hpp"
#include "quorate/storage/memory.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace quorate::test {

// The write-ahead log on a disk in memory that knows what is durable. A copy is the disk alone: it can be read
// once its power was cut, as a machine that starts again.
class wal_on_disk {
  using file_wal = basic_file_wal<disk_files>;

public:
  explicit wal_on_disk(memory_options const& o) : owner_{o.identity} {
    platter_->random_state += owner_.node.value; // every store gets an identity of its own
    open();
  }
  wal_on_disk(wal_on_disk const& o) : owner_{o.owner_}, platter_{std::make_unique<quorate::disk>(*o.platter_)} {}
  wal_on_disk(wal_on_disk&&) noexcept = default;
  wal_on_disk& operator=(wal_on_disk o) noexcept {
    wal_.reset(); // before the disk that it is on
    owner_ = o.owner_;
    std::swap(platter_, o.platter_);
    std::swap(wal_, o.wal_);
    std::swap(error_, o.error_);
    return *this;
  }

  decltype(auto) log() const { return wal().log(); }
  hard_state hard() const { return wal().hard(); }
  store_identity identity() const { return wal().identity(); }
  std::string failure() const { return wal().failure(); }
  static constexpr std::uint64_t turn_bytes() { return file_wal::turn_bytes(); }
  std::optional<payloads> read(log_index i, std::uint32_t n) { return wal().read(i, n); }
  bool put(entry_run const& run, payloads bytes) { return wal().put(run, bytes); }
  bool put(hard_state const& h) { return wal().put(h); }
  bool truncate(log_index i) { return wal().truncate(i); }
  bool compact(log_index i) { return wal().compact(i); }
  std::optional<durable> sync(sync_order order) {
    platter_->events.clear(); // nobody asks for them, and copies are dear
    return wal().sync(std::move(order));
  }

  // A power cut of the harshest kind: nothing that was not synced is there. What is left is opened again.
  void crash() {
    struct {
      std::uint64_t operator()() const { return 0; }
    } none_kept;
    wal_.reset();
    platter_->heal();
    platter_->crash(none_kept);
    open();
  }
  // False: what the power cut has left is no log any more; a disk that lies may do that.
  bool readable() const { return wal_.has_value(); }
  // To be told what to lie about.
  quorate::disk& platter() { return *platter_; }

private:
  file_wal const& wal() const {
    if (!wal_) FAIL(error_);
    return *wal_;
  }
  file_wal& wal() { return const_cast<file_wal&>(std::as_const(*this).wal()); }
  void open() {
    auto opened = file_wal::open({.directory = "/disk",
                                  .cluster = owner_.cluster,
                                  .node = owner_.node,
                                  .protocol = "test 1",
                                  .segment_bytes = 1U << 12},
                                 disk_files{*platter_});
    wal_ = std::move(opened.wal);
    error_ = opened.error;
  }

  store_identity owner_{};
  std::unique_ptr<quorate::disk> platter_ = std::make_unique<quorate::disk>();
  std::optional<file_wal> wal_{};
  std::string error_{}; // of the last opening
};
static_assert(storage<wal_on_disk>);

} // namespace quorate::test
