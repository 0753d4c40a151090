// Thousands of small histories that a seed draws, judged by the checker and by trying all orders.
#include "histories.hpp"
#include "quorate/history/history.hpp"
#include "quorate/history/models.hpp"
#include "support/seeds.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace quorate::test {
namespace {

using namespace quorate::check;

template <class Model, class Explains>
void agrees(history<Model> const& h, judgement const& j, Explains explains) {
  bool const expected = some_order(h, explains);
  REQUIRE((j.found == verdict::linearizable) == expected);
  REQUIRE(j.found != verdict::undecided);
  REQUIRE(keeps_real_time(h, j.order));
  REQUIRE(explains(h, j.order));
  if (expected) {
    for (std::size_t i = 0; i < h.size(); ++i)
      REQUIRE((!h[i].answered || std::count(j.order.begin(), j.order.end(), i) == 1));
    return;
  }
  REQUIRE_FALSE(j.stuck.empty());
  for (auto const i : j.stuck) {
    auto longer = j.order;
    longer.push_back(i);
    REQUIRE(keeps_real_time(h, longer));
    REQUIRE_FALSE(explains(h, longer));
  }
}

// `request(model, random)` draws a request; both verdicts must occur often.
template <class Request, class Explains, class Model>
void twin(Model, Request request, Explains explains) {
  int linearizable = 0, all = 0;
  for (std::uint64_t seed = 0; seed < seeds(3000); ++seed, ++all) {
    CAPTURE(seed);
    dice random{seed};
    Model model;
    auto const h = drawn(model, random, 3 + random(4), random(2) == 0, [&](dice& d) { return request(model, d); });
    auto const j = check_history(model, h);
    linearizable += j.found == verdict::linearizable;
    agrees(h, j, [&](auto const& of, auto const& order) { return explains(model, of, order); });
  }
  CHECK(linearizable > all / 10);
  CHECK(linearizable < all - all / 10);
}

TEST_CASE("a register's histories are judged as by trying all orders") {
  using verb = register_model::verb;
  twin(
      register_model{},
      [](auto&, dice& random) {
        return register_model::request{static_cast<verb>(random(3)), static_cast<std::int64_t>(random(3)),
                                       static_cast<std::int64_t>(random(3))};
      },
      [](auto&, auto const& h, numbers const& order) {
        std::int64_t now = -1; // which nobody writes
        for (auto const i : order) {
          auto const& [asked, answered, invoked, returned, client] = h[i];
          bool const fits = asked.what != verb::compare_and_set || now == asked.expected;
          if (answered && asked.what == verb::read && answered->read.value_or(-1) != now) return false;
          if (answered && asked.what == verb::compare_and_set && answered->done != fits) return false;
          if (asked.what != verb::read && fits) now = asked.value;
        }
        return true;
      });
}

TEST_CASE("a counter's histories are judged as by trying all orders") {
  twin(
      counter_model{},
      [](auto&, dice& random) {
        return counter_model::request{static_cast<std::int64_t>(random(4)) - 1, random(2) == 0};
      },
      [](auto&, auto const& h, numbers const& order) {
        std::int64_t sum = 0;
        for (auto const i : order) {
          sum += h[i].asked.amount;
          if (h[i].answered && h[i].asked.tells && **h[i].answered != sum) return false;
        }
        return true;
      });
}

TEST_CASE("a list's histories are judged as by trying all orders") {
  using telling = list_model::telling;
  twin(
      list_model{},
      [](auto&, dice& random) {
        list_model::request r{{}, static_cast<telling>(random(3))};
        if (r.tells == telling::nothing || random(2) == 0) r.appended = random(3);
        return r;
      },
      [](list_model& model, auto const& h, numbers const& order) {
        std::vector<std::uint64_t> values;
        for (auto const i : order) {
          auto const& [asked, answered, invoked, returned, client] = h[i];
          if (asked.appended) values.push_back(*asked.appended);
          if (!answered) continue;
          if (asked.tells == telling::whole && model.values(answered->whole) != values) return false;
          if (asked.tells == telling::digest && answered->digest != list_digest::of(values)) return false;
        }
        return true;
      });
}

TEST_CASE("a map's histories are judged as by trying all orders, over all keys at once") {
  using verb = string_map_model::verb;
  twin(
      string_map_model{},
      [](string_map_model& model, dice& random) {
        string_map_model::request r{static_cast<verb>(random(4) % 3), model.key_of(random(4) == 0 ? "b" : "a")};
        if (r.what != verb::get) r.value = std::string(random(3), static_cast<char>('x' + random(2)));
        return r;
      },
      [](string_map_model& model, auto const& h, numbers const& order) {
        std::map<std::string, std::string> map;
        for (auto const i : order) {
          auto const& [asked, answered, invoked, returned, client] = h[i];
          auto& now = map[model.name_of(asked.key)];
          if (asked.what == verb::get && answered && model.text(**answered) != now) return false;
          if (asked.what == verb::put) now = asked.value;
          if (asked.what == verb::append) now += asked.value;
        }
        return true;
      });
}

} // namespace
} // namespace quorate::test
