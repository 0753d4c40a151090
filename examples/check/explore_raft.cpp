#include "explore_run.hpp"

#include "quorate/explore/raft.hpp"

#include <cstddef>
#include <string>

namespace check_tool {
namespace {

// Figure 2 of the paper, with one more of what it is extended by.
enum class extended_by { nothing, pre_vote, check_quorum, no_op, reads };

template <std::size_t Nodes, extended_by With>
int run(explore_flags const& o) {
  using namespace quorate;
  using core = raft::node<
      limits<limit_values{.nodes = Nodes, .append_entries = 1}>, raft::pre_vote<With == extended_by::pre_vote>,
      raft::check_quorum<With == extended_by::check_quorum>,
      raft::first_entry<With == extended_by::no_op || With == extended_by::reads>, raft::pipelining<off>,
      raft::answer_stale<off>, raft::eager_commit<off>, raft::read_index<With == extended_by::reads>>;
  check::replicated_bounds const b{.terms = o.terms,
                                   .commands = o.commands,
                                   .crashes = o.crashes,
                                   .beats = o.beats,
                                   .reads = o.reads,
                                   .in_flight = o.in_flight};
  return explore_system(check::raft_system<core, Nodes>{b}, o);
}

} // namespace

int explore_raft(explore_flags const& o) {
  if (o.nodes != 3 && o.with != "nothing")
    throw flags::failure{flags::complaint("--nodes", "3 with --with " + o.with, std::to_string(o.nodes))};
  if (o.nodes == 4) return run<4, extended_by::nothing>(o);
  if (o.nodes == 5) return run<5, extended_by::nothing>(o);
  if (o.with == "nothing") return run<3, extended_by::nothing>(o);
  if (o.with == "pre-vote") return run<3, extended_by::pre_vote>(o);
  if (o.with == "check-quorum") return run<3, extended_by::check_quorum>(o);
  if (o.with == "no-op") return run<3, extended_by::no_op>(o);
  if (o.with == "reads") return run<3, extended_by::reads>(o);
  throw flags::failure{flags::complaint("--with", "nothing, pre-vote, check-quorum, no-op or reads", o.with)};
}

} // namespace check_tool
