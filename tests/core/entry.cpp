#include "quorate/core/entry.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <type_traits>

namespace quorate {
namespace {

static_assert(std::is_trivially_copyable_v<entry_run> && std::is_trivially_copyable_v<hard_state>);
static_assert(std::is_trivially_copyable_v<configuration> && std::is_trivially_copyable_v<truncation>);

// What stands on disks and wires must not be renumbered.
static_assert(static_cast<int>(entry_kind::command) == 0 && static_cast<int>(entry_kind::no_op) == 1 &&
              static_cast<int>(entry_kind::configuration) == 2 && static_cast<int>(entry_kind::hole) == 3);
static_assert(last_enumerator(entry_kind{}) == entry_kind::hole);
// Nothing was written in a new store.
static_assert(hard_state{}.kind == 0 && hard_state{}.size == 0);

constexpr entry_run some{log_index{5}, 3, stamp{2}, entry_kind::command};
static_assert(some.last() == log_index{7});
static_assert(entry_run{log_index{5}, 1, {}, {}}.last() == log_index{5});

TEST_CASE("runs, hard states and configurations are equal when all of their fields are") {
  CHECK(some == entry_run{some});
  CHECK(some != entry_run{log_index{6}, 3, stamp{2}, entry_kind::command});
  CHECK(some != entry_run{log_index{5}, 2, stamp{2}, entry_kind::command});
  CHECK(some != entry_run{log_index{5}, 3, stamp{3}, entry_kind::command});
  CHECK(some != entry_run{log_index{5}, 3, stamp{2}, entry_kind::no_op});
  hard_state const h{'R', 2, {std::byte{4}, std::byte{1}}};
  CHECK(h == hard_state{h});
  CHECK(h != hard_state{'M', 2, {std::byte{4}, std::byte{1}}});
  CHECK(h != hard_state{'R', 1, {std::byte{4}, std::byte{1}}});
  CHECK(h != hard_state{'R', 2, {std::byte{4}, std::byte{2}}});
  CHECK(configuration{node_set<64>::first(3)} != configuration{node_set<64>::first(4)});
  CHECK(truncation{log_index{3}} != truncation{log_index{4}});
}

} // namespace
} // namespace quorate
