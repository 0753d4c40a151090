// The loop of a node on an io_context: sockets, timers, and one sync in flight beside them.
#pragma once

#include "quorate/replica/replica.hpp"
#include "quorate/replica/sync_thread.hpp"
#include "quorate/transport/tcp_options.hpp"

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>

#include <chrono>
#include <type_traits>
#include <utility>

namespace quorate {

// A program's loop is these three, with its own work between them:
//
//   node_loop loop{io, replica, storage};
//   while (!replica.stopped()) {
//     loop.hear();
//     auto const next = loop.turn(wire_of<node>::sender(net, r), machine);
//     if (!next.pending) loop.rest(next);
//   }
//
// What is heard while a sync is under way is taken, written and sent to the peers; it shares the next sync. A
// snapshot's seal is waited for beside the turns, too. A storage without a sync in parts (policy/storage.hpp)
// blocks in turn(), as replica::turn does; so does a snapshot store without a seal in parts. One thread calls all
// of it, the one that runs the io_context. Replica's time is std::chrono::steady_clock's. End in this order: the
// loop, which waits for its sync; the transport; the replica; the storage.
template <class Replica>
class node_loop {
public:
  using clock = std::chrono::steady_clock;
  using storage_type = typename Replica::storage_type;

  node_loop(asio::io_context& io, Replica& replica, storage_type& storage)
      : io_{io}, replica_{replica}, disk_{storage, [&io] { asio::post(io, [] {}); }}, seals_{[&io] {
          asio::post(io, [] {});
        }} {}

  // What has come to the sockets, and what may go: before timers are looked at, so that a process that was paused
  // does not campaign against a leader that is alive. At most 512 handlers and 2 ms.
  void hear() {
    auto const until = clock::now() + std::chrono::milliseconds{2};
    for (int i = 0; i < 512 && io_.poll_one() != 0 && clock::now() < until; ++i) {}
  }

  // The turn of what was heard and of what has expired: what need not wait for a sync leaves before it begins,
  // what waited for the last one leaves once it has ended.
  template <class Send, class Machine>
  turn_result<typename Replica::time> turn(Send&& send, Machine&& machine) {
    end_sync();
    replica_.collect(clock::now(), send);
    if (!disk_.busy())
      if (auto order = replica_.start_sync()) disk_.begin(std::move(*order));
    end_sync();
    see_to_seals();
    replica_.release(send, machine);
    return replica_.next();
  }

  // Until a handler has run, the next deadline has come or a sync has ended.
  void rest(turn_result<typename Replica::time> const& next) {
    if (next.deadline)
      io_.run_one_until(*next.deadline);
    else
      io_.run_one();
  }

private:
  void end_sync() {
    if (!disk_.ended()) return;
    if (auto const d = disk_.take())
      replica_.synced(*d);
    else
      replica_.stop();
  }

  // A snapshot's seal waits for the disk, too.
  void see_to_seals() {
    if constexpr (has_snapshots) {
      if (seals_.ended()) replica_.sealed(seals_.take());
      if (!seals_.busy())
        if (auto seal = replica_.start_seal()) seals_.begin(std::move(*seal));
    }
  }

  static constexpr bool has_snapshots = !std::is_same_v<typename Replica::snapshots_type, no_snapshots>;

  asio::io_context& io_;
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()}; // or it would not wait
  Replica& replica_;
  sync_thread<storage_type> disk_;
  wait_thread<typename pending_seal_of<typename Replica::snapshots_type>::type> seals_;
};

} // namespace quorate
