// A thread that waits for a disk, so that a node's own thread need not.
#pragma once

#include "quorate/core/config.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace quorate {

// One `Pending` at a time: its wait() is called on the other thread, and it comes back. All is called on one
// thread, the owner's. The thread begins with the first one.
template <class Pending>
class wait_thread {
public:
  // `ended`: a wait has ended, and take() gives it. Called on the other thread; it must do no more than wake
  // whoever calls take().
  explicit wait_thread(std::function<void()> ended) : tell_{std::move(ended)} {}
  wait_thread(wait_thread const&) = delete;
  wait_thread& operator=(wait_thread const&) = delete;
  // Waits for what is under way.
  ~wait_thread() {
    if (!thread_.joinable()) return;
    {
      std::scoped_lock const lock{mutex_};
      over_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }

  // One has begun and is not taken yet.
  bool busy() const { return pending_.has_value(); }
  // ... and its wait has ended.
  bool ended() const {
    if (!busy()) return false;
    std::scoped_lock const lock{mutex_};
    return !waiting_;
  }
  // Precondition: not busy().
  void begin(Pending p) {
    QUORATE_ASSERT(!busy(), "wait_thread: one wait is under way, and only one may be at a time");
    if (!thread_.joinable()) thread_ = std::thread{[this] { run(); }};
    {
      std::scoped_lock const lock{mutex_};
      pending_.emplace(std::move(p));
      waiting_ = true;
    }
    changed_.notify_one();
  }
  // Precondition: ended().
  Pending take() {
    QUORATE_ASSERT(ended(), "wait_thread: no wait has ended");
    auto p = std::move(*pending_);
    pending_.reset();
    return p;
  }

private:
  void run() {
    for (std::unique_lock lock{mutex_};;) {
      changed_.wait(lock, [&] { return waiting_ || over_; });
      if (!waiting_) return;
      auto& p = *pending_; // nobody else touches it until waiting_ is false
      lock.unlock();
      p.wait();
      lock.lock();
      waiting_ = false;
      lock.unlock();
      tell_();
      lock.lock();
    }
  }

  std::function<void()> tell_;
  mutable std::mutex mutex_{};
  std::condition_variable changed_{};
  bool waiting_ = false; // the thread waits for `pending_`, or is about to
  bool over_ = false;
  std::optional<Pending> pending_{};
  std::thread thread_{};
};

} // namespace quorate
