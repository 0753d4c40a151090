// Three processes of kv under writers and readers at random nodes, while a random node is hit every three seconds:
// SIGKILL and a restart, or SIGSTOP for two seconds. Nothing acknowledged may be missing afterwards, nothing
// refused may have happened, and no read may go back behind what was acknowledged or read before it was sent.
//
//   kv_faults PROGRAM PROTOCOL [SECONDS] [SEED]
#include "../../examples/kv/cluster.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;
using clock_type = std::chrono::steady_clock;

constexpr std::size_t counters = 3;
std::string counter_name(std::size_t i) { return "counter:" + std::to_string(i); }

// What the clients know of one counter.
struct counter_record {
  std::atomic<std::int64_t> floor{0}; // the highest value acknowledged or read
  std::atomic<std::int64_t> acknowledged{0};
  std::atomic<std::int64_t> unknown{0}; // may or may not have happened
  std::mutex mutex{};
  std::set<std::int64_t> returned{}; // by INCR: no value twice

  void raise(std::int64_t value) {
    for (auto seen = floor.load(); seen < value && !floor.compare_exchange_weak(seen, value);) {}
  }
};

class trial {
public:
  trial(std::string program, std::string protocol, std::uint64_t seed)
      : cluster_{std::move(program), {"--protocol", std::move(protocol), "--snapshot-bytes", "20000"}},
        random_{seed} {}

  // The number of violations.
  int run(std::chrono::seconds length) {
    cluster_.start_all();
    if (!cluster_.leader(20s)) return fail("no leader within 20 seconds of the start"), 1;
    std::vector<std::jthread> threads;
    for (std::uint64_t i = 0; i < 4; ++i) threads.emplace_back([this, i, s = random_()] { write(i, s); });
    for (int i = 0; i < 2; ++i) threads.emplace_back([this, s = random_()] { read(s); });
    disturb(clock_type::now() + length);
    done_ = true;
    threads.clear();
    check();
    if (violations_ > 0) cluster_.show_logs();
    return violations_;
  }

private:
  void disturb(clock_type::time_point until) {
    for (int hits = 1; clock_type::now() + 3s < until; ++hits) {
      std::this_thread::sleep_for(1s);
      auto const victim = static_cast<std::size_t>(random_() % kv::cluster::size);
      bool const dies = random_() % 2 == 0;
      auto const leads = cluster_.leader(2s);
      std::printf("hit %d: %s node %zu%s; %lld acknowledged, %lld unknown\n", hits, dies ? "kill" : "pause",
                  victim + 1, leads == victim ? ", the leader" : "", static_cast<long long>(acknowledged_.load()),
                  static_cast<long long>(unknown_.load()));
      std::fflush(stdout);
      if (dies) {
        cluster_.kill(victim);
        std::this_thread::sleep_for(1s);
        cluster_.start(victim);
        std::this_thread::sleep_for(1s);
      } else {
        cluster_.node(victim).signal(SIGSTOP);
        std::this_thread::sleep_for(2s);
        cluster_.node(victim).signal(SIGCONT);
      }
    }
  }

  // A connection to a random node, kept for a while.
  bool visit(kv::client& c, std::mt19937_64& random) {
    if (c.connected() && random() % 50 != 0) return true;
    if (c.connect(cluster_.port(random() % kv::cluster::size))) return true;
    std::this_thread::sleep_for(10ms);
    return false;
  }

  void write(std::uint64_t writer, std::uint64_t seed) {
    std::mt19937_64 random{seed};
    kv::client c{4s};
    for (std::uint64_t n = 0; !done_; ++n) {
      if (!visit(c, random)) continue;
      if (n % 2 == 0)
        increment(c, random);
      else
        set(c, "set:" + std::to_string(writer) + ":" + std::to_string(n));
    }
  }
  void increment(kv::client& c, std::mt19937_64& random) {
    auto const i = static_cast<std::size_t>(random() % counters);
    auto& record = counters_[i];
    auto const before = record.floor.load();
    auto const r = c.call({"INCR", counter_name(i)});
    if (happened(r) != known) {
      if (happened(r) == unclear) ++record.unknown, ++unknown_;
      return;
    }
    ++record.acknowledged;
    ++acknowledged_;
    if (r->integer <= before)
      fail("INCR went back: " + std::to_string(r->integer) + " after " + std::to_string(before));
    record.raise(r->integer);
    std::lock_guard const hold{record.mutex};
    if (!record.returned.insert(r->integer).second) fail("two INCRs returned " + std::to_string(r->integer));
  }
  void set(kv::client& c, std::string const& key) {
    auto const r = c.call({"SET", key, key});
    if (happened(r) == unclear) ++unknown_;
    if (happened(r) != known) return;
    ++acknowledged_;
    std::lock_guard const hold{mutex_};
    sets_.push_back(key);
  }

