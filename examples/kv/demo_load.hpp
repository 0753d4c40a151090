// The load of `kv demo`: keys written by ordinary clients at random nodes, with a record of what each was told.
#pragma once

#include "client.hpp"
#include "cluster.hpp"
#include "interrupt.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace kv {

enum class told : std::uint8_t {
  nothing, // not yet written
  ok,
  unknown, // -UNKNOWN, or the connection broke before the reply
};

class demo_load {
public:
  using clock = std::chrono::steady_clock;
  static constexpr std::size_t writers = 4;
  static constexpr std::size_t pipelined = 16;

  // Begins at once.
  demo_load(cluster const& c, std::size_t keys) : cluster_{c}, told_(keys, told::nothing) {
    for (std::size_t w = 0; w < writers; ++w)
      threads_.emplace_back([this, w] { write(w * told_.size() / writers, (w + 1) * told_.size() / writers, w); });
  }
  demo_load(demo_load const&) = delete;
  demo_load& operator=(demo_load const&) = delete;
  ~demo_load() {
    give_up_ = true;
    join();
  }

  static std::string key(std::size_t i) { return "key:" + std::to_string(i); }
  static std::string value(std::size_t i) { return "the value of " + key(i); }

  std::size_t acknowledged() const { return acknowledged_; }
  std::size_t refused() const { return refused_; }
  std::size_t unknown() const { return unknown_; }
  std::size_t keys() const { return told_.size(); }
  bool done() const { return running_ == 0; }
  void join() {
    for (auto& t : threads_)
      if (t.joinable()) t.join();
  }
  // What the writer of a key was told. Precondition: joined.
  told of(std::size_t i) const { return told_[i]; }
  // An answer that no write should get; empty if there was none. Precondition: joined.
  std::string const& complaint() const { return complaint_; }

  // From now on the longest time without a success is measured.
  void watch_for_a_gap() {
    std::lock_guard const lock{gap_mutex_};
    watching_ = true;
    longest_ = {};
  }
  clock::duration longest_gap() const {
    std::lock_guard const lock{gap_mutex_};
    return longest_;
  }

private:
  using connections = std::array<client, cluster::size>;

  // The keys from `first` up to `end`. What is refused goes back to the end of the line, to be tried at
  // another node.
  void write(std::size_t first, std::size_t end, std::size_t seed) {
    std::minstd_rand random{static_cast<std::uint32_t>(seed + 1)};
    connections nodes;
    std::vector<std::size_t> todo;
    for (auto i = end; i-- > first;) todo.push_back(i);
    while (!todo.empty() && !give_up_ && !interrupted()) {
      auto const n = random() % cluster::size;
      if (!nodes[n].connected() && !nodes[n].connect(cluster_.port(n))) {
        std::this_thread::sleep_for(std::chrono::milliseconds{2});
        continue; // nobody is there: another may be
      }
      std::vector<std::size_t> batch;
      for (; batch.size() < pipelined && !todo.empty(); todo.pop_back()) batch.push_back(todo.back());
      send(nodes[n], batch, todo);
    }
    --running_;
  }

  void send(client& node, std::vector<std::size_t> const& batch, std::vector<std::size_t>& todo) {
    for (auto const i : batch) node.put({"SET", key(i), value(i)});
    node.flush();
    std::size_t ok = 0;
    for (auto const i : batch) {
      auto const answer = node.read(); // nothing once the connection is gone
      if (answer && answer->is_ok()) {
        told_[i] = told::ok;
        ++ok;
      } else if (answer && answer->is_error("CLUSTERDOWN")) {
        ++refused_;
        todo.insert(todo.begin(), i);
      } else {
        if (answer && !answer->is_error("UNKNOWN")) complain(answer->text);
        told_[i] = told::unknown;
        ++unknown_;
      }
    }
    if (ok > 0) succeeded(ok);
  }

  void succeeded(std::size_t n) {
    acknowledged_ += n;
    std::lock_guard const lock{gap_mutex_};
    auto const now = clock::now();
    if (watching_ && now - last_success_ > longest_) longest_ = now - last_success_;
    last_success_ = now;
  }
  void complain(std::string const& text) {
    std::lock_guard const lock{gap_mutex_};
    complaint_ = text.empty() ? "an answer of a strange kind" : text;
  }

  cluster const& cluster_;
  std::vector<told> told_; // each element is one writer's own
  std::atomic<std::size_t> acknowledged_{0};
  std::atomic<std::size_t> refused_{0};
  std::atomic<std::size_t> unknown_{0};
  std::atomic<std::size_t> running_{writers};
  std::atomic<bool> give_up_{false};
  mutable std::mutex gap_mutex_;
  bool watching_ = false;
  clock::time_point last_success_ = clock::now();
  clock::duration longest_{};
  std::string complaint_;
  std::vector<std::thread> threads_;
};

} // namespace kv
