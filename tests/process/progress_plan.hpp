// What tests/process/progress.cpp is asked to do, and what it shows: T, medians, verdicts.
#pragma once

#include "../../examples/flags.hpp"
#include "../../examples/kv/process.hpp"
#include "../support/dice.hpp"
#include "load.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quorate::test {

// The election timeout T and the heartbeat of every node.
inline constexpr milliseconds T{500};
inline constexpr milliseconds heartbeat{100};
inline constexpr std::array<char const*, 2> protocols{"raft", "multi-paxos"};

inline double in_T(load_clock::duration d) {
  return std::chrono::duration<double>(d).count() / std::chrono::duration<double>(T).count();
}

struct progress_plan {
  std::uint64_t seed = 1;
  std::size_t runs = 0; // of each row; 0: five, or one if it is fast
  std::string only{};
  bool fast = false;
  int room = 1;
  std::string cut = "drop";
  std::string kv{};
  std::string slow_sync{}; // the library

  std::size_t count() const { return runs != 0 ? runs : fast ? 1 : 5; }
  // `row` is what a table calls it: "slow disks, raft, all nodes, 250 ms", say.
  bool wants(std::string const& row) const { return row.find(only) != row.npos; }
  milliseconds limit(milliseconds usual) const { return usual * room; }
  // What one run of one row is decided by.
  dice chance(std::string const& row, std::size_t run) const {
    auto s = seed;
    for (char const c : row) s = s * 131 + static_cast<unsigned char>(c);
    return dice{s * 131 + run};
  }
};

inline constexpr std::string_view progress_usage =
    R"(progress: how long real kv nodes are without progress, with slow disks and with links that are cut

  progress [--seed S] [--runs N] [--only WORDS] [--fast] [--room N] [--cut HOW] [--kv PATH]

  --seed S      what is drawn: nodes, times, lost frames (1)
  --runs N      runs of each row, of which medians are shown (5; with --fast 1)
  --only WORDS  only rows whose name has these words in it, such as "slow disks", "raft", "leader killed"
  --fast        six of the slow disks, drawn by the seed; one run of each fault; shorter
  --room N      the limits are multiplied by N, for a busy machine (1)
  --cut HOW     what a cut link does (drop):
                drop: it throws away what it is given; hold: it keeps that until the link is there again;
                close: it closes connections, and takes none
  --kv PATH     the program to try; expected where the build puts it, unless named

Ends with status 0 if all verdicts hold, 1 if not, 2 if the command line is wrong.
)";

// Throws flags::failure.
inline progress_plan parse_progress(std::span<char const* const> words) {
  progress_plan p;
  auto const here = std::filesystem::path{kv::own_path()}.parent_path();
  p.kv = (here / "../../examples/kv").lexically_normal().string();
  p.slow_sync = (here / "libslow_sync.so").string();
  for (flags::reader in{words}; in.next();) {
    auto const flag = in.word();
    if (flag == "--seed")
      p.seed = flags::integer_within<std::uint64_t>(flag, in.value(), 0, ~std::uint64_t{0});
    else if (flag == "--runs")
      p.runs = flags::integer_within<std::size_t>(flag, in.value(), 1, 1000);
    else if (flag == "--only")
      p.only = in.value();
    else if (flag == "--fast")
      in.no_value(), p.fast = true;
    else if (flag == "--room")
      p.room = flags::integer_within<int>(flag, in.value(), 1, 100);
    else if (flag == "--cut")
      p.cut = in.value();
    else if (flag == "--kv")
      p.kv = in.value();
    else
      throw flags::failure{"\"" + std::string{in.whole()} + "\" is no flag of progress; see progress --help"};
  }
  if (p.cut != "drop" && p.cut != "hold" && p.cut != "close")
    throw flags::failure{flags::complaint("--cut", "drop, hold or close", p.cut)};
  if (::access(p.kv.c_str(), X_OK) != 0)
    throw flags::failure{"expected the program kv at " + p.kv +
                         ", but nothing that can be run is there; build it, or name another with --kv"};
  if (::access(p.slow_sync.c_str(), R_OK) != 0)
    throw flags::failure{"expected the library at " + p.slow_sync + ", but there is none; build slow_sync"};
  return p;
}

// Stands for a number that there is not, and is more than any.
inline constexpr double none = std::numeric_limits<double>::infinity();

// Of an even number of values the higher one in the middle; `none` if there is no value.
inline double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? none : values[values.size() / 2];
}
template <class Result, class Number>
double median_of(std::vector<Result> const& results, Number Result::*number) {
  std::vector<double> all;
  for (auto const& r : results) all.push_back(static_cast<double>(r.*number));
  return median(std::move(all));
}

inline std::string decimal(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return value == none ? "none" : text;
}
inline std::string whole(double value) { return value == none ? "none" : std::to_string(std::llround(value)); }

// On the standard error, with the time since the program began.
inline auto const program_began = load_clock::now();
inline void say_progress(std::string const& line) {
  auto const so_far = std::chrono::duration<double>(load_clock::now() - program_began);
  std::fprintf(stderr, "[%6.1f s] %s\n", so_far.count(), line.c_str());
}

// What the runs of one row came to. `wrong`: why one of them means nothing, or "".
template <class Result>
struct row_runs {
  std::vector<Result> results{};
  std::string wrong{};
};
// Calls once(dice) for each run, and tells what came of it by text(result).
template <class Once, class Text>
auto run_row(progress_plan const& plan, std::string const& name, Once&& once, Text&& text) {
  row_runs<decltype(once(dice{0}))> runs;
  for (std::size_t run = 0; run < plan.count(); ++run) {
    try {
      runs.results.push_back(once(plan.chance(name, run)));
      say_progress(name + ": " + text(runs.results.back()));
    } catch (std::exception const& e) {
      runs.wrong = e.what();
      say_progress(name + ": " + runs.wrong);
    }
  }
  return runs;
}

// The rows of all tables.
struct verdicts {
  std::size_t passed = 0;
  std::size_t failed = 0;
  std::size_t shown = 0; // and not judged

  // What stands at the end of a row: `wrong` is what is wrong with it, or "".
  std::string of(std::string const& wrong) {
    ++(wrong.empty() ? passed : failed);
    return wrong.empty() ? "ok" : "FAILED: " + wrong;
  }
  std::string beyond_protocol() { return ++shown, "beyond this protocol"; }
};

// On the standard output, a row at once. The head is printed before the first row.
class table {
public:
  table(std::string title, std::vector<std::string> columns)
      : title_{std::move(title)}, columns_{std::move(columns)} {}
  void row(std::vector<std::string> const& cells) {
    if (!std::exchange(headed_, true)) {
      std::printf("\n%s\n\n", title_.c_str());
      print(columns_);
      print(std::vector<std::string>(columns_.size(), "---"));
    }
    print(cells);
  }

private:
  static void print(std::vector<std::string> const& cells) {
    for (auto const& c : cells) std::printf("| %s ", c.c_str());
    std::puts("|");
    std::fflush(stdout);
  }
  std::string title_;
  std::vector<std::string> columns_;
  bool headed_ = false;
};

} // namespace quorate::test
