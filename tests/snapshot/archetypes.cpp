// The least state machine and the least snapshot store meet their concepts, keep the laws, and each concept asks
// for every member that it documents.
#include "archetype/least_machine.hpp"
#include "archetype/least_snapshot_store.hpp"
#include "quorate/conform/machine.hpp"
#include "quorate/conform/snapshot_store.hpp"
#include "support/breaks_just.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <utility>
#include <vector>

namespace quorate {
namespace {

template <int Members, template <int> class Least, class Meets>
constexpr bool asks_for_each(Meets meets) {
  return [&]<int... N>(std::integer_sequence<int, N...>) {
    return (... && (meets.template operator()<Least<N>>() == (N == 0)));
  }
  (std::make_integer_sequence<int, Members + 1>{});
}
static_assert(asks_for_each<8, test::least_machine>([]<class M>() { return state_machine<M>; }));
static_assert(asks_for_each<10, test::least_snapshot_store>([]<class S>() { return snapshot_store<S>; }));
static_assert(!parted_snapshot_store<test::least_snapshot_store<>>);

struct lasting : test::least_machine<> {
  log_index durable() const { return applied(); }
};
static_assert(durable_machine<lasting> && !durable_machine<test::least_machine<>>);

// A bare callable is no state machine; what has a member of one, and not all, is neither.
constexpr auto callable = [](auto const&) {};
static_assert(bare_machine<decltype(callable)> && !state_machine<decltype(callable)>);
static_assert(!bare_machine<test::least_machine<>>);
template <int... Lacks>
constexpr bool is_neither(std::integer_sequence<int, Lacks...>) {
  return (... && !bare_machine<test::least_machine<Lacks>>);
}
static_assert(is_neither(std::make_integer_sequence<int, 9>{}));
struct has_restore {
  void operator()(int) const {}
  bool restore(std::span<std::byte const>) { return false; }
};
struct has_applied {
  log_index applied() const { return {}; }
};
struct has_begin_save {
  void begin_save() {}
};
struct has_save {
  template <class Put>
  save_step save(Put&) {
    return save_step::done;
  }
};
struct has_end_save {
  void end_save() {}
};
struct has_begin_restore {
  void begin_restore(log_index) {}
};
struct has_end_restore {
  bool end_restore() { return false; }
};
static_assert(!bare_machine<has_restore> && !bare_machine<has_applied> && !bare_machine<has_begin_save>);
static_assert(!bare_machine<has_save> && !bare_machine<has_end_save> && !bare_machine<has_begin_restore>);
static_assert(!bare_machine<has_end_restore>);

TEST_CASE("the least ones keep the laws that they can be tried for") {
  auto const letters = [](std::uint64_t n) {
    return std::vector<std::byte>(n % 3, static_cast<std::byte>(n >> 8));
  };
  test::keeps_its_laws(check::check_machine<test::least_machine<>>(letters));
  struct place {
    std::unique_ptr<test::least_snapshot_store<>> store = std::make_unique<test::least_snapshot_store<>>();
    test::least_snapshot_store<>* open() { return store.get(); }
  };
  auto const c = check::check_snapshot_store([] { return place{}; });
  test::keeps_its_laws(c);
  CHECK(c.untried.size() == 9);
}

} // namespace
} // namespace quorate
