// Snapshots in memory: what is said of what can't be done, and power cuts.
#include "quorate/snapshot/memory_snapshots.hpp"

#include "places.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>

namespace quorate {
namespace {

std::string why(memory_snapshots const& s) { return std::string{s.failure()}; }

TEST_CASE("a power cut takes what is not sealed, and nothing else") {
  memory_snapshots s;
  REQUIRE(test::sample{3}.put(s));
  REQUIRE(test::sample{9}.begin(s));
  s.crash();
  s.reopen();
  CHECK(s.newest()->mark.at == log_index{3});
  CHECK_FALSE(s.seal());
}
TEST_CASE("one that rots is named, and the one before it serves") {
  memory_snapshots s;
  REQUIRE((test::sample{3}.put(s) && test::sample{9}.put(s)));
  s.spoil(500);
  s.reopen();
  CHECK(s.newest()->mark.at == log_index{3});
  CHECK_MESSAGE(why(s).find("the snapshot at index 9 is damaged: expected ") == 0, why(s));
}
TEST_CASE("each refusal says what was expected, what came and what to do") {
  memory_snapshots s;
  std::array<std::byte, 4> out{};
  CHECK_FALSE(s.write(out));
  CHECK(why(s) == "a snapshot that is begun was to be written, and none is. Call begin() first.");
  CHECK_FALSE(s.seal());
  CHECK(why(s) == "a snapshot that is begun was to be sealed, and none is. Call begin() first.");
  CHECK_FALSE(s.read(snapshot_id{5}, 0, out));
  CHECK(why(s) ==
        "snapshot 5 was to be read, and there is no whole one of that name: it was dropped, or is damaged. "
        "Ask for newest().");
  REQUIRE(test::sample{3}.put(s));
  CHECK_FALSE(test::sample{2}.begin(s));
  CHECK(why(s) ==
        "a snapshot at index 2 was begun, and one above index 3 was expected, where the newest stands. Begin "
        "none behind it.");
  CHECK_FALSE(s.begin(test::sample{4}.mark, out));
  CHECK(why(s) ==
        "a snapshot at index 4 was begun, and the entry of its configuration was expected, which has the "
        "number 1: other bytes came, or it stands above the mark. Give the entry's own.");
  CHECK_FALSE(s.drop(s.newest()->id));
  CHECK(why(s) ==
        "snapshot 1 was to be dropped, and an older one was expected: it is the newest. Seal a newer one "
        "first.");
}

} // namespace
} // namespace quorate
