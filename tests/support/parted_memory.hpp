// A memory storage whose sync has parts, and takes as long as the test says.
#pragma once

#include "quorate/storage/memory.hpp"

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <utility>

namespace quorate::test {

// What the disk does: syncs end as they are let through, one each.
class gate {
public:
  void let_through() {
    std::scoped_lock const lock{mutex_};
    ++allowed_;
    changed_.notify_all();
  }
  void pass() {
    std::unique_lock lock{mutex_};
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return allowed_ > 0; });
    --allowed_, --waiting_;
  }
  // Until a sync waits.
  void await() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return waiting_ > 0; });
  }

private:
  std::mutex mutex_{};
  std::condition_variable changed_{};
  int allowed_ = 0, waiting_ = 0;
};

class parted_memory : public memory {
public:
  explicit parted_memory(gate& g, memory_options const& o = {}) : memory{o}, gate_{&g} {}

  struct pending_sync {
    sync_order order;
    gate* until;
    void wait() noexcept { until->pass(); }
  };
  std::optional<pending_sync> prepare(sync_order order) {
    ++prepared;
    if (prepare_fails) return std::nullopt;
    return pending_sync{std::move(order), gate_};
  }
  std::optional<durable> finish(pending_sync p) {
    if (finish_fails) return std::nullopt;
    return memory::sync(std::move(p.order));
  }

  bool prepare_fails = false, finish_fails = false;
  std::size_t prepared = 0;

private:
  gate* gate_;
};
static_assert(parted_storage<parted_memory> && !parted_storage<memory>);

} // namespace quorate::test
