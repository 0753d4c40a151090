// How long real nodes of kv are without progress: with slow disks, and with links that are cut or lose frames. It
// prints tables; `progress --help` says how it is asked.
#include "cut_links.hpp"
#include "lost_reads.hpp"
#include "slow_disks.hpp"

#include <cstdio>
#include <exception>
#include <span>

namespace {

using namespace quorate::test;

int run(progress_plan const& plan) {
  verdicts v;
  std::printf("%s, seed %s\n", plan.kv.c_str(), std::to_string(plan.seed).c_str());
  judge_slow_disks(plan, v);
  judge_faults(plan, v);
  judge_reads(plan, v);
  if (v.passed + v.failed + v.shown == 0) {
    std::fprintf(stderr, "progress: expected words that some row has behind --only, but no row has \"%s\"\n",
                 plan.only.c_str());
    return 2;
  }
  std::printf("\n%zu passed, %zu failed\n", v.passed, v.failed);
  return v.failed == 0 ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
  std::span<char const* const> const words{argv + 1, static_cast<std::size_t>(argc > 0 ? argc - 1 : 0)};
  if (flags::asks_help(words)) return flags::say(progress_usage);
  try {
    auto const plan = parse_progress(words);
    kv::watch_for_interrupts();
    return run(plan);
  } catch (was_interrupted const&) {
    std::fputs("progress: interrupted; all nodes are stopped\n", stderr);
    return 130;
  } catch (std::exception const& e) {
    std::fprintf(stderr, "progress: %s\n", e.what());
    return 1;
  } catch (flags::failure const& f) {
    std::fprintf(stderr, "progress: %s\n", f.text.c_str());
    return 2;
  }
}
