// What a turn of Raft leaves to the next one.
#include "cluster.hpp"

namespace quorate {
namespace {

using namespace test;

TEST_CASE("what is written in release belongs to the next turn") {
  cluster c{1};
  while (c[1].disk.log().last() ==
         log_index{1}) { // the no-op is written when the own vote comes back, in release
    ++c.now;
    c.turn(1);
  }
  CHECK(c[1]->core().leads());
  CHECK(c[1].next.pending);
  CHECK(c[1]->core().commit_index() == log_index{0});
  auto copy = c[1].disk;
  copy.crash();
  CHECK(copy.log().last() == log_index{1}); // no sync has covered it
  c.turn(1);
  CHECK(c[1]->core().commit_index() == log_index{2});
}

} // namespace
} // namespace quorate
