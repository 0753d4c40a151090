// What a leader knows that an acceptor holds, when votes come out of order.
#include "quorate/multi_paxos/choosing.hpp"

#include <doctest/doctest.h>

namespace quorate::multi_paxos {
namespace {

constexpr log_index at(std::uint64_t i) { return log_index{i}; }

TEST_CASE("a piece that is apart grows by what touches it on either side, and by nothing that does not") {
  progress p{.match = at(3)};
  note_held(p, at(8), at(9), at(3));
  CHECK(p.match == at(3));
  CHECK(held_to(p, at(4)) == at(3)); // the slot before it: not held
  CHECK(held_to(p, at(7)) == at(6));
  CHECK(held_to(p, at(8)) == at(9)); // from its first slot
  CHECK(held_to(p, at(9)) == at(9)); // to its last
  CHECK(held_to(p, at(10)) == at(9));
  note_held(p, at(10), at(12), at(3));
  CHECK(held_to(p, at(8)) == at(12));
  note_held(p, at(6), at(7), at(3));
  CHECK(held_to(p, at(6)) == at(12));
  CHECK(held_to(p, at(5)) == at(4));
  note_held(p, at(20), at(21), at(3)); // a second one is forgotten
  CHECK(held_to(p, at(20)) == at(19));
}

TEST_CASE("what closes the gap makes both pieces one") {
  progress p{.match = at(3)};
  note_held(p, at(6), at(9), at(0));
  note_held(p, at(4), at(5), at(0));
  CHECK(p.match == at(9));
  note_held(p, at(2), at(7), at(0)); // a match never goes back
  CHECK(p.match == at(9));
}

TEST_CASE("a piece at or below what is chosen is let go of, and what follows the commit index is no gap") {
  progress p{.match = at(3)};
  note_held(p, at(6), at(7), at(3));
  note_held(p, at(10), at(11), at(7)); // 6 and 7 are chosen by now
  CHECK(held_to(p, at(10)) == at(11));
  note_held(p, at(8), at(8), at(7)); // the next one after the commit index: all before it is chosen
  CHECK(p.match == at(8));
  CHECK(held_to(p, at(10)) == at(11));
}

} // namespace
} // namespace quorate::multi_paxos
