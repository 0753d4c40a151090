// A thread that waits for syncs, so that a node's own thread need not: heartbeats, reads and further appends go on
// meanwhile. For any storage; one whose sync has no parts (policy/storage.hpp) is synced at once, on the caller's
// thread.
#pragma once

#include "quorate/policy/storage.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace quorate {

// One sync at a time. All but `ended` is called on one thread, the storage's.
//
//   sync_thread disk{storage, [&] { wake my loop; }};      // called on the other thread
//   auto const end_sync = [&] {
//     if (!disk.ended()) return;
//     if (auto const d = disk.take()) replica.synced(*d); else replica.stop();
//   };
//   end_sync();                                            // a turn
//   replica.collect(now, send);
//   if (!disk.busy())
//     if (auto order = replica.start_sync()) disk.begin(std::move(*order));
//   end_sync();                                            // it may have ended at once, and then nobody is woken
//   replica.release(send, machine);
template <storage Storage>
class sync_thread {
public:
  // `ended`: a sync has ended, and take() says how. It must do no more than wake whoever calls take().
  sync_thread(Storage& s, std::function<void()> ended) : storage_{s}, tell_{std::move(ended)} {}
  sync_thread(sync_thread const&) = delete;
  sync_thread& operator=(sync_thread const&) = delete;
  // Waits for the sync that is under way.
  ~sync_thread() {
    if (!thread_.joinable()) return;
    {
      std::scoped_lock const lock{mutex_};
      over_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }

  // A sync has begun and is not taken yet.
  bool busy() const { return busy_; }
  // ... and it has ended.
  bool ended() const {
    if constexpr (parted) {
      if (!busy_) return false;
      std::scoped_lock const lock{mutex_};
      return !waiting_;
    } else {
      return busy_;
    }
  }

  // Precondition: not busy().
  void begin(sync_order order) {
    QUORATE_ASSERT(!busy_, "sync_thread: a sync is under way, and only one may be at a time");
    busy_ = true;
    if constexpr (parted) {
      auto prepared = storage_.prepare(std::move(order));
      if (!prepared) return; // take() says so
      if (!thread_.joinable()) thread_ = std::thread{[this] { run(); }};
      {
        std::scoped_lock const lock{mutex_};
        pending_.emplace(std::move(*prepared));
        waiting_ = true;
      }
      changed_.notify_one();
    } else {
      done_ = storage_.sync(std::move(order));
    }
  }

  // How it ended; nothing: it has failed, and the storage says why. Precondition: ended().
  std::optional<durable> take() {
    QUORATE_ASSERT(ended(), "sync_thread: no sync has ended");
    busy_ = false;
    if constexpr (parted) {
      if (!pending_) return std::nullopt;
      auto const d = storage_.finish(std::move(*pending_));
      pending_.reset();
      return d;
    } else {
      return std::exchange(done_, std::nullopt);
    }
  }

private:
  static constexpr bool parted = parted_storage<Storage>;

  void run() {
    for (std::unique_lock lock{mutex_};;) {
      changed_.wait(lock, [&] { return waiting_ || over_; });
      if (!waiting_) return;
      auto& p = *pending_; // nobody else touches it until waiting_ is false
      lock.unlock();
      if constexpr (parted) p.wait();
      lock.lock();
      waiting_ = false;
      lock.unlock();
      tell_();
      lock.lock();
    }
  }

  Storage& storage_;
  std::function<void()> tell_;
  bool busy_ = false;
  std::optional<durable> done_{}; // of a storage without parts
  mutable std::mutex mutex_{};
  std::condition_variable changed_{};
  bool waiting_ = false; // the thread waits for `pending_`, or is about to
  bool over_ = false;
  std::optional<typename pending_of<Storage>::type> pending_{};
  std::thread thread_{};
};

} // namespace quorate
