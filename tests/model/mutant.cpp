// A core without the rule that is named when it runs is the core that was compiled without that rule.
#include "quorate/mutant/mutant.hpp"
#include "explored.hpp"
#include "multi_paxos_cores.hpp"
#include "quorate/mutant/careless.hpp"
#include "raft_cores.hpp"

#include "quorate/mutant/raft.hpp"

#include <cstddef>
#include <string>

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

struct hurrying_shape : shape_disk {
  template <std::size_t Room, class... M>
  using box = hurrying_outbox<Room, M...>;
};
struct hurrying_slots : slot_disk {
  template <std::size_t Room, class... M>
  using box = hurrying_outbox<Room, M...>;
};
template <class System, class Bounds>
std::string broken_in(Bounds const& b) {
  world<System> w{System{b}};
  auto const x = explore_model(w);
  return x.broken ? x.broken->what : "nothing";
}
TEST_CASE("what a later era has undone may not leave before either write is durable") {
  using raft_core = raft_with_no_op::node::core_type;
  CHECK(broken_in<raft_system<raft_core, 3, hurrying_shape>>(two_leaders_one_sync()) ==
        "no acknowledgement leaves before it is durable");
  using paxos_core = multi_paxos_core<3, multi_paxos::quorum_reads<off>>;
  CHECK(broken_in<multi_paxos_system<paxos_core, 3, false, hurrying_slots>>(two_ballots_one_sync(1, 0)) ==
        "no vote leaves before it is durable");
}

TEST_CASE("with no rule named, nothing is missing") {
  CHECK(explore_all(raft_without<named>{{.terms = 2, .commands = 1}}).run.states == 2647);
}

} // namespace
} // namespace quorate::check
