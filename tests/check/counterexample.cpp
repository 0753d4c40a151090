// A violation that the checker has found, told again as a trace.
#include "quorate/explore/counterexample.hpp"
#include "model/multi_paxos_cores.hpp"
#include "model/paxos_cores.hpp"
#include "quorate/explore/raft.hpp"
#include "quorate/explore/story.hpp"
#include "quorate/mutant/mutant.hpp"
#include "quorate/mutant/raft.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace quorate::check {
namespace {

std::vector<std::string> lines_of(trace const& t) {
  std::vector<std::string> lines;
  for (auto const& r : t.records) lines.push_back(line_of(r));
  return lines;
}

template <class... Options>
using small_raft = raft::node<limits<limit_values{.nodes = 3, .append_entries = 1}>, raft::pre_vote<off>,
                              raft::check_quorum<off>, raft::first_entry<off>, raft::pipelining<off>,
                              raft::answer_stale<off>, raft::eager_commit<off>, raft::read_index<off>, Options...>;

TEST_CASE("each step is told with what was heard, led, synced and sent in it, and the last with what it breaks") {
  using system = raft_system<small_raft<without<raft::rule::votes_once>>, 3>;
  replicated_bounds const b{.terms = 2, .commands = 1, .crashes = 1, .in_flight = true};
  auto const v = explore_mutant<system>("votes_once", "", b, 100'000);
  CHECK(v.counterexample.title == "votes_once");
  CHECK(v.counterexample.unit == "step");
  CHECK(v.counterexample.nodes == 3);
  CHECK(v.counterexample.names == std::vector<std::string>{"A", "B", "C"});
  CHECK(lines_of(v.counterexample) ==
        std::vector<std::string>{
            "0 1 role follower",
            "0 2 role follower",
            "0 3 role follower",
            "1 1 timer its election timeout expires",
            "1 1 role @1 candidate",
            "2 1 sync_begins @1",
            "3 1 sync @1",
            "3 1->2 send @1 request_vote{term: 1, last_log_index: 1, last_log_term: 0}",
            "3 1->3 send @1 request_vote{term: 1, last_log_index: 1, last_log_term: 0}",
            "4 2 timer its election timeout expires",
            "4 2 role @1 candidate",
            "5 2 sync_begins @1",
            "6 2<-1 deliver @1 request_vote{term: 1, last_log_index: 1, last_log_term: 0}",
            "6 2 violation @1 who campaigns or leads has voted for itself in that term: node B is candidate "
            "of term 1, and has voted for A",
        });
  CHECK(v.counterexample.records[12].message == v.counterexample.records[7].message);
  CHECK(v.counterexample.records[12].message != v.counterexample.records[8].message);
}

struct wrong_from_the_start : raft_system<small_raft<>, 3> {
  using raft_system::raft_system;
  template <class Tell>
  static bool holds(node const&, Tell&& tell) {
    return tell("wrong from the start");
  }
};
TEST_CASE("what is broken at the beginning is told without a step") {
  wrong_from_the_start const system{replicated_bounds{}};
  world<wrong_from_the_start> w{system};
  auto const run = explorer<world<wrong_from_the_start>>{w, {}}.run([](progress_report const&) {});
  REQUIRE(run.broken);
  CHECK(run.broken->what == "wrong from the start");
  CHECK(story_of(w, *run.broken).empty());
  CHECK(what_breaks(system, {}) == "wrong from the start");
  auto const told = lines_of(trace_of(w, *run.broken, "at once"));
  REQUIRE_FALSE(told.empty());
  CHECK(told.back() == "0 1 violation wrong from the start");
}

TEST_CASE("a crash is told as one, and what the node has forgotten by it is told after its start") {
  using system = raft_system<careless<small_raft<without<raft::rule::terms_outlive_crashes>>>, 3>;
  replicated_bounds const b{.terms = 2, .commands = 1, .crashes = 1};
  auto const story = lines_of(explore_mutant<system>("terms_outlive_crashes", "", b, 100'000).counterexample);
  auto const crash = std::find(story.begin(), story.end(), "3 1 crash @2 it crashes, and starts again");
  REQUIRE(crash != story.end());
  CHECK(crash[1] == "3 1 start");
  CHECK(crash[2] == "3 1 role follower");
}

// What an event is called tells what it must be.
template <class System>
void check_kinds() {
  for (std::size_t code = 0; code < System::events; ++code) {
    std::string_view const name = System::name_of_event(code);
    auto const says = [&](std::string_view word) { return name.find(word) != name.npos; };
    auto const expected = says("crashes")                                        ? trace_kind::crash
                          : says("begins a sync")                                ? trace_kind::sync_begins
                          : says("its sync returns")                             ? trace_kind::sync
                          : says("is given") || says("is asked") || says("told") ? trace_kind::client
                                                                                 : trace_kind::timer;
    CHECK_MESSAGE(kind_of_event<System>(code) == expected, name);
  }
}

TEST_CASE("every protocol's events are told as what they are, and its nodes with what they do") {
  using log_raft = raft_system<small_raft<>, 3>;
  check_kinds<log_raft>();
  check_kinds<plain_multi_paxos<3>>();
  check_kinds<paxos_together<3, 2>>();
  check_kinds<caspaxos_together<3, 2>>();
  CHECK(standing_of(log_raft{{}}.first(node_index{0})).role == "follower");
  CHECK(standing_of(plain_multi_paxos<3>{{}}.first(node_index{0})).role == "follower");
  CHECK(standing_of(paxos_together<3, 2>{{}}.first(node_index{0})).role == "idle");
}

} // namespace
} // namespace quorate::check