  void read(std::uint64_t seed) {
    std::mt19937_64 random{seed};
    kv::client c{4s};
    while (!done_) {
      if (!visit(c, random)) continue;
      auto const i = static_cast<std::size_t>(random() % counters);
      auto& record = counters_[i];
      auto const before = record.floor.load();
      auto const r = c.call({"GET", counter_name(i)});
      if (!r || r->is_error()) continue;
      ++reads_;
      auto const value = r->kind == kv::reply::type::nil ? 0 : std::atoll(r->text.c_str());
      if (value < before)
        fail("a stale read: " + std::to_string(value) + " after " + std::to_string(before) + " was known");
      record.raise(value);
    }
  }

  enum certainty { known, refused, unclear };
  static certainty happened(std::optional<kv::reply> const& r) {
    if (!r) return unclear;
    if (!r->is_error()) return known;
    return r->is_error("CLUSTERDOWN") ? refused : unclear;
  }

  void check() {
    std::printf("checking: %lld writes acknowledged, %lld unknown, %lld reads\n",
                static_cast<long long>(acknowledged_.load()), static_cast<long long>(unknown_.load()),
                static_cast<long long>(reads_.load()));
    if (acknowledged_ < 200 || reads_ < 100) fail("too little happened for the trial to mean anything");
    if (!cluster_.leader(20s)) return fail("no leader within 20 seconds after the faults");
    for (std::size_t node = 0; node < kv::cluster::size; ++node) {
      kv::client c{20s};
      if (!c.connect(cluster_.port(node))) {
        fail("node " + std::to_string(node + 1) + " does not answer");
        continue;
      }
      for (std::size_t i = 0; i < counters; ++i) check_counter(c, node, i);
      check_sets(c, node);
    }
    check_snapshots();
    if (!cluster_.stop_all(10s)) fail("a node did not stop cleanly");
  }
  // Each node has saved its state again and again, and its log is short.
  void check_snapshots() {
    for (std::size_t node = 0; node < kv::cluster::size; ++node) {
      kv::client c{20s};
      auto const told = [&](char const* name) {
        return c.connected() || c.connect(cluster_.port(node))
                   ? kv::as_number(kv::ask_info(c, name, "persistence"))
                   : 0;
      };
      auto const at = told("snapshot_index"), first = told("log_first_index"), last = told("log_last_index");
      std::printf("node %zu: a snapshot at %llu, the log from %llu to %llu\n", node + 1,
                  static_cast<unsigned long long>(at), static_cast<unsigned long long>(first),
                  static_cast<unsigned long long>(last));
      if (at == 0) fail("a node has no snapshot");
    }
  }
  void check_counter(kv::client& c, std::size_t node, std::size_t i) {
    auto const r = c.call({"GET", counter_name(i)});
    auto const least = counters_[i].acknowledged.load();
    auto const most = least + counters_[i].unknown.load();
    auto const value = r && r->kind == kv::reply::type::bulk ? std::atoll(r->text.c_str()) : -1;
    std::printf("node %zu: %s is %lld, acknowledged %lld, at most %lld\n", node + 1, counter_name(i).c_str(),
                value, static_cast<long long>(least), static_cast<long long>(most));
    if (value < least || value > most) fail("a counter is wrong");
  }
  void check_sets(kv::client& c, std::size_t node) {
    std::size_t wrong = 0;
    for (std::size_t from = 0; from < sets_.size(); from += 256) {
      auto const to = std::min(sets_.size(), from + 256);
      for (auto i = from; i < to; ++i) c.put({"GET", sets_[i]});
      (void)c.flush();
      for (auto i = from; i < to; ++i) {
        auto const r = c.read();
        if (!r || r->text != sets_[i]) ++wrong;
      }
    }
    if (wrong > 0)
      fail("node " + std::to_string(node + 1) + ": " + std::to_string(wrong) + " of " +
           std::to_string(sets_.size()) + " acknowledged SETs are missing or wrong");
  }

  void fail(std::string const& what) {
    if (++violations_ <= 20) std::printf("VIOLATION: %s\n", what.c_str());
  }

  kv::cluster cluster_;
  std::mt19937_64 random_;
  std::atomic<bool> done_{false};
  std::atomic<int> violations_{0};
  std::atomic<std::int64_t> acknowledged_{0}, unknown_{0}, reads_{0};
  counter_record counters_[counters]{};
  std::mutex mutex_{};
  std::vector<std::string> sets_{};
};

} // namespace

int main(int argc, char** argv) {
  if (argc < 3 || argc > 5) {
    std::fputs("usage: kv_faults PROGRAM PROTOCOL [SECONDS] [SEED]\n", stderr);
    return 2;
  }
  auto const seconds = std::chrono::seconds{argc > 3 ? std::atoi(argv[3]) : 30};
  auto const seed = argc > 4 ? std::strtoull(argv[4], nullptr, 10) : std::random_device{}();
  std::printf("%s, seed %llu, %lld seconds\n", argv[2], static_cast<unsigned long long>(seed),
              static_cast<long long>(seconds.count()));
  try {
    trial t{argv[1], argv[2], seed};
    auto const violations = t.run(seconds);
    std::printf("%s\n", violations == 0 ? "nothing lost, nothing invented, nothing stale" : "FAILED");
    return violations == 0 ? 0 : 1;
  } catch (std::exception const& e) {
    std::fprintf(stderr, "kv_faults: %s\n", e.what());
    return 1;
  }
}
