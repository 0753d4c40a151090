// A log with little room, and a gap that is too wide: what does not fit is not written, and nothing is claimed of
// it.
#include "quorate/core/log_shape.hpp"
#include "quorate/effect/batch.hpp"
#include "quorate/multi_paxos/node.hpp"

#include <doctest/doctest.h>

#include <cstdint>

namespace quorate::test {
namespace {

using namespace multi_paxos;
using core = multi_paxos::node<limits<limit_values{.nodes = 3, .append_entries = 8}>>;
using effects = batch<core>;

constexpr node_index A{0}, B{1};
constexpr configuration three{node_set<64>::first(3)};
constexpr std::uint64_t all = 1; // the number of the founding configuration
constexpr log_index at(std::uint64_t n) { return log_index{n}; }

struct small_log : log_shape<16> {
  std::uint64_t left = 0;
  constexpr std::uint64_t room() const { return left; }
};
static_assert(log_view<small_log>);

struct follower {
  small_log log{};
  core it{};
  effects out{};
  explicit follower(std::uint64_t room) {
    (void)log.put({at(1), 1, stamp{}, entry_kind::configuration}, three);
    log.left = room;
    it = core{A, promise_and_mark{}, log};
  }
  // An accept of `count` slots from `first` on, and the flush that acknowledges it.
  void hear(std::uint64_t first, std::uint32_t count) {
    auto const b = make_ballot(1, B);
    out.clear();
    it.step(from<accept>{B, {b, b, at(first), at(1), all, count, entry_kind::command}}, log, out);
    it.step(flush{}, log, out);
  }
  entry_run written() const {
    for (auto const& e : out.effects())
      if (auto const* run = std::get_if<entry_run>(&e)) return *run;
    return {};
  }
  accepted claimed() const {
    for (auto const& e : out.effects())
      if (auto const* m = std::get_if<effects::message>(&e))
        if (auto const* a = std::get_if<accepted>(&m->message)) return *a;
    return {};
  }
};

TEST_CASE("of an accept, what there is room for is taken, and no more is acknowledged") {
  follower f{3};
  f.hear(2, 5);
  CHECK(f.written().count == 3);
  CHECK(f.claimed().first == at(2));
  CHECK(f.claimed().count == 3);
}
// Or it could not be applied, and nothing of it be compacted, and there would never be room.
TEST_CASE("with no room at all, what is held already of an accept is acknowledged and known to be chosen") {
  follower f{0};
  auto const b = make_ballot(1, B);
  REQUIRE(f.log.put({at(2), 2, b, entry_kind::command}));
  f.it = core{A, promise_and_mark{b}, f.log};
  f.it.step(from<accept>{B, {b, b, at(2), at(5), all, 4, entry_kind::command}}, f.log, f.out);
  f.it.step(flush{}, f.log, f.out);
  CHECK(f.written().count == 0);
  CHECK(f.claimed().first == at(2));
  CHECK(f.claimed().count == 2);
  CHECK(f.it.commit_index() == at(3));
}
TEST_CASE("with no room behind a gap nothing is written or acknowledged") {
  for (std::uint64_t const room : {0U, 1U, 2U}) {
    follower f{room};
    f.hear(4, 1); // slots 2 and 3 would have to be filled
    CHECK(f.written().count == 0);
    CHECK(f.claimed().count == 0);
  }
  follower enough{3};
  enough.hear(4, 1);
  CHECK(enough.written() == entry_run{at(4), 1, make_ballot(1, B), entry_kind::command});
}
TEST_CASE("a gap wider than an append is not kept") {
  follower f{1000};
  f.hear(10, 1); // slots 2 to 9: one more than an append may have
  CHECK(f.written().count == 0);
  CHECK(f.claimed().count == 0);
  f.hear(9, 1);
  CHECK(f.written().first == at(9));
}
TEST_CASE("a candidate without room for what it found gives way, and writes nothing") {
  for (std::uint64_t const room : {2U, 3U}) {
    follower f{room};
    auto& c = f.it;
    c.step(timer::election, f.log, f.out);
    auto const ballot = make_ballot(1, A);
    c.step(from<canvass_granted>{B, {ballot, all}}, f.log, f.out);
    c.step(from<promise>{A, {ballot, at(2), at(1), at(1), {}, 0, {}, all}}, f.log, f.out);
    f.out.clear(); // B tells of three slots where nobody has voted, before one that somebody has
    c.step(from<promise>{B, {ballot, at(2), at(1), at(1), {}, 3, entry_kind::hole, all}}, f.log, f.out);
    CHECK((f.written().count == 3) == (room == 3));
    CHECK((c.state().is == role::candidate) == (room == 3));
  }
}

} // namespace
} // namespace quorate::test
