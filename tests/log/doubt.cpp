// What both protocols doubt: leaps of terms and rounds, and runs that are in no log.
#include "quorate/log/doubt.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string_view>

namespace quorate {
namespace {

constexpr std::uint64_t greatest = ~std::uint64_t{0};

static_assert(!is_leap(5, 5, 10, 100));
static_assert(!is_leap(5, 15, 10, 100));
static_assert(is_leap(5, 16, 10, 100));
static_assert(!is_leap(50, 1, 10, 100), "what is behind raises nothing");
static_assert(!is_leap(0, 100, 10, 100), "a node that has none yet takes the first");
static_assert(is_leap(0, 101, 10, 100));
static_assert(is_leap(95, 101, 10, 100), "the upper half is never reached, not even in small steps");
static_assert(is_leap(5, greatest, 10, 100));
static_assert(is_leap(5, 26, 10, 100, 1) && !is_leap(5, 26, 10, 100, 2), "each one doubted is as much again");
static_assert(!is_leap(5, 100, 10, 100, greatest) && is_leap(5, 101, 10, 100, greatest));

constexpr bool believed(entry_run const& run) { return doubt_run(run) == nullptr; }

static_assert(believed({log_index{7}, 3, stamp{2}, entry_kind::command}));
static_assert(believed({log_index{7}, 0, stamp{}, entry_kind::command}));
static_assert(believed({log_index{7}, 3, stamp{2}, entry_kind::no_op}));
static_assert(believed({log_index{1}, 1, stamp{}, entry_kind::configuration}));
static_assert(believed({last_index_believed, 0xffffffff, stamp{2}, entry_kind::command}));
static_assert(!believed({log_index{0}, 1, stamp{2}, entry_kind::command}));
static_assert(!believed({last_index_believed + 1, 1, stamp{2}, entry_kind::command}));
static_assert(!believed({log_index{greatest}, 1, stamp{2}, entry_kind::command}));
static_assert(!believed({log_index{7}, 1, stamp{}, entry_kind::hole}));
static_assert(!believed({log_index{7}, 1, stamp{}, entry_kind::configuration}));
static_assert(!believed({log_index{1}, 2, stamp{}, entry_kind::configuration}));
static_assert(!believed({log_index{1}, 1, stamp{3}, entry_kind::configuration}));

TEST_CASE("each doubt of a run says what is wrong with it") {
  auto const says = [](entry_run const& run, std::string_view what) {
    return std::string_view{doubt_run(run)}.find(what) != std::string_view::npos;
  };
  CHECK(says({log_index{0}, 1, stamp{2}, entry_kind::command}, "no log has"));
  CHECK(says({log_index{7}, 1, stamp{}, entry_kind::hole}, "holes"));
  CHECK(says({log_index{7}, 1, stamp{}, entry_kind::configuration}, "membership is fixed"));
}

} // namespace
} // namespace quorate
