// The batch keeps a step's effects as values, in order and exactly.
#include "quorate/effect/batch.hpp"

#include "quorate/core/log_shape.hpp"
#include "quorate/effect/event.hpp"
#include "quorate/message/set.hpp"
#include "quorate/raft/node.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <type_traits>

namespace quorate {
namespace {

// The least protocol that has one of everything.
struct toy {
  enum class timer : std::uint8_t { first, second };
  struct promised {
    static constexpr quorate::strength says = quorate::strength::binding;
    std::uint64_t ballot{};
    friend constexpr bool operator==(promised const&, promised const&) = default;
  };
  struct refused {
    static constexpr quorate::strength says = quorate::strength::advisory;
    friend constexpr bool operator==(refused const&, refused const&) = default;
  };
  using messages = message_set<promised, refused>;
  template <class... T>
  struct outcomes_of {};
  using outcomes = outcomes_of<committed, more_due>;
  using hard_type = raft::term_and_vote;
  static constexpr std::size_t effects_bound = 5;
};
using toy_batch = batch<toy>;
using message = toy_batch::message;
using effect = toy_batch::effect;
using list = std::initializer_list<effect>;

constexpr peer A{node_index{0}}, B{node_index{1}};
constexpr entry_run run{log_index{1}, 2, stamp{1}, entry_kind::command};

template <class Batch>
constexpr bool holds(Batch const& b, std::initializer_list<typename Batch::effect> expected) {
  if (b.effects().size() != expected.size()) return false;
  std::size_t i = 0;
  for (auto const& e : expected)
    if (!(b.effects()[i++] == e)) return false;
  return true;
}

TEST_CASE("every kind of effect is kept, in the order in which it came") {
  batch<toy, 9> b;
  using any = batch<toy, 9>::effect;
  CHECK(b.effects().empty());
  auto const first = b.write(raft::term_and_vote{stamp{3}, B.member});
  b.send(B, toy::refused{});
  b.write(truncation{log_index{2}});
  auto const last = b.write(run);
  b.send(A, toy::promised{7}, first);
  b.send(B, toy::promised{8}, last);
  b.arm(toy::timer::second);
  b.disarm(toy::timer::first);
  b.report(committed{log_index{4}});
  CHECK(holds(b, {any{raft::term_and_vote{stamp{3}, B.member}}, any{message{B, toy::refused{}, 0}},
                  any{truncation{log_index{2}}}, any{run}, any{message{A, toy::promised{7}, 1}},
                  any{message{B, toy::promised{8}, 3}}, any{armed<toy::timer>{toy::timer::second}},
                  any{disarmed<toy::timer>{toy::timer::first}}, any{committed{log_index{4}}}}));
  CHECK(!b.overflowed());
}

TEST_CASE("a binding message waits for the write whose ticket it showed; without its own, for the last one ever") {
  toy_batch b;
  b.send(A, toy::promised{1}, b.latest()); // before any write: for none
  b.write(run);
  b.write(run);
  b.clear();
  b.send(A, toy::promised{2}, b.latest());
  CHECK(holds(b, {effect{message{A, toy::promised{2}, 2}}})); // clearing forgets effects and no write
  b.clear();
  auto const third = b.write(run);
  CHECK(third.number() == 3);
}

TEST_CASE("more effects than it was made for are seen: the first stay, and it says so until it is cleared") {
  toy_batch b;
  for (int i = 0; i < 5; ++i) b.report(more_due{});
  CHECK(!b.overflowed());
  b.arm(toy::timer::first);
  CHECK(b.overflowed());
  CHECK(b.effects().size() == 5);
  CHECK(b.effects()[4] == effect{more_due{}});
  b.clear();
  CHECK(!b.overflowed());
  CHECK(b.effects().empty());
  auto const before = b.latest();
  for (int i = 0; i < 7; ++i) b.write(run); // a write that is not kept has its number all the same
  CHECK(b.overflowed());
  CHECK(b.latest().number() == before.number() + 7);
}

TEST_CASE("batches are values: equal when effects, overflow and the numbering of writes are") {
  toy_batch a, b;
  CHECK(a == b);
  a.send(A, toy::refused{});
  CHECK(!(a == b));
  b.send(A, toy::refused{});
  CHECK(a == b);
  auto c = a;
  c.send(B, toy::refused{});
  CHECK(!(c == a));
  CHECK(a == b);
  a.write(run), b.write(run);
  a.clear();
  CHECK(!(a == b));
  b.clear();
  CHECK(a == b);
  toy_batch fresh;
  CHECK(!(a == fresh)); // its next write would have another number
}

static_assert(std::is_trivially_copyable_v<toy_batch>);
static_assert([] {
  toy_batch b;
  b.send(A, toy::promised{1}, b.write(raft::term_and_vote{stamp{1}, A.member}));
  return holds(b, {effect{raft::term_and_vote{stamp{1}, A.member}}, effect{message{A, toy::promised{1}, 1}}});
}());

TEST_CASE("the exact effects of a Raft core that may be elected: who is asked what, and after which write") {
  using core = raft::node<>;
  using raft_batch = batch<core>;
  using any = raft_batch::effect;
  using said = raft_batch::message;
  log_shape<4> log;
  REQUIRE(log.put({log_index{1}, 1, stamp{}, entry_kind::configuration}, {node_set<64>::first(3)}));
  core a{A, {stamp{4}, no_member}, log};
  raft_batch out;
  constexpr peer C{node_index{2}};

  a.step(start{}, log, out);
  CHECK(holds(out, {any{armed<raft::timer>{raft::timer::election}}}));
  out.clear();
  a.step(raft::timer::election, log, out);
  raft::request_pre_vote const would_you{stamp{5}, log_index{1}, stamp{}};
  any const beat{armed<raft::timer>{raft::timer::heartbeat}}; // to ask again
  CHECK(holds(out, {any{said{B, would_you, 0}}, any{said{C, would_you, 0}}, beat,
                    any{armed<raft::timer>{raft::timer::election}}}));
  out.clear();
  a.step(from<raft::pre_vote_granted>{B, {stamp{5}}}, log, out);
  raft::request_vote const vote{stamp{5}, log_index{1}, stamp{}};
  CHECK(holds(out, {any{raft::term_and_vote{stamp{5}, A.member}}, any{said{A, raft::vote_granted{stamp{5}}, 1}},
                    any{said{B, vote, 1}}, any{said{C, vote, 1}}, beat,
                    any{armed<raft::timer>{raft::timer::election, 1, timing::campaign}}}));
  CHECK(!out.overflowed());
}

} // namespace
} // namespace quorate
