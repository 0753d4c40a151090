// `kv demo`: three nodes on this machine, a load, the leader's sudden death; and then every acknowledged key
// is asked for.
#pragma once

#include "cluster.hpp"
#include "demo_load.hpp"
#include "interrupt.hpp"
#include "options.hpp"

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

namespace kv {

class demo {
public:
  static constexpr std::size_t keys = 20000;

  explicit demo(protocol p) : nodes_{own_path(), {"--protocol", name_of(p)}} {}

  // Returns the exit status: 0 only if nothing acknowledged is missing or wrong.
  int run() {
    try {
      return play();
    } catch (was_interrupted const&) {
      std::puts("\ninterrupted; everything is cleaned up");
      return 130;
    } catch (std::runtime_error const& e) {
      std::printf("\nkv demo: %s\n", e.what());
      nodes_.show_logs();
      return 1;
    }
  }

private:
  using clock = std::chrono::steady_clock;
  using milliseconds = std::chrono::milliseconds;
  struct was_interrupted {};
  struct reading {
    std::size_t right = 0;
    std::size_t missing = 0;
    std::size_t wrong = 0;
    std::size_t unknown_there = 0; // written, though nobody knew
  };

  static void look_out() {
    if (interrupted()) throw was_interrupted{};
  }
  static long long since(clock::time_point t) {
    return std::chrono::duration_cast<milliseconds>(clock::now() - t).count();
  }

  std::size_t await_leader() {
    auto const found = nodes_.leader(milliseconds{15000}, interrupted);
    look_out();
    if (!found) throw std::runtime_error{"no node leads after 15 seconds"};
    return *found;
  }

  int play() {
    std::puts("three nodes, three directories; starting");
    nodes_.start_all();
    auto const first = await_leader();
    std::printf("node %zu leads\n", first + 1);
    std::fflush(stdout);
    demo_load load{nodes_, keys};
    follow(load, keys / 2);
    lose(load, first);
    follow(load, keys);
    load.join();
    look_out();
    if (!load.complaint().empty()) throw std::runtime_error{"a write was answered: " + load.complaint()};
    auto const gap = std::chrono::duration_cast<milliseconds>(load.longest_gap()).count();
    restart(first);
    stop_and_start();
    return report(load, first, gap);
  }

  // Shows how far the load is, until so many keys have an answer.
  void follow(demo_load const& load, std::size_t until) {
    std::pair moved{load.acknowledged(), clock::now()};
    for (std::size_t shown = 0;; std::this_thread::sleep_for(milliseconds{10})) {
      look_out();
      auto const answered = load.acknowledged() + load.unknown();
      bool const there = answered >= until || load.done();
      if (!there && since(last_line_) < 250 && answered < shown + keys / 10) continue;
      if (load.acknowledged() != moved.first) moved = {load.acknowledged(), clock::now()};
      if (since(moved.second) > 20000) throw std::runtime_error{"no write has succeeded for 20 seconds"};
      shown = answered;
      last_line_ = clock::now();
      std::printf("  %6zu of %zu acknowledged, %zu refused and tried elsewhere, %zu unknown\n",
                  load.acknowledged(), keys, load.refused(), load.unknown());
      std::fflush(stdout);
      if (there) return;
    }
  }

  void lose(demo_load& load, std::size_t leader) {
    load.watch_for_a_gap();
    auto const then = clock::now();
    nodes_.kill(leader);
    std::printf("node %zu is killed (SIGKILL)\n", leader + 1);
    next_leader_ = await_leader();
    std::printf("node %zu leads, %lld ms later\n", next_leader_ + 1, since(then));
    std::fflush(stdout);
  }

