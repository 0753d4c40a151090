// Three nodes of kv of which all, the leader or one follower has a slow disk: when the first write is
// acknowledged, how many are in the steady state, and whether the leader stays.
#pragma once

#include "injections.hpp"
#include "leaders.hpp"
#include "progress_plan.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace quorate::test {

// A node makes syncs before it listens: some 15 for a new store, and some 8 for one that there is. They are a part
// of the first row only. The disks of the others become slow later, and the time is counted from then.
inline constexpr int syncs_of_a_new_store = 15;
inline constexpr char const* slow_places[] = {"all nodes", "all nodes, once they listen", "the leader",
                                              "one follower"};

struct slow_row {
  std::string protocol;
  std::string where; // one of slow_places
  milliseconds sync; // added to each

  std::string name() const {
    return "slow disks, " + protocol + ", " + where + ", " + std::to_string(sync.count()) + " ms";
  }
  // For a leader. A new store's syncs come before its node listens.
  milliseconds limit() const { return 4 * T + (where == slow_places[0] ? 6 + syncs_of_a_new_store : 6) * sync; }
  milliseconds request_timeout() const { return milliseconds{3000} + 4 * sync; }
};

struct slow_result {
  double led = none;    // until a leader is known, in T; 0 where there was one
  double first = none;  // write, in T
  double one = 0;       // writes a second of one client
  double sixteen = 0;   // of sixteen together
  double elections = 0; // while these were counted
  double changes = 0;   // of the leader, likewise
};

class slow_trial {
public:
  slow_trial(progress_plan const& plan, slow_row row, dice chance)
      : plan_{plan}, row_{std::move(row)}, chance_{chance},
        nodes_{plan.kv,
               {"--protocol", row_.protocol, "--election-timeout", std::to_string(T.count()), "--heartbeat",
                std::to_string(heartbeat.count()), "--request-timeout",
                std::to_string(row_.request_timeout().count())}} {
    for (std::size_t i = 0; i < nodes_.count(); ++i) {
      nodes_.run_by(i, {"env", "LD_PRELOAD=" + plan_.slow_sync, "SLOW_SYNC=" + time_file(i)});
      ports_.push_back(nodes_.port(i));
    }
  }

  slow_result run() {
    slow_result r;
    auto const begun = row_.where == slow_places[0]   ? start_slow()
                       : row_.where == slow_places[1] ? start_and_slow_all()
                                                      : start_and_slow_one();
    auto const patience = (2 + plan_.room) * row_.limit() + 3 * row_.sync;
    if (row_.where == slow_places[0] || row_.where == slow_places[1])
      r.led = wait_for_leader(begun, patience);
    else
      r.led = 0;
    auto const first = load_->wait_for_answer(begun, patience);
    if (!first) return r;
    r.first = in_T(*first - begun);
    load_.reset();
    pause_for(2 * T + 2 * row_.sync);
    auto const told = leaders_told(nodes_).size();
    auto const elections = elections_told(nodes_, row_.request_timeout());
    r.one = rate(1);
    r.sixteen = rate(16);
    r.elections = static_cast<double>(elections_told(nodes_, row_.request_timeout()) - elections);
    r.changes = static_cast<double>(leaders_told(nodes_).size() - told);
    for (std::size_t i = 0; i < nodes_.count(); ++i)
      if (nodes_.node(i).wait_for(milliseconds{0}))
        throw std::runtime_error{"node " + std::to_string(i + 1) + " has ended: " + content(nodes_.log(i))};
    return r;
  }

private:
  using time_point = load_clock::time_point;

  std::string time_file(std::size_t i) const { return times_.path() + "/" + std::to_string(i + 1); }
  // From its next sync on.
  void slow_down(std::size_t i) const {
    std::ofstream{time_file(i) + ".new"} << row_.sync.count() << '\n';
    std::filesystem::rename(time_file(i) + ".new", time_file(i));
  }
  void ask_everywhere() {
    load_.emplace(
        ports_, load_habits{.clients = ports_.size(), .patience = {T + 4 * row_.sync}, .again = retry::and_back});
  }

  double wait_for_leader(time_point begun, milliseconds patience) const {
    while (leaders_told_so_far(nodes_).size() <= told_before_) {
      if (load_clock::now() - begun > patience) return none;
      pause_for(milliseconds{5});
    }
    return in_T(load_clock::now() - begun);
  }

