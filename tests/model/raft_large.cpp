// The same as raft.cpp, with bounds that take minutes.
#include "explored.hpp"
#include "raft_cores.hpp"

namespace quorate::check {
namespace {

// Two threads: the counts are the same whatever their number.
template <class System>
std::uint64_t states_of(replicated_bounds const& b) {
  return explore_all(System{b}, {.threads = 2}).run.states;
}

TEST_CASE("T4C2") { CHECK(states_of<plain_raft<3>>({.terms = 4, .commands = 2}) == 1922363); }

TEST_CASE("T3C2R1 and T3C2R2") {
  CHECK(states_of<plain_raft<3>>({.terms = 3, .commands = 2, .crashes = 1}) == 1048727);
  CHECK(states_of<plain_raft<3>>({.terms = 3, .commands = 2, .crashes = 2}) == 3066097);
}

TEST_CASE("T3C3") { CHECK(states_of<plain_raft<3>>({.terms = 3, .commands = 3}) == 647898); }

TEST_CASE("T2C2R1 with the leader's no-op, one entry a message") {
  CHECK(states_of<raft_with_no_op>({.terms = 2, .commands = 2, .crashes = 1}) == 222657);
}

TEST_CASE("four nodes, T2C1; five nodes, T1C1") {
  CHECK(states_of<plain_raft<4>>({.terms = 2, .commands = 1}) == 22194);
  CHECK(states_of<plain_raft<5>>({.terms = 1, .commands = 1}) == 2547);
}

TEST_CASE("T2C1R1 with pre-vote") {
  CHECK(states_of<raft_with_pre_vote>({.terms = 2, .commands = 1, .crashes = 1}) == 1573406);
}

TEST_CASE("T2C1R1 with check-quorum") {
  CHECK(states_of<raft_with_check_quorum>({.terms = 2, .commands = 1, .crashes = 1}) == 211753);
}

TEST_CASE("T2C1R1 with a sync in flight: a crash between any two effects") {
  CHECK(states_of<plain_raft<3>>({.terms = 2, .commands = 1, .crashes = 1, .in_flight = true}) == 13149531);
}

TEST_CASE("two leaders are heard in one turn, and a node crashes; and the first one counts on beside the second") {
  CHECK(states_of<raft_with_no_op>(two_leaders_one_sync(1)) == 329425);
  auto const x = explore_all(lopsided_raft{two_leaders_one_sync()}, {.threads = 2});
  CHECK(x.run.states == 3473104);
  CHECK((x.marks & both_acknowledged) != 0);
}

TEST_CASE("T2C1 with a read") {
  CHECK(states_of<raft_with_reads>({.terms = 2, .commands = 1, .reads = 1}) == 24275);
}

} // namespace
} // namespace quorate::check
