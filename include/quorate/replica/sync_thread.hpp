// A thread that waits for syncs, so that a node's own thread need not: heartbeats, reads and further appends go on
// meanwhile. For any storage; one whose sync has no parts (policy/storage.hpp) is synced at once, on the caller's
// thread.
#pragma once

#include "quorate/policy/storage.hpp"
#include "quorate/replica/wait_thread.hpp"

#include <functional>
#include <optional>
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
  sync_thread(Storage& s, std::function<void()> ended) : storage_{s}, thread_{std::move(ended)} {}

  // A sync has begun and is not taken yet.
  bool busy() const { return busy_; }
  // ... and it has ended. One that could not begin has, too.
  bool ended() const { return busy_ && (!thread_.busy() || thread_.ended()); }

  // Precondition: not busy().
  void begin(sync_order order) {
    QUORATE_ASSERT(!busy_, "sync_thread: a sync is under way, and only one may be at a time");
    busy_ = true;
    if constexpr (parted_storage<Storage>) {
      if (auto prepared = storage_.prepare(std::move(order))) thread_.begin(std::move(*prepared));
    } else {
      done_ = storage_.sync(std::move(order));
    }
  }

  // How it ended; nothing: it has failed, and the storage says why. Precondition: ended().
  std::optional<durable> take() {
    QUORATE_ASSERT(ended(), "sync_thread: no sync has ended");
    busy_ = false;
    if constexpr (parted_storage<Storage>)
      if (thread_.busy()) return storage_.finish(thread_.take());
    return std::exchange(done_, std::nullopt);
  }

private:
  Storage& storage_;
  bool busy_ = false;
  std::optional<durable> done_{}; // of a storage without parts
  wait_thread<typename pending_of<Storage>::type> thread_;
};

} // namespace quorate
