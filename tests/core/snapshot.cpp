// What becomes of a log's shape when it begins behind a snapshot's mark.
#include "quorate/core/snapshot.hpp"

#include "quorate/core/log_shape.hpp"

#include <doctest/doctest.h>

namespace quorate {
namespace {

using shape = log_shape<8, 4>;
constexpr log_index at(std::uint64_t i) { return log_index{i}; }
constexpr configuration of(std::size_t voters) { return {node_set<64>::first(voters)}; }

// Entries 1 to 6, of stamps 0, 1, 1, 2, 2, 2; a configuration of three at 1, of two at 5.
constexpr shape filled() {
  shape s;
  (void)s.put({at(1), 1, stamp{}, entry_kind::configuration}, of(3));
  (void)s.put({at(2), 2, stamp{1}, entry_kind::command});
  (void)s.put({at(4), 1, stamp{2}, entry_kind::command});
  (void)s.put({at(5), 1, stamp{2}, entry_kind::configuration}, of(2));
  (void)s.put({at(6), 1, stamp{2}, entry_kind::command});
  return s;
}
constexpr snapshot_mark mark(std::uint64_t i, std::uint64_t written_at, std::size_t voters, std::uint64_t number) {
  auto c = of(voters);
  c.number = at(number);
  return {at(i), stamp{written_at}, c};
}

TEST_CASE("S1, S11: if the mark's entry is another one, all goes, an uncommitted configuration too") {
  auto s = filled();
  CHECK(!s.install(mark(4, 9, 3, 1), above_mark::if_agreeing));
  CHECK(s.compacted() == at(4));
  CHECK(s.last() == at(4));
  CHECK(s.stamp_at(at(4)) == stamp{9});
  CHECK(s.config_at(at(4)).voters == of(3).voters);
}

TEST_CASE("S1, S7: if it is that entry, what stands above it stays, and a configuration there is in force") {
  auto s = filled();
  CHECK(s.install(mark(4, 2, 3, 1), above_mark::if_agreeing));
  CHECK(s.compacted() == at(4));
  CHECK(s.last() == at(6));
  CHECK(s.config_at(at(4)).voters == of(3).voters);
  CHECK(s.config_at(at(4)).number == at(1));
  CHECK(s.config_at(at(6)).voters == of(2).voters);
  s.truncate(at(5)); // which may take it away again
  CHECK(s.config_at(s.last()).voters == of(3).voters);
  CHECK(s.put({at(5), 3, stamp{3}, entry_kind::command}));
  s.compact(at(6));
  s.compact(at(7));
  CHECK(s.config_at(at(7)).voters == of(3).voters);
  CHECK(s.config_at(at(7)).number == at(1)); // its entry's, wherever the log begins
}

TEST_CASE("in Multi-Paxos it stays whatever its stamps are, and the mark has the stamp that it brought") {
  auto s = filled();
  CHECK(s.install(mark(3, 7, 4, 1), above_mark::always));
  CHECK(s.last() == at(6));
  CHECK(s.stamp_at(at(3)) == stamp{7});
  CHECK(s.stamp_at(at(4)) == stamp{2});
  CHECK(s.config_at(at(3)).voters == of(4).voters);
}

TEST_CASE("a mark at the end, or behind it, leaves nothing above") {
  for (auto const above : {above_mark::if_agreeing, above_mark::always})
    for (std::uint64_t const i : {6U, 7U, 900U}) {
      auto s = filled();
      CHECK(!s.install(mark(i, 2, 3, 1), above));
      CHECK(s.compacted() == at(i));
      CHECK(s.last() == at(i));
      CHECK(s.stamp_at(at(i)) == stamp{2});
      CHECK(s.put({at(i + 1), 2, stamp{3}, entry_kind::command}));
      CHECK(s.stamp_at(at(i + 2)) == stamp{3});
    }
}

static_assert([] {
  auto s = filled();
  return s.install(mark(4, 2, 3, 1), above_mark::if_agreeing) && s.last() == at(6);
}());

} // namespace
} // namespace quorate
