// The simulator as a command: seeds of a protocol under faults, how to see a failing one again, and what was
// covered.
#include "options.hpp"
#include "report.hpp"

#include "quorate/sim/multi_paxos.hpp"
#include "quorate/sim/paxos.hpp"
#include "quorate/sim/raft.hpp"
#include "quorate/trace/aloud.hpp"

#include <chrono>
#include <cstdio>
#include <span>
#include <string>

namespace simulate {
namespace {

using namespace quorate;

double seconds_since(std::chrono::steady_clock::time_point then) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - then).count();
}

sim::run_options run_of(options const& o, std::uint64_t seed) {
  return {.seed = seed, .nodes = o.nodes, .allowed = o.faults, .certain = !o.faults_named.empty()};
}

// Makes the seed's run short, or runs it as it is; writes what happened if that is asked for.
template <class Family>
int look_at(options const& o, std::uint64_t seed) {
  check::trace seen{.title = replay_line(o, seed), .unit = "us", .era = o.protocol == "raft" ? "term" : "ballot"};
  auto shortest = o.shrink ? sim::shrink_seed<Family>(run_of(o, seed)) : sim::shrunk{};
  if (shortest.broken != nullptr) {
    auto const story = sim::replay<Family>(shortest.built, shortest.actions, &seen);
    seen.nodes = shortest.built.nodes;
    seen.title += " --shrink";
    std::printf("made short: %zu actions on %u nodes, after %zu replays\n", shortest.actions.size(), seen.nodes,
                shortest.replays);
    if (o.trace.empty() && o.html.empty()) std::fputs(read_aloud(seen).c_str(), stdout);
    (void)story;
  } else {
    if (o.shrink) std::puts("there is nothing to make short: it is no single action's doing");
    seen.nodes = sim::run_seed<Family>(run_of(o, seed), &seen).nodes;
  }
  return write_trace(seen, o);
}

template <class Family>
int run(options const& o) {
  auto const begun = std::chrono::steady_clock::now();
  auto last = begun;
  auto const progress = [&](sim::campaign_result const& so_far) {
    if (seconds_since(last) < 1.0) return true;
    last = std::chrono::steady_clock::now();
    std::fprintf(stderr, "%llu of %llu seeds, %zu failed, %s million events a second\n",
                 static_cast<unsigned long long>(so_far.covered.seeds), static_cast<unsigned long long>(o.seeds),
                 so_far.failed.size(),
                 one_decimal(static_cast<double>(so_far.covered.events) / seconds_since(begun) / 1e6).c_str());
    return true;
  };
  auto const all = sim::run_seeds<Family>(run_of(o, o.first), o.seeds, progress);
  tell_coverage<Family>(all.covered, seconds_since(begun));
  for (auto const& f : all.failed)
    std::printf("FAILED: %s  # node %u: %s\n", replay_line(o, f.seed).c_str(), f.result.node,
                f.result.sentence.c_str());
  bool const written = !o.trace.empty() || !o.html.empty();
  if (all.failed.empty() && !written) return 0;
  if ((o.shrink && !all.failed.empty()) || written)
    if (int const wrong = look_at<Family>(o, all.failed.empty() ? o.first : all.failed.front().seed)) return wrong;
  return all.failed.empty() ? 0 : 1;
}

int run_protocol(options const& o) {
  bool const raft = o.protocol == "raft", with = o.snapshots;
  if (raft) return with ? run<sim::raft_with_snapshots<>>(o) : run<sim::raft_family<>>(o);
  if (o.protocol == "multi-paxos")
    return with ? run<sim::multi_paxos_with_snapshots<>>(o) : run<sim::multi_paxos_family<>>(o);
  if (o.protocol == "paxos") return run<sim::paxos_family<>>(o);
  return run<sim::caspaxos_family<>>(o);
}

} // namespace
} // namespace simulate

int main(int argc, char** argv) {
  std::span<char const* const> const words{argv + 1, static_cast<std::size_t>(argc > 0 ? argc - 1 : 0)};
  if (flags::asks_help(words) || (!words.empty() && flags::is_help(words[0])))
    return flags::say(simulate::usage_with_names());
  if (!words.empty() && flags::is_version(words[0])) return flags::say_version("simulate");
  simulate::options o;
  auto const wrong = simulate::read(words, o);
  if (!wrong.empty()) {
    std::fprintf(stderr, "simulate: %s\n", wrong.c_str());
    return 2;
  }
  return simulate::run_protocol(o);
}
