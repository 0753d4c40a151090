#include "quorate/history/appends.hpp"
#include "histories.hpp"
#include "quorate/history/history.hpp"
#include "quorate/history/models.hpp"
#include "support/seeds.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace quorate::test {
namespace {

using namespace quorate::check;
using values = std::vector<std::uint64_t>;

list_digest digest(values const& of) { return list_digest::of(of); }
list_operation append(std::uint64_t from, std::uint64_t to, values const& told) {
  return {told.back(), digest(told), from, to};
}
list_operation append(std::uint64_t from, std::uint64_t value) { return {value, {}, from}; }
list_operation read(std::uint64_t from, std::uint64_t to, values const& told) {
  return {{}, digest(told), from, to};
}

append_problem problem(values const& list, std::vector<list_operation> const& h) {
  return check_appends(list, h).found;
}

TEST_CASE("appends and reads that follow the list are linearizable") {
  CHECK(problem({}, {}) == append_problem::none);
  CHECK(problem({}, {read(1, 2, {}), append(3, 7)}) == append_problem::none);
  CHECK(problem({7, 8}, {read(3, 6, {7}), append(1, 5, {7, 8}), append(1, 9, {7}), read(9, 9, {7, 8})}) ==
        append_problem::none);
  CHECK(problem({7, 8}, {append(1, 7), append(1, 9), append(5, 6, {7, 8})}) == append_problem::none);
}

TEST_CASE("each way in which a history can contradict the list has its name") {
  CHECK(problem({7}, {append(1, 2, {7}), append(3, 4, {7})}) == append_problem::appended_twice);
  CHECK(problem({7, 7}, {append(1, 2, {7})}) == append_problem::listed_twice);
  CHECK(problem({7}, {}) == append_problem::invented);
  CHECK(problem({}, {append(1, 2, {7})}) == append_problem::lost);
  CHECK(problem({8}, {append(1, 8), append(1, 2, {7})}) == append_problem::lost);
  CHECK(problem({7, 8}, {append(1, 2, {7})}) == append_problem::invented);
  CHECK(problem({7, 8}, {append(1, 8), append(1, 2, {8, 7})}) == append_problem::lost);
  CHECK(problem({7, 8}, {append(1, 2, {8}), append(1, 7)}) == append_problem::lost);
  CHECK(problem({7}, {append(1, 2, {7}), read(3, 4, {7, 8})}) == append_problem::lost);
  CHECK(problem({7}, {append(1, 2, {7}), read(3, 4, {8})}) == append_problem::wrong_digest);
  CHECK(problem({7}, {append(1, 2, {7}), read(3, 4, {})}) == append_problem::stale);
  CHECK(problem({7}, {read(1, 2, {7}), append(3, 4, {7})}) == append_problem::stale);
  CHECK(problem({7}, {read(1, 2, {7}), append(3, 7)}) == append_problem::stale);
  CHECK(problem({7, 8}, {append(1, 2, {7, 8}), append(3, 4, {7})}) == append_problem::stale);
  CHECK(problem({7}, {append(1, 9, {7}), read(2, 3, {7}), read(4, 5, {})}) == append_problem::stale);
}

TEST_CASE("the judgement names the operation, or the place in the list") {
  CHECK(check_appends(values{7, 8}, std::vector{append(1, 2, {7})}).operation == 1);
  CHECK(check_appends(values{7}, std::vector{append(1, 2, {7}), read(3, 4, {7}), read(3, 4, {8})}).operation == 2);
}

// The same question in the general checker's words: the list is what a last read finds.
bool searched(values const& list, std::vector<list_operation> const& h) {
  list_model model;
  history<list_model> all;
  std::uint64_t end = 0;
  for (auto const& op : h) {
    all.push_back({{op.appended, list_model::telling::digest}, {}, op.invoked, op.returned});
    if (op.answered) all.back().answered = list_model::answer{{}, *op.answered};
    end = std::max({end, op.invoked, op.returned});
  }
  all.push_back(did<list_model>(end + 1, end + 1, {{}, list_model::telling::whole}, {model.list(list), {}}));
  return check_history(model, all).found == verdict::linearizable;
}

TEST_CASE("one pass judges as the search does") {
  int linearizable = 0, all = 0;
  for (std::uint64_t seed = 0; seed < seeds(5000); ++seed, ++all) {
    CAPTURE(seed);
    dice random{seed};
    list_model model;
    std::uint64_t value = 0;
    auto const drawn_ones = drawn(model, random, 1 + random(12), random(2) == 0, [&](dice& d) {
      list_model::request r{{}, list_model::telling::digest};
      if (d(2) == 0) r.appended = ++value;
      return r;
    });
    std::vector<list_operation> h;
    values list;
    for (auto const& op : drawn_ones) {
      h.push_back({op.asked.appended, {}, op.invoked, op.returned});
      if (op.answered) h.back().answered = op.answered->digest;
    }
    // The list with what was acknowledged at its place, and some of what was not in between.
    values open;
    for (auto const& op : h)
      if (op.appended && !op.answered) open.push_back(*op.appended);
    for (std::uint64_t length = 1; length <= value; ++length) {
      auto const at = std::find_if(h.begin(), h.end(), [&](auto const& op) {
        return op.appended && op.answered && op.answered->length == length;
      });
      if (at != h.end())
        list.push_back(*at->appended);
      else if (!open.empty())
        list.push_back(open.back()), open.pop_back();
    }
    if (random(8) == 0 && !list.empty()) list.pop_back();
    bool const one_pass = check_appends(list, h).linearizable();
    REQUIRE(one_pass == searched(list, h));
    linearizable += one_pass;
  }
  CHECK(linearizable > all / 10);
  CHECK(linearizable < all - all / 10);
}

} // namespace
} // namespace quorate::test
