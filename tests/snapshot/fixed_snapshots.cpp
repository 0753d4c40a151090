// Snapshots in arrays: nothing is asked of the heap, and what has no room is refused with a sentence.
#include "quorate/snapshot/fixed_snapshots.hpp"

#include "support/heap.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>

namespace quorate {
namespace {

struct firmware_entry {
  snapshot_mark mark{};
  std::array<std::byte, 84> bytes{};
  explicit firmware_entry(std::uint64_t at) {
    mark = {log_index{at}, stamp{1}, configuration{node_set<64>::first(1)}};
    mark.config.number = log_index{1};
    std::size_t n = 0;
    configuration_form::write(
        mark.config, [&](std::byte b) { bytes[n++] = b; },
        [](node_index place) {
          return member_row{place, member_id{1}, node_id{1}, store_id{}, {}};
        });
  }
};

TEST_CASE("nothing is asked of the heap, also when it is refused") {
  static fixed_snapshots<512> s{100};
  std::array<std::byte, 300> state{}, back{};
  state[7] = std::byte{9};
  firmware_entry const at_3{3}, at_5{5}, at_9{9};
  auto const before = test::heap_calls_so_far();
  bool const done = s.begin(at_3.mark, at_3.bytes) && s.write(state) && s.seal() &&
                    s.begin(at_5.mark, at_5.bytes) && s.write(state) && s.seal();
  auto const newest = s.newest();
  auto const n = s.read(newest->id, 0, back);
  bool const full = !s.begin(at_9.mark, at_9.bytes);
  auto const first = s.before(newest->id);
  bool const dropped = s.drop(first->id) && s.begin(at_9.mark, at_9.bytes);
  bool const fits = s.write(state), too_much = !s.write(state);
  s.reopen();
  auto const asked = test::heap_calls_so_far() - before;
  CHECK(asked == test::heap_calls{});
  CHECK(done);
  CHECK(n == 300U);
  CHECK(back == state);
  CHECK(newest->id == snapshot_id{102});
  CHECK(full);
  CHECK(dropped);
  CHECK(fits);
  CHECK(too_much);
  CHECK(s.newest() == newest);
}
TEST_CASE("what has no room is refused with a sentence, and what was there stays") {
  fixed_snapshots<512> s;
  std::array<std::byte, 300> state{};
  firmware_entry const at_3{3}, at_5{5}, at_9{9};
  REQUIRE((s.begin(at_3.mark, at_3.bytes) && s.write(state) && s.seal()));
  REQUIRE((s.begin(at_5.mark, at_5.bytes) && s.write(state)));
  CHECK_FALSE(s.write(state));
  CHECK(std::string{s.failure()} == "the snapshot at index 5 is larger than its slot, which has room for its "
                                    "first 448 bytes and not for 300 more: "
                                    "give the slots more bytes, or the machine a smaller state.");
  CHECK_FALSE(s.seal());
  CHECK(s.newest()->mark.at == log_index{3});
  REQUIRE((s.begin(at_5.mark, at_5.bytes) && s.seal()));
  CHECK_FALSE(s.begin(at_9.mark, at_9.bytes));
  CHECK(std::string{s.failure()} ==
        "a snapshot at index 9 was begun, and a free slot was expected: all hold snapshots. Drop an older one.");
}

} // namespace
} // namespace quorate
