#include "explore_run.hpp"

#include "quorate/explore/multi_paxos.hpp"

#include <cstddef>
#include <string>

namespace check_tool {
namespace {

// With reads, all of a core's state counts.
template <std::size_t Nodes, bool Reads>
int run(explore_flags const& o) {
  using namespace quorate;
  using core = multi_paxos::node<
      limits<limit_values{.nodes = Nodes, .append_entries = 2, .append_bytes = 20, .mark = 1, .reserve = 1}>,
      multi_paxos::quorum_reads<Reads>>;
  check::multi_paxos_bounds const b{.ballots = o.ballots,
                                    .proposers = o.proposers,
                                    .commands = o.commands,
                                    .crashes = o.crashes,
                                    .beats = o.beats,
                                    .checks = o.checks,
                                    .reads = o.reads,
                                    .refusals = o.refusals,
                                    .in_flight = o.in_flight};
  return explore_system(check::multi_paxos_system<core, Nodes, Reads>{b}, o);
}

} // namespace

int explore_multi_paxos(explore_flags const& o) {
  auto const number = std::to_string(o.nodes);
  if (o.with != "nothing" && o.with != "reads")
    throw flags::failure{flags::complaint("--with", "nothing or reads", o.with)};
  bool const reads = o.with == "reads";
  if (o.nodes == 4 || (reads && o.nodes != 3))
    throw flags::failure{flags::complaint("--nodes", reads ? "3 with --with reads" : "3 or 5", number)};
  if (o.proposers > o.nodes)
    throw flags::failure{flags::complaint("--proposers", "at most " + number, std::to_string(o.proposers))};
  if (!reads && o.beats + o.checks + o.reads > 0)
    throw flags::failure{"--beats, --checks and --reads need --with reads"};
  if (reads) return run<3, true>(o);
  return o.nodes == 5 ? run<5, false>(o) : run<3, false>(o);
}

} // namespace check_tool
