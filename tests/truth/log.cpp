// Each property that logs of all protocols share: a view in which it holds, and one in which it does not.
#include "quorate/truth/log.hpp"

#include "quorate/raft/node.hpp"
#include "truth/view.hpp"

#include <doctest/doctest.h>

namespace quorate::test {
namespace {

namespace law = truth;
using face = core_made<raft::node<limits<limit_values{.nodes = 3}>>>;
#define TOLD(property, ...) told([&](auto& tell) { return property(__VA_ARGS__, tell); })

TEST_CASE("a node begins to lead when it did not lead that era before") {
  face follows{}, leads{}, leads_on{};
  leads.s.is = leads_on.s.is = raft::role::leader;
  leads_on.s.current_term = stamp{2};
  CHECK(law::begins_to_lead(follows, leads));
  CHECK(law::begins_to_lead(leads, leads_on));
  CHECK(!law::begins_to_lead(leads, leads));
  CHECK(!law::begins_to_lead(leads, follows));
}

TEST_CASE("a read sees what was committed before it was asked") {
  law::reads_ledger<law::bounded_memory, 3> ledger;
  law::reads_told<law::bounded_memory> b{};
  auto const look = [&](std::uint64_t known) {
    return told([&](auto& tell) { return ledger.read_sees_what_was_committed(B, b, at(known), tell); });
  };
  b.asked = 1;
  CHECK(look(3) == "nothing");
  b.asked = 2;
  CHECK(look(5) == "nothing");
  b.told(readable{1, at(3)});
  CHECK(look(7) == "nothing");
  b.told(readable{2, at(4)});
  CHECK(look(7) ==
        "a read sees what was committed before it was asked: node B answers its read number 2 as of index "
        "4, and 5 was known to be committed");
  b = {}; // a new life: what was asked is forgotten on both sides
  CHECK(look(9) == "nothing");
}

TEST_CASE("a new leader knows of no match") {
  face before{}, after{};
  after.s.self = A, after.s.is = raft::role::leader;
  CHECK(TOLD(law::new_leaders_know_no_match, before, after, false) == "nothing");
  after.s.peer(A).match = at(4);
  CHECK(TOLD(law::new_leaders_know_no_match, before, after, true) == "nothing"); // its own disk has answered
  CHECK(TOLD(law::new_leaders_know_no_match, before, after, false) ==
        "a new leader knows of no match: node A becomes leader, and takes A to hold all up to 4");
  after.s.peer(C).match = at(2), after.s.peer(A).match = at(0);
  CHECK(TOLD(law::new_leaders_know_no_match, before, after, true) ==
        "a new leader knows of no match: node A becomes leader, and takes C to hold all up to 2");
  CHECK(TOLD(law::new_leaders_know_no_match, after, after, true) == "nothing"); // it led before
}

TEST_CASE("a leader that hears of no quorum gives way") {
  configuration const all{node_set<64>::first(3)};
  face leads{}, gave_way{};
  leads.s.self = A, leads.s.is = raft::role::leader;
  CHECK(TOLD(law::leaders_check_their_quorum, leads, all, gave_way) == "nothing");
  CHECK(
      TOLD(law::leaders_check_their_quorum, leads, all, leads) ==
      "a leader that hears of no quorum gives way: node A has heard of 1 nodes, itself among them, and leads on");
  leads.s.active.insert(C);
  CHECK(TOLD(law::leaders_check_their_quorum, leads, all, leads) == "nothing");
}

TEST_CASE("what is committed is on a quorum's disks, the same on all, and every later leader has it") {
  configuration const all{node_set<64>::first(3)};
  auto const one = node_set<64>::of(A);
  CHECK(TOLD(law::what_is_committed_is_on_a_quorum<majority>, A, at(4), one.with(B), all) == "nothing");
  CHECK(
      TOLD(law::what_is_committed_is_on_a_quorum<majority>, A, at(4), one, all) ==
      "what is committed is on a quorum's disks: node A takes entry 4 for committed, and it is on the disks of 1 "
      "nodes");
  CHECK(TOLD(law::one_entry_an_index_is_committed, A, at(4), stamp{2}, stamp{2}, true) == "nothing");
  CHECK(TOLD(law::one_entry_an_index_is_committed, A, at(4), stamp{2}, stamp{1}, false) ==
        "one entry an index is ever committed: node A takes entry 4 of 2 for committed, and that of 1 was");
  CHECK(TOLD(law::a_leader_has_what_was_committed, A, stamp{3}, at(4), stamp{2}, true) == "nothing");
  CHECK(
      TOLD(law::a_leader_has_what_was_committed, A, stamp{3}, at(4), stamp{2}, false) ==
      "a leader has what was committed before its term: node A leads 3, and lacks entry 4, which was committed in "
      "2");
}

TEST_CASE("what was durable: as the disk says, or that there is an entry") {
  struct plain {
    log_shape<16> log = log_of({1, 1});
    raft::term_and_vote hard{stamp{2}, no_member};
  } disk;
  CHECK(law::was_durable(disk, at(3), stamp{2}));
  CHECK(!law::was_durable(disk, at(4), stamp{2}));
  CHECK(law::was_durable(disk, at(4), stamp{1})); // that era is left, on disk
  struct knowing : plain {
    bool was_durable(log_index, stamp) const { return false; }
  };
  CHECK(!law::was_durable(knowing{}, at(3), stamp{2}));
}

TEST_CASE("a term is told as a number, and a ballot by its round and its owner") {
  CHECK(
      TOLD(law::nothing_said_is_forgotten, B, stamp{3}, stamp{0}) ==
      "what a node has said is on its disk, whatever happens: node B has said that it is at 3, and its disk says "
      "0");
  stamp const promised{ballot_at(3, C).value};
  CHECK(TOLD(law::nothing_said_is_forgotten, B, promised, stamp{0}) ==
        "what a node has said is on its disk, whatever happens: node B has said that it is at 3.C, and its disk "
        "says none");
}

} // namespace
} // namespace quorate::test
