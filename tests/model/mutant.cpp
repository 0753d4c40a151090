// A core without the rule that is named when it runs is the core that was compiled without that rule.
#include "quorate/check/mutant.hpp"
#include "explored.hpp"
#include "raft_cores.hpp"

#include "quorate/raft/rules.hpp"

namespace quorate::check {
namespace {

using raft::rule;
using named = without_named<rule>;
template <class Without>
using raft_without = raft_system<
    raft_core<3, raft::pre_vote<off>, raft::check_quorum<off>, raft::first_entry<off>, raft::pipelining<off>,
              raft::answer_stale<off>, raft::eager_commit<off>, raft::read_index<off>, Without>,
    3>;
constexpr replicated_bounds within{.terms = 2, .commands = 1, .crashes = 1};

template <rule R>
void same_mutant() {
  auto const compiled = explore_mutant<raft_without<without<R>>>({}, {}, within, 0);
  named::missing = R;
  auto const at_run_time = explore_mutant<raft_without<named>>({}, {}, within, 0);
  named::missing = named::none;
  CHECK(!compiled.what.empty());
  CHECK(at_run_time.what == compiled.what);
  CHECK(at_run_time.states == compiled.states);
  CHECK(at_run_time.steps == compiled.steps);
}

TEST_CASE("a rule taken out at run time, or by the compiler: the same breaks, after as many states") {
  same_mutant<rule::votes_compare_logs>();
  same_mutant<rule::quorums_are_more_than_half>();
}

TEST_CASE("with no rule named, nothing is missing") {
  CHECK(explore_all(raft_without<named>{{.terms = 2, .commands = 1}}).run.states == 2647);
}

} // namespace
} // namespace quorate::check