  time_point start_slow() {
    for (std::size_t i = 0; i < nodes_.count(); ++i) slow_down(i);
    auto const begun = load_clock::now();
    nodes_.start_all();
    ask_everywhere();
    return begun;
  }
  void start_and_listen() {
    nodes_.start_all();
    auto const patience = load_clock::now() + std::chrono::seconds{20};
    for (auto const port : ports_)
      for (kv::client c; !c.connect(port); pause_for(milliseconds{1}))
        if (load_clock::now() > patience) throw std::runtime_error{"a node does not listen within 20 seconds"};
  }
  // Nodes with a store are fast to listen: none of them campaigns before all do.
  time_point start_and_slow_all() {
    start_and_listen();
    for (std::size_t i = 0; i < nodes_.count(); ++i) nodes_.kill(i);
    start_and_listen();
    for (std::size_t i = 0; i < nodes_.count(); ++i) slow_down(i);
    told_before_ = leaders_told_so_far(nodes_).size();
    auto const begun = load_clock::now();
    ask_everywhere();
    return begun;
  }
  time_point start_and_slow_one() {
    nodes_.start_all();
    ask_everywhere();
    if (!load_->wait_for_answer(load_clock::now(), milliseconds{20000}))
      throw std::runtime_error{"no write was acknowledged within 20 seconds, though no disk was slow yet"};
    pause_for(2 * T);
    auto const leader = nodes_.leader(milliseconds{5000});
    if (!leader) throw std::runtime_error{"no leader, though no disk was slow yet"};
    auto const other = (*leader + 1 + static_cast<std::size_t>(chance_(nodes_.count() - 1))) % nodes_.count();
    auto const slow = row_.where == slow_places[2] ? *leader : other;
    slow_down(slow);
    auto const begun = load_clock::now();
    // One client is to ask at a node whose disk is not slow.
    std::rotate(ports_.begin(), ports_.begin() + static_cast<std::ptrdiff_t>(slow + 1), ports_.end());
    return begun;
  }

  double rate(std::size_t clients) {
    auto const span =
        plan_.fast ? std::max(milliseconds{1500}, 3 * row_.sync) : std::max(milliseconds{5000}, 4 * row_.sync);
    load_.emplace(ports_,
                  load_habits{.clients = clients, .patience = {row_.request_timeout() + milliseconds{1000}}});
    auto const begun = load_clock::now();
    pause_for(span);
    auto const ended = load_clock::now();
    auto const seconds = std::chrono::duration<double>(ended - begun).count();
    return static_cast<double>(load_->answered(begun, ended)) / seconds;
  }

  progress_plan const& plan_;
  slow_row row_;
  dice chance_;
  folder times_{"slow"};
  std::vector<std::uint16_t> ports_{};
  std::size_t told_before_ = 0; // leaders, of an earlier life of the nodes
  std::optional<load> load_{};  // outlives the nodes: who is owed an answer by a node that is gone waits no longer
  kv::cluster nodes_;
};

// What is wrong with the medians of a row, or "".
inline std::string slow_verdict(progress_plan const& plan, slow_row const& row, slow_result const& r) {
  if (r.led > in_T(plan.limit(row.limit()))) return "there was no leader in time";
  if (r.first == none) return "no write was acknowledged";
  if (r.one == 0 || r.sixteen == 0) return "no progress in the steady part";
  if (r.changes != 0) return "the leader changed";
  return "";
}

inline std::vector<slow_row> slow_rows(progress_plan const& plan) {
  constexpr int times[] = {0, 50, 150, 250, 400, 700, 1500};
  std::vector<slow_row> all;
  for (auto const* const protocol : protocols)
    for (auto const* const where : slow_places)
      for (int const time : times) all.push_back({protocol, where, milliseconds{time}});
  if (!plan.fast) return all;
  // Six that the seed draws: the last three places once for each protocol, at 250 ms, at 700 ms and at any time.
  auto chance = plan.chance("slow disks", 0);
  std::vector<slow_row> drawn;
  for (auto const* const protocol : protocols) {
    std::vector<int> left{250, 700, times[static_cast<std::size_t>(chance(std::size(times)))]};
    for (auto const* const where : std::span{slow_places}.subspan(1)) {
      auto const at = left.begin() + static_cast<std::ptrdiff_t>(chance(left.size()));
      drawn.push_back({protocol, where, milliseconds{*at}});
      left.erase(at);
    }
  }
  return drawn;
}

inline void judge_slow_disks(progress_plan const& plan, verdicts& v) {
  table t{"Slow disks: three nodes, T = " + std::to_string(T.count()) +
              " ms, each sync takes so many ms more; medians of " + std::to_string(plan.count()),
          {"protocol", "slow", "sync, ms", "leader, T", "at most, T", "first write, T", "writes/s, 1 client",
           "16 clients", "elections", "leader changes", "verdict"}};
  for (auto const& row : slow_rows(plan)) {
    if (!plan.wants(row.name())) continue;
    auto const runs = run_row(
        plan, row.name(),
        [&](dice chance) {
          return slow_trial{plan, row, chance}.run();
        },
        [](slow_result const& r) {
          return "a leader after " + decimal(r.led) + " T, the first write after " + decimal(r.first) + " T, " +
                 decimal(r.one) + " and " + decimal(r.sixteen) + " writes/s, " + whole(r.changes) + " changes";
        });
    auto const of = [&](auto number) { return median_of(runs.results, number); };
    slow_result const m{of(&slow_result::led),     of(&slow_result::first),     of(&slow_result::one),
                        of(&slow_result::sixteen), of(&slow_result::elections), of(&slow_result::changes)};
    t.row({row.protocol, row.where, std::to_string(row.sync.count()), decimal(m.led),
           decimal(in_T(plan.limit(row.limit()))), decimal(m.first), decimal(m.one), decimal(m.sixteen),
           whole(m.elections), whole(m.changes),
           v.of(runs.wrong.empty() ? slow_verdict(plan, row, m) : runs.wrong)});
  }
}

} // namespace quorate::test