  void restart(std::size_t node) {
    auto const then = clock::now();
    nodes_.start(node);
    std::printf("node %zu is started again\n", node + 1);
    auto const leader = await_leader();
    client at_leader;
    client at_node;
    for (;; std::this_thread::sleep_for(milliseconds{10})) {
      look_out();
      if (since(then) > 15000)
        throw std::runtime_error{"the node that was killed has not caught up in 15 seconds"};
      if (!at_leader.connected() && !at_leader.connect(nodes_.port(leader))) continue;
      if (!at_node.connected() && !at_node.connect(nodes_.port(node))) continue;
      auto const wanted = as_number(ask_info(at_leader, "commit_index"));
      if (wanted > 0 && as_number(ask_info(at_node, "applied_index")) >= wanted) break;
    }
    caught_up_ = since(then);
    std::printf("node %zu has caught up, %lld ms later\n", node + 1, caught_up_);
  }

  void stop_and_start() {
    std::puts("all three are stopped (SIGTERM)");
    if (!nodes_.stop_all(milliseconds{10000})) throw std::runtime_error{"a node did not shut down cleanly"};
    look_out();
    nodes_.start_all();
    std::printf("and started again; node %zu leads\n", await_leader() + 1);
    std::fflush(stdout);
  }

  reading read_all(demo_load const& load, std::size_t node) {
    reading found;
    client c{milliseconds{10000}};
    if (!c.connect(nodes_.port(node)))
      throw std::runtime_error{"node " + std::to_string(node + 1) + " is not there"};
    constexpr std::size_t together = 200;
    for (std::size_t first = 0; first < keys; first += together) {
      look_out();
      for (auto i = first; i < first + together; ++i) c.put({"GET", demo_load::key(i)});
      c.flush();
      for (auto i = first; i < first + together; ++i) {
        auto const r = c.read();
        if (!r || r->kind == reply::type::error)
          throw std::runtime_error{"node " + std::to_string(node + 1) + " does not answer: " + (r ? r->text : "")};
        bool const there = r->kind == reply::type::bulk;
        bool const acknowledged = load.of(i) == told::ok;
        if (there && r->text != demo_load::value(i))
          ++found.wrong;
        else if (there)
          ++(acknowledged ? found.right : found.unknown_there);
        else if (acknowledged)
          ++found.missing;
      }
    }
    return found;
  }

  int report(demo_load const& load, std::size_t first, long long gap) {
    std::printf("\nkeys acknowledged             %6zu\n", load.acknowledged());
    std::printf("refused and tried elsewhere   %6zu\n", load.refused());
    std::printf("fate unknown to the client    %6zu\n", load.unknown());
    std::printf("leader before, after the kill node %zu, node %zu\n", first + 1, next_leader_ + 1);
    std::printf("no write succeeded for        %6lld ms\n", gap);
    std::printf("caught up after the restart   %6lld ms\n\n", caught_up_);
    std::puts("read back from    right  missing    wrong  unknown, but there");
    bool well = load.acknowledged() + load.unknown() == keys;
    for (std::size_t i = 0; i < cluster::size; ++i) {
      auto const r = read_all(load, i);
      std::printf("node %zu          %7zu  %7zu  %7zu  %7zu\n", i + 1, r.right, r.missing, r.wrong,
                  r.unknown_there);
      well = well && r.missing == 0 && r.wrong == 0 && r.right == load.acknowledged();
    }
    well = nodes_.stop_all(milliseconds{10000}) && well;
    std::printf("\n%s (%.1f seconds)\n",
                well ? "nothing acknowledged is missing or wrong" : "THIS IS NOT AS IT SHOULD BE",
                static_cast<double>(since(began_)) / 1000);
    return well ? 0 : 1;
  }

  cluster nodes_;
  clock::time_point began_ = clock::now();
  clock::time_point last_line_{};
  std::size_t next_leader_ = 0;
  long long caught_up_ = 0;
};

inline int run_demo(protocol p) {
  watch_for_interrupts();
  try {
    return demo{p}.run();
  } catch (std::runtime_error const& e) { // of the cluster's making
    std::printf("kv demo: %s\n", e.what());
    return 1;
  }
}

} // namespace kv
